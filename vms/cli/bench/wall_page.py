"""What the benchmark runs inside the browser: watches videos appear, reads strips from their pixels, and a wall of its own."""

WATCH = """
// Runs before any script of the page. Tiles are elements with data-tile and data-camera-id that hold one video.
window.__vongFirstPictures = {};
window.__vongFailedOffers = 0;
{
  const seen = new WeakSet();
  const look = (video) => {
    if (seen.has(video)) return;
    seen.add(video);
    video.requestVideoFrameCallback((now) => {
      const tile = video.closest('[data-tile]');
      if (tile && !(tile.dataset.tile in window.__vongFirstPictures)) window.__vongFirstPictures[tile.dataset.tile] = now;
    });
  };
  new MutationObserver(() => document.querySelectorAll('video').forEach(look))
    .observe(document, { childList: true, subtree: true });
  const plain = window.fetch.bind(window);
  window.fetch = async (input, init) => {
    const path = new URL(input instanceof Request ? input.url : input, location.href).pathname;
    const method = (init && init.method) || (input instanceof Request ? input.method : 'GET');
    const offers = (method === 'POST' && (path.endsWith('/whep') || path.startsWith('/api/carriers/')))
      || (method === 'PUT' && /^\\/api\\/transports\\/[^/]+\\/slots/.test(path));
    try {
      const answer = await plain(input, init);
      if (offers && !answer.ok) window.__vongFailedOffers += 1;
      // Many slots in one request: each has its own answer.
      else if (offers && path.endsWith('/slots')) answer.clone().json()
        .then((filled) => { window.__vongFailedOffers += filled.slots.filter((slot) => slot.error).length; });
      return answer;
    } catch (error) {
      if (offers) window.__vongFailedOffers += 1;
      throw error;
    }
  };
}
"""

OWN_WALL = """
// One WHEP view for each camera, all at once. `performance.now()` of the frames counts from this page's navigation.
async (cameraIds) => {
  const csrf = window.name;
  document.body.textContent = '';
  const columns = Math.ceil(Math.sqrt(cameraIds.length));
  Object.assign(document.body.style, {
    display: 'grid', gridTemplateColumns: `repeat(${columns}, 1fr)`, gap: '2px', margin: '0', background: '#101214',
  });
  await Promise.all(cameraIds.map(async (id, place) => {
    const tile = document.createElement('div');
    tile.dataset.tile = String(place);
    tile.dataset.cameraId = id;
    const video = document.createElement('video');
    Object.assign(video, { muted: true, autoplay: true, playsInline: true });
    Object.assign(video.style, { display: 'block', width: '100%' });
    tile.append(video);
    document.body.append(tile);
    const peer = new RTCPeerConnection();
    (window.__vongPeers ??= []).push(peer);
    peer.ontrack = (event) => { video.srcObject = new MediaStream([event.track]); video.play(); };
    peer.addTransceiver('video', { direction: 'recvonly' });
    await peer.setLocalDescription(await peer.createOffer());
    const answer = await fetch(`/api/cameras/${id}/whep?stream=sub`, {
      method: 'POST', body: peer.localDescription.sdp, headers: { 'Content-Type': 'application/sdp', 'X-CSRF-Token': csrf },
    });
    if (answer.ok) await peer.setRemoteDescription({ type: 'answer', sdp: await answer.text() });
  }));
}
"""

_READ = """
const canvas = document.createElement('canvas');
[canvas.width, canvas.height] = [512, 32];
const context = canvas.getContext('2d', { willReadFrequently: true });
const crc8 = (bytes) => bytes.reduce((crc, byte) => {
  crc ^= byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 0x80 ? (crc << 1) ^ 7 : crc << 1) & 0xff;
  return crc;
}, 0);
const read = (video) => {
  if (!video || video.videoWidth < 512) return null;
  context.drawImage(video, 0, 0, 512, 32, 0, 0, 512, 32);
  const pixels = context.getImageData(0, 0, 512, 32).data;
  const bytes = new Array(8).fill(0);
  for (let block = 0; block < 64; block++) {
    const [left, top] = [block % 32 * 16, (block >> 5) * 16];
    let sum = 0;
    for (let y = top + 4; y < top + 12; y++) {
      for (let x = left + 4; x < left + 12; x++) sum += pixels[(y * 512 + x) * 4 + 1];
    }
    if (sum / 64 >= 128) bytes[block >> 3] |= 0x80 >> (block & 7);
  }
  if (bytes[0] !== 0xa5 || crc8(bytes.slice(1, 7)) !== bytes[7]) return null;
  const body = bytes.slice(1, 7).reduce((whole, byte) => whole * 256 + byte, 0);
  return { camera: Math.floor(body / 2 ** 36), capture_ms: body % 2 ** 36 };
};
"""

READ_STRIPS = f"""
// By camera id: what the strip in each tile's video says now (docs/architecture.md, "Strip"); null where none can be read.
() => {{
  {_READ}
  return Object.fromEntries([...document.querySelectorAll('[data-tile][data-camera-id]')]
    .map((tile) => [tile.dataset.cameraId, read(tile.querySelector('video'))]));
}}
"""

WATCH_SWAP = f"""
// From the Enter that puts another camera into a tile to the first picture there whose own strip names that camera, in ms.
([place, number]) => {{
  {_READ}
  const video = document.querySelector(`[data-tile="${{place}}"] video`);
  let began_ms = null;
  const pressed = (event) => {{
    if (event.key !== 'Enter') return;
    began_ms = performance.now();
    removeEventListener('keydown', pressed, true);
  }};
  addEventListener('keydown', pressed, true);
  window.__vongSwap_ms = null;
  const look = () => {{
    if (began_ms !== null && read(video)?.camera === number) window.__vongSwap_ms = performance.now() - began_ms;
    else video.requestVideoFrameCallback(look);
  }};
  video.requestVideoFrameCallback(look);
}}
"""

DECODED = """
() => [...document.querySelectorAll('[data-tile] video')].map((video) => video.getVideoPlaybackQuality().totalVideoFrames)
"""
