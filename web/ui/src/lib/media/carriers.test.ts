import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakePeers, FakeStream, FakeVideo } from '../../testing/fake-peer';
import { FakeServer, type FakeAnswer } from '../../testing/fake-server';
import { Api } from '../api';
import { Carriers, IDLE_MS } from './carriers';
import type { Ended } from './player';
import { SlotPlayer } from './slot-player';
import { CONNECT_MS } from './transport';

const NOON_MS = Date.UTC(2026, 10, 25, 5, 0, 0);
const WRAP = 2 ** 32;
const rtp = (at_ms: number): number => (at_ms * 90) % WRAP;

let server: FakeServer;
let peers: FakePeers;
let carriers: Carriers;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('MediaStream', FakeStream);
  vi.stubGlobal('RTCRtpReceiver', { getCapabilities: () => null });
  server = new FakeServer();
  peers = new FakePeers();
  const api = new Api({ fetch: server.fetch, csrf: () => '', onSignedOut: () => undefined });
  carriers = new Carriers({ api, tiles: () => 4, peer: peers.make });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  server.verify();
});

/** All that is under way, and the turn after it. */
async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(1);
}

function answers(carrier = 'w0', transport = 'transport-1'): void {
  server.on(`POST /api/carriers/${carrier}`, {
    status: 201,
    headers: { Location: `/api/transports/${transport}` },
  });
}

function fills(mid: number, first: number, answer: Partial<FakeAnswer> = {}, transport = 'transport-1'): void {
  server.on(`PUT /api/transports/${transport}/slots/${mid}`, {
    body: { view_id: `view-${mid}-${first}`, codec: 'H264', shown: 'sub', first_rtp_timestamp: first },
    ...answer,
  });
}

/** Slots that are filled by one request. */
function fillsTogether(mids: number[], differs: Record<number, object> = {}, transport = 'transport-1'): void {
  const view = (mid: number) => ({ view_id: `view-${mid}`, codec: 'H264', shown: 'sub', first_rtp_timestamp: 0 });
  server.on(`PUT /api/transports/${transport}/slots`, {
    body: {
      slots: mids.map((mid) => ({
        mid: String(mid),
        view: differs[mid] ? null : view(mid),
        error: differs[mid] ?? null,
      })),
    },
  });
}

interface Shown {
  video: FakeVideo;
  player: SlotPlayer;
  ended: Ended[];
  playing: number;
}

function show(camera_id: string, { video = new FakeVideo(), carrier = 'w0' } = {}): Shown {
  const shown: Shown = { video, ended: [], playing: 0, player: undefined as never };
  shown.player = new SlotPlayer({
    video: video.element,
    carriers,
    carrier,
    camera_id,
    stream: 'sub',
    now_ms: () => NOON_MS,
    onPlaying: () => (shown.playing += 1),
    onEnded: (reason) => shown.ended.push(reason),
  });
  shown.player.start();
  return shown;
}

describe('a wall', () => {
  it('opens one transport for all cameras of a carrier, with room for all of its tiles', async () => {
    answers();
    fillsTogether([0, 1]);
    show('camera-a');
    show('camera-b');
    await settle();
    expect(peers.made).toHaveLength(1);
    expect(peers.last.transceivers.map((each) => each.kind)).toEqual(['video', 'video', 'video', 'video', 'audio']);
    expect(server.seen.map((each) => each.body).slice(1)).toEqual([
      {
        slots: [
          { mid: '0', camera_id: 'camera-a', stream: 'sub' },
          { mid: '1', camera_id: 'camera-b', stream: 'sub' },
        ],
      },
    ]);
  });

  it('opens another for another carrier, and when all slots are taken', async () => {
    answers('w0', 'transport-1');
    answers('w1', 'transport-2');
    answers('w0', 'transport-3');
    fillsTogether([0, 1, 2, 3]);
    fills(0, 0, {}, 'transport-2');
    fills(0, 0, {}, 'transport-3');
    for (const camera of ['a', 'b', 'c', 'd']) show(camera);
    show('e', { carrier: 'w1' });
    show('f');
    await settle();
    expect(peers.made).toHaveLength(3);
  });
});

describe('a swap', () => {
  it('stays in its slot, needs no new source, and empties nothing', async () => {
    answers();
    fills(0, 0);
    fills(0, rtp(NOON_MS));
    const before = show('camera-a');
    await settle();
    before.player.stop();
    show('camera-b', { video: before.video });
    await settle();
    expect(before.video.sources).toBe(1);
    expect(peers.made).toHaveLength(1);
  });

  it('counts no picture as the new camera’s before the one that the server named', async () => {
    answers();
    fills(0, rtp(NOON_MS - 500));
    const { player, video, ...shown } = show('camera-b');
    video.show(rtp(NOON_MS - 100));
    expect(player.capture_ms).toBeNull();
    await settle();
    video.show(rtp(NOON_MS - 501));
    expect(player.capture_ms).toBeNull();
    video.show(rtp(NOON_MS - 100));
    expect(player.capture_ms).toBeCloseTo(NOON_MS - 100, 1);
    expect(shown.ended).toEqual([]);
  });

  it('made twice in a hurry asks only for what is wanted last', async () => {
    answers();
    fills(0, 0);
    const before = show('camera-a');
    before.player.stop();
    const middle = show('camera-b', { video: before.video });
    middle.player.stop();
    show('camera-c', { video: before.video });
    await settle();
    expect(server.seen.at(-1)?.body).toEqual({ camera_id: 'camera-c', stream: 'sub' });
    expect(server.seen).toHaveLength(2);
  });
});

describe('a slot that is left', () => {
  it('is silenced, and its transport closed when nobody has come back', async () => {
    answers();
    fills(0, 0);
    server.on('DELETE /api/transports/transport-1/slots/0');
    server.on('DELETE /api/transports/transport-1');
    const { player } = show('camera-a');
    await settle();
    player.stop();
    await vi.advanceTimersByTimeAsync(IDLE_MS + 1);
    expect(peers.last.closed).toBe(true);
    expect(carriers.transports).toEqual([]);
  });
});

describe('a picture ends', () => {
  it('as blocked when neither ICE nor DTLS gets through in three seconds', async () => {
    answers();
    fills(0, 0);
    server.on('DELETE /api/transports/transport-1');
    const { ended } = show('camera-a');
    await vi.advanceTimersByTimeAsync(CONNECT_MS + 10);
    expect(ended).toEqual(['blocked']);
    expect(peers.last.closed).toBe(true);
  });

  it('as lost when a transport that worked fails, for all tiles on it', async () => {
    answers();
    fillsTogether([0, 1]);
    server.on('DELETE /api/transports/transport-1');
    const shown = [show('camera-a'), show('camera-b')];
    await settle();
    peers.last.become('connected');
    await vi.advanceTimersByTimeAsync(CONNECT_MS + 10);
    expect(shown.flatMap(({ ended }) => ended)).toEqual([]);
    peers.last.become('failed');
    await settle();
    expect(shown.flatMap(({ ended }) => ended)).toEqual(['lost', 'lost']);
    expect(carriers.transports).toEqual([]);
  });

  it('as lost when a silent path stays silent, not when it speaks again', async () => {
    answers();
    fills(0, 0);
    const { ended } = show('camera-a');
    await settle();
    peers.last.become('connected');
    peers.last.become('disconnected');
    await vi.advanceTimersByTimeAsync(4000);
    peers.last.become('connected');
    await vi.advanceTimersByTimeAsync(4000);
    expect(ended).toEqual([]);
    server.on('DELETE /api/transports/transport-1');
    peers.last.become('disconnected');
    await vi.advanceTimersByTimeAsync(5001);
    expect(ended).toEqual(['lost']);
  });

  it.each<[string, number, Record<string, string>, Ended]>([
    ['the right is missing', 404, { code: 'not_found', field: 'camera_id' }, 'no_right'],
    ['the camera is elsewhere by now', 503, { code: 'unavailable', detail: 'not_owner' }, 'camera_moved'],
    ['there is no picture', 409, { code: 'no_picture' }, 'no_picture'],
    ['the server is full', 429, { code: 'too_many' }, 'busy'],
    ['the codec is not taken', 409, { code: 'codec' }, 'codec'],
  ])('and says that %s', async (_claim, status, body, reason) => {
    answers();
    fills(0, 0, { status, body });
    server.on('DELETE /api/transports/transport-1/slots/0');
    const { ended } = show('camera-a');
    await settle();
    await settle();
    expect(ended).toEqual([reason]);
  });

  it('alone when many were asked for together and one was refused', async () => {
    answers();
    fillsTogether([0, 1, 2], { 1: { code: 'no_picture', detail: 'no_picture', field: '' } });
    server.on('DELETE /api/transports/transport-1/slots/1');
    const shown = ['camera-a', 'camera-b', 'camera-c'].map((id) => show(id));
    await settle();
    await settle();
    expect(shown.map(({ ended }) => ended)).toEqual([[], ['no_picture'], []]);
    expect(shown.map(({ player }) => player.shown)).toEqual(['sub', null, 'sub']);
  });

  it('together when a wall could not be asked for at all', async () => {
    answers();
    server.on('PUT /api/transports/transport-1/slots', { status: 503, body: { code: 'unavailable', detail: 'bus' } });
    for (const mid of [0, 1]) server.on(`DELETE /api/transports/transport-1/slots/${mid}`);
    const shown = ['camera-a', 'camera-b'].map((id) => show(id));
    await settle();
    await settle();
    expect(shown.map(({ ended }) => ended)).toEqual([['lost'], ['lost']]);
  });

  it('with a transport that the server has forgotten: the next one is asked for anew', async () => {
    answers();
    fills(0, 0, { status: 404, body: { code: 'not_found', field: '' } });
    server.on('DELETE /api/transports/transport-1');
    const { ended } = show('camera-a');
    await settle();
    expect(ended).toEqual(['lost']);
    expect(carriers.transports).toEqual([]);
  });

  it('as the event socket tells it, for its own view only', async () => {
    answers();
    fills(0, 7);
    server.on('DELETE /api/transports/transport-1/slots/0');
    const { player, ended } = show('camera-a');
    await settle();
    player.hear({ type: 'view', view_id: 'another', shown: null, ended: 'no_right' });
    player.hear({ type: 'view', view_id: 'view-0-7', shown: 'keyframes', ended: null });
    expect(player.shown).toBe('keyframes');
    expect(ended).toEqual([]);
    player.hear({ type: 'view', view_id: 'view-0-7', shown: null, ended: 'no_right' });
    await settle();
    expect(ended).toEqual(['no_right']);
  });
});
