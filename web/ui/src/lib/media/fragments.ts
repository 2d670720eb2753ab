/**
 * Live pictures over a WebSocket into Media Source Extensions, where WebRTC cannot go.
 *
 * The server sends fragmented MP4 (`web/routes/live.py` says how). What is appended waits in a bounded queue; a browser that cannot keep
 * up ends as `lost` and is asked for anew, from a keyframe.
 */

import type { LiveMessage, Shown } from '../api/schema';
import { disposable_s, move } from './live-edge';
import { eachPicture, type Ended, type Player, type PlayerEvents } from './player';

const MOST_WAITING = 300;
const SILENCE_MS = 6000;

export interface FragmentSource {
  camera_id: string;
  stream: 'main' | 'sub';
  sound: boolean;
  /** Whether this browser plays H.265; the server makes H.264 of it if not. */
  h265: boolean;
}

export interface FragmentOptions extends FragmentSource, PlayerEvents {
  video: HTMLVideoElement;
  open?: (url: string) => WebSocket;
}

export function live_url(source: FragmentSource, at: { protocol: string; host: string }): string {
  const scheme = at.protocol === 'https:' ? 'wss' : 'ws';
  const query = new URLSearchParams({ stream: source.stream, sound: String(source.sound), h265: String(source.h265) });
  return `${scheme}://${at.host}/api/cameras/${encodeURIComponent(source.camera_id)}/live?${query}`;
}

/** Whether this browser plays H.265 from fragments. */
export function plays_h265(): boolean {
  return typeof MediaSource !== 'undefined' && MediaSource.isTypeSupported('video/mp4; codecs="hvc1.1.6.L93.B0"');
}

export function parse(data: unknown): LiveMessage | null {
  if (typeof data !== 'string') return null;
  try {
    const message: unknown = JSON.parse(data);
    return message !== null && typeof message === 'object' && 'type' in message ? (message as LiveMessage) : null;
  } catch {
    return null;
  }
}

export class FragmentPlayer implements Player {
  readonly #options: FragmentOptions;
  #socket: WebSocket | null = null;
  #media: MediaSource | null = null;
  #url = '';
  #buffer: SourceBuffer | null = null;
  #waiting: ArrayBuffer[] = [];
  #codecs = '';
  #base_ms: number | null = null;
  #capture_ms: number | null = null;
  #shown: Shown | null = null;
  #playing = false;
  #ended = false;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #unfollow = (): void => undefined;

  constructor(options: FragmentOptions) {
    this.#options = options;
  }

  get shown(): Shown | null {
    return this.#shown;
  }

  get capture_ms(): number | null {
    return this.#capture_ms;
  }

  start(): void {
    if (typeof MediaSource === 'undefined') {
      this.#end('unsupported');
      return;
    }
    const socket = (this.#options.open ?? ((url) => new WebSocket(url)))(live_url(this.#options, location));
    socket.binaryType = 'arraybuffer';
    socket.onmessage = (event: MessageEvent<unknown>) => this.#hear(event.data);
    // A handshake that is refused tells a script nothing; the camera's truth on the event socket does.
    socket.onclose = () => this.#end(this.#base_ms === null ? 'refused' : 'lost');
    this.#socket = socket;
    this.#unfollow = eachPicture(this.#options.video, (metadata) => this.#picture(metadata));
    this.#watch();
  }

  stop(): void {
    this.#ended = true;
    clearTimeout(this.#silence);
    this.#unfollow();
    const socket = this.#socket;
    this.#socket = null;
    if (socket !== null) {
      socket.onclose = socket.onmessage = null;
      socket.close();
    }
    this.#release();
  }

  #hear(data: unknown): void {
    this.#watch();
    if (data instanceof ArrayBuffer) {
      this.#take(data);
      return;
    }
    const message = parse(data);
    if (message?.type === 'info') {
      this.#base_ms = message.base_ms;
      this.#shown = message.transcoded ? 'transcoded' : this.#options.stream;
    } else if (message?.type === 'init') this.#prepare(message.codecs);
    else if (message?.type === 'end') this.#end(message.reason);
  }

  /** An initialisation segment comes next. Another codec in mid-stream needs a new start, another size does not. */
  #prepare(codecs: string): void {
    const type = `video/mp4; codecs="${codecs}"`;
    if (!MediaSource.isTypeSupported(type)) {
      this.#end('unsupported');
      return;
    }
    if (this.#media !== null) {
      if (codecs !== this.#codecs) this.#buffer?.changeType(type);
      this.#codecs = codecs;
      return;
    }
    this.#codecs = codecs;
    const media = new MediaSource();
    this.#media = media;
    media.onsourceopen = () => {
      if (this.#media !== media) return;
      const buffer = media.addSourceBuffer(type);
      buffer.mode = 'segments';
      buffer.onupdateend = () => this.#next();
      buffer.onerror = () => this.#end('lost');
      this.#buffer = buffer;
      this.#next();
    };
    this.#url = URL.createObjectURL(media);
    this.#options.video.src = this.#url;
  }

  #take(segment: ArrayBuffer): void {
    if (this.#waiting.length >= MOST_WAITING) {
      this.#end('lost');
      return;
    }
    this.#waiting.push(segment);
    this.#next();
  }

  #next(): void {
    const buffer = this.#buffer;
    if (buffer === null || buffer.updating || this.#ended) return;
    try {
      this.#follow(buffer);
      if (buffer.updating) return;
      const segment = this.#waiting.shift();
      if (segment !== undefined) buffer.appendBuffer(segment);
    } catch {
      this.#end('lost');
    }
  }

  /** Keep close to the newest picture, and the buffer short. */
  #follow(buffer: SourceBuffer): void {
    const { video } = this.#options;
    const ranges = buffer.buffered;
    if (ranges.length === 0) return;
    const newest = ranges.length - 1;
    const step = move(video.currentTime, { start_s: ranges.start(newest), end_s: ranges.end(newest) });
    if (step.kind === 'jump') video.currentTime = step.to_s;
    else video.playbackRate = step.rate;
    if (video.paused) void video.play().catch(() => undefined);
    const until_s = disposable_s(video.currentTime, ranges.start(0));
    if (until_s !== null && until_s > ranges.start(0)) buffer.remove(ranges.start(0), until_s);
  }

  #picture(metadata: { mediaTime: number }): void {
    if (this.#base_ms === null) return;
    this.#capture_ms = this.#base_ms + metadata.mediaTime * 1000;
    if (this.#playing) return;
    this.#playing = true;
    this.#options.onPlaying();
  }

  #watch(): void {
    clearTimeout(this.#silence);
    if (!this.#ended) this.#silence = setTimeout(() => this.#end('lost'), SILENCE_MS);
  }

  #end(reason: Ended): void {
    if (this.#ended) return;
    this.stop();
    this.#options.onEnded(reason);
  }

  #release(): void {
    this.#waiting = [];
    this.#buffer = null;
    this.#media = null;
    if (this.#url !== '') {
      URL.revokeObjectURL(this.#url);
      this.#url = '';
      this.#options.video.removeAttribute('src');
      this.#options.video.load();
    }
  }
}
