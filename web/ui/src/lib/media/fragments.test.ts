import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FragmentPlayer, live_url, parse } from './fragments';
import type { Ended } from './player';

class FakeBuffer {
  mode = '';
  updating = false;
  appended: number[] = [];
  onupdateend: (() => void) | null = null;
  onerror: (() => void) | null = null;
  buffered = { length: 0, start: () => 0, end: () => 0 };
  types: string[] = [];
  appendBuffer(segment: ArrayBuffer): void {
    this.appended.push(segment.byteLength);
    this.updating = true;
  }
  done(): void {
    this.updating = false;
    this.onupdateend?.();
  }
  changeType(type: string): void {
    this.types.push(type);
  }
}

class FakeMedia {
  static supported = true;
  static last: FakeMedia;
  onsourceopen: (() => void) | null = null;
  buffer = new FakeBuffer();
  static isTypeSupported = (): boolean => FakeMedia.supported;
  constructor() {
    FakeMedia.last = this;
  }
  addSourceBuffer(type: string): FakeBuffer {
    this.buffer.types.push(type);
    return this.buffer;
  }
}

class Socket {
  binaryType = '';
  closed = false;
  onmessage: ((event: MessageEvent) => void) | null = null;
  onclose: (() => void) | null = null;
  say(data: unknown): void {
    this.onmessage?.(new MessageEvent('message', { data: data instanceof ArrayBuffer ? data : JSON.stringify(data) }));
  }
  close(): void {
    this.closed = true;
  }
}

let socket: Socket;
let ended: Ended[];
let playing: number;
let player: FragmentPlayer;
let shown: ((now: number, metadata: VideoFrameCallbackMetadata) => void) | null;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('MediaSource', FakeMedia);
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:live');
  vi.spyOn(URL, 'revokeObjectURL').mockReturnValue(undefined);
  FakeMedia.supported = true;
  socket = new Socket();
  ended = [];
  playing = 0;
  shown = null;
  const video = {
    currentTime: 0,
    paused: false,
    removeAttribute: () => undefined,
    load: () => undefined,
    requestVideoFrameCallback: (next: typeof shown) => {
      shown = next;
      return 1;
    },
    cancelVideoFrameCallback: () => {
      shown = null;
    },
  };
  player = new FragmentPlayer({
    video: video as unknown as HTMLVideoElement,
    camera_id: 'camera-1',
    stream: 'sub',
    sound: false,
    h265: false,
    open: () => socket as unknown as WebSocket,
    onPlaying: () => (playing += 1),
    onEnded: (reason) => ended.push(reason),
  });
  player.start();
});

afterEach(() => {
  player.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function begin(): void {
  socket.say({ type: 'info', base_ms: 1000, codec: 'H264', sound: false, transcoded: true });
  socket.say({ type: 'init', codecs: 'avc1.42E01E' });
  FakeMedia.last.onsourceopen?.();
}

describe('segments', () => {
  it('are appended one after the other, in their order', () => {
    begin();
    [10, 20, 30].forEach((size) => socket.say(new ArrayBuffer(size)));
    const { buffer } = FakeMedia.last;
    expect(buffer.types).toEqual(['video/mp4; codecs="avc1.42E01E"']);
    expect(buffer.appended).toEqual([10]);
    buffer.done();
    buffer.done();
    expect(buffer.appended).toEqual([10, 20, 30]);
  });

  it('that a browser cannot keep up with end the picture instead of growing the delay', () => {
    begin();
    for (let n = 0; n < 400; n += 1) socket.say(new ArrayBuffer(1));
    expect(ended).toEqual(['lost']);
    expect(socket.closed).toBe(true);
  });
});

describe('the picture on the screen', () => {
  it('tells when it was captured', () => {
    begin();
    expect(player.capture_ms).toBeNull();
    shown?.(0, { mediaTime: 2.5 } as VideoFrameCallbackMetadata);
    expect(player.capture_ms).toBe(3500);
    expect(player.shown).toBe('transcoded');
    shown?.(0, { mediaTime: 2.6 } as VideoFrameCallbackMetadata);
    expect(playing).toBe(1);
  });
});

describe('the end', () => {
  it('is what the server says', () => {
    begin();
    socket.say({ type: 'end', reason: 'no_right' });
    socket.onclose?.();
    expect(ended).toEqual(['no_right']);
  });

  it('comes with a connection that is lost, silent or refused', () => {
    socket.onclose?.();
    expect(ended).toEqual(['refused']);
  });

  it('comes after six silent seconds', () => {
    begin();
    vi.advanceTimersByTime(6001);
    expect(ended).toEqual(['lost']);
  });

  it('is told when the browser cannot play the codec', () => {
    FakeMedia.supported = false;
    socket.say({ type: 'init', codecs: 'hvc1.1.6.L93.B0' });
    expect(ended).toEqual(['unsupported']);
  });

  it('is not told to whoever stopped it', () => {
    begin();
    player.stop();
    socket.onclose?.();
    expect(ended).toEqual([]);
  });
});

describe('messages', () => {
  it('that are none are passed over', () => {
    expect(parse('{')).toBeNull();
    expect(parse(7)).toBeNull();
    expect(parse('"x"')).toBeNull();
  });

  it('come from the address of the page', () => {
    const source = { camera_id: 'a/b', stream: 'main', sound: true, h265: true } as const;
    expect(live_url(source, { protocol: 'https:', host: 'vong.example' })).toBe(
      'wss://vong.example/api/cameras/a%2Fb/live?stream=main&sound=true&h265=true',
    );
  });
});
