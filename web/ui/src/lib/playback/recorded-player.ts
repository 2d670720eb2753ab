/**
 * One camera's recording in a video element, at whatever moment it is asked for.
 *
 * The server sends stretches of fragmented MP4 whose times count from a zero that we choose (`base_ms`), so a moment is a place in the
 * media and nothing has to be remembered about files. What is far from the moment is taken out of the buffer again.
 */

import type { Api } from '../api';
import { eachPicture } from '../media/player';
import type { FailureCode } from '../result';
import { joined, within } from './known';
import type { Span } from './scale';

/** How much is asked for first, so that a click shows something at once, and later. */
const FIRST_MS = 2_000;
const MORE_MS = 10_000;
const AHEAD_MS = 12_000;
const KEPT_MS = 60_000;
const BASE_BACK_MS = 40 * 86_400_000;
const SAME_PICTURE_S = 0.001;
const DRIFT_S = 0.35;
/** A picture that lasts longer than this is no gap yet: cameras at one picture a second. */
const HOLE_MS = 1_500;
const RETRY_MS = 2_000;

/** `gap`: nothing is recorded from `from_ms` on; `next_ms` is where something is again, null when nothing follows. */
export type Shown =
  | { kind: 'loading' }
  | { kind: 'ready' }
  | { kind: 'gap'; from_ms: number; next_ms: number | null }
  | { kind: 'failed'; code: FailureCode; detail: string };

export interface Wish {
  at_ms: number;
  /** The video runs by itself; otherwise every moment is sought. */
  running: boolean;
  speed: number;
}

interface Hole extends Span {
  next_ms: number | null;
}

export class RecordedPlayer {
  readonly video: HTMLVideoElement;
  readonly #api: Api;
  readonly #camera_id: string;
  #base_ms: number;
  #media: MediaSource | null = null;
  #url = '';
  #buffer: SourceBuffer | null = null;
  #type = '';
  #have: Span[] = [];
  #holes: Hole[] = [];
  #asking: { abort: AbortController; from_ms: number } | null = null;
  #failed: { code: FailureCode; detail: string; at: number } | null = null;
  #capture_ms: number | null = null;
  #picture_s = 0.04;
  #unfollow = (): void => undefined;

  constructor(options: { video: HTMLVideoElement; api: Api; camera_id: string; at_ms: number }) {
    this.video = options.video;
    this.#api = options.api;
    this.#camera_id = options.camera_id;
    this.#base_ms = Math.round(options.at_ms) - BASE_BACK_MS;
    this.#unfollow = eachPicture(this.video, (metadata) => this.#picture(metadata.mediaTime));
  }

  /** When the picture on the screen was captured; null before the first. */
  get capture_ms(): number | null {
    return this.#capture_ms;
  }

  /** How long a picture stays, as far as was seen. */
  get picture_ms(): number {
    return this.#picture_s * 1000;
  }

  /** Where the running video is. */
  get position_ms(): number {
    return this.#base_ms + this.video.currentTime * 1000;
  }

  /** Show a moment; call it again and again, as often as the screen is drawn. */
  show(wish: Wish): Shown {
    if (this.#failed !== null && performance.now() - this.#failed.at < RETRY_MS)
      return { kind: 'failed', ...this.#failed };
    const span = within(this.#have, wish.at_ms);
    if (span === null) {
      const hole = this.#holes.find((one) => wish.at_ms >= one.from_ms && wish.at_ms < one.to_ms);
      if (hole !== undefined) {
        this.video.pause();
        return { kind: 'gap', from_ms: hole.from_ms, next_ms: hole.next_ms };
      }
      this.video.pause();
      this.#ask(wish.at_ms, FIRST_MS);
      return { kind: 'loading' };
    }
    this.#follow(wish);
    const left_ms = span.to_ms - wish.at_ms;
    const hole = this.#holes.some((one) => Math.abs(one.from_ms - span.to_ms) < HOLE_MS);
    if (!hole && left_ms < AHEAD_MS * Math.max(1, wish.speed)) this.#ask(span.to_ms, MORE_MS);
    return this.video.seeking || this.video.readyState < 2 ? { kind: 'loading' } : { kind: 'ready' };
  }

  close(): void {
    this.#unfollow();
    this.#asking?.abort.abort();
    this.#release();
  }

  #follow(wish: Wish): void {
    const wanted_s = (wish.at_ms - this.#base_ms) / 1000;
    const off_s = Math.abs(this.video.currentTime - wanted_s);
    if (!wish.running) {
      this.video.pause();
      if (off_s > SAME_PICTURE_S && !this.video.seeking) this.video.currentTime = wanted_s;
      return;
    }
    if (this.video.playbackRate !== wish.speed) this.video.playbackRate = wish.speed;
    if (off_s > DRIFT_S * Math.max(1, wish.speed) && !this.video.seeking) this.video.currentTime = wanted_s;
    if (this.video.paused) void this.video.play().catch(() => undefined);
  }

  #ask(from_ms: number, length_ms: number): void {
    if (this.#asking !== null) {
      // A request for what follows goes on; one for another place is of no use any more.
      if (length_ms !== FIRST_MS || Math.abs(this.#asking.from_ms - from_ms) < FIRST_MS) return;
      this.#asking.abort.abort();
    }
    const asking = { abort: new AbortController(), from_ms };
    this.#asking = asking;
    void this.#load(Math.floor(from_ms), length_ms, asking.abort.signal).finally(() => {
      if (this.#asking === asking) this.#asking = null;
    });
  }

  async #load(from_ms: number, length_ms: number, signal: AbortSignal): Promise<void> {
    if (from_ms < this.#base_ms + BASE_BACK_MS / 2) this.#begin(from_ms);
    const base_ms = this.#base_ms;
    const query = { from_ms, base_ms, length_ms, sound: true };
    const answer = await this.#api.send('GET /api/cameras/{camera_id}/recorded', {
      params: { camera_id: this.#camera_id },
      query,
      signal,
      headers: { Accept: 'video/mp4, application/json' },
    });
    if (answer.kind === 'aborted' || signal.aborted) return;
    if (answer.kind === 'failed') {
      this.#fail(answer.code, answer.detail);
      return;
    }
    this.#failed = null;
    const { status, headers } = answer.value;
    const next = headers.get('X-Next-Ms');
    if (status === 204) {
      const next_ms = next === null ? null : Number(next);
      // What is not recorded yet may be told of soon.
      if (next_ms !== null) this.#holes.push({ from_ms, to_ms: next_ms, next_ms });
      else
        this.#holes = [
          ...this.#holes.filter((one) => one.next_ms !== null),
          { from_ms, to_ms: Infinity, next_ms: null },
        ];
      if (next_ms === null)
        setTimeout(() => (this.#holes = this.#holes.filter((one) => one.next_ms !== null)), RETRY_MS);
      return;
    }
    const [start_ms, end_ms] = [Number(headers.get('X-Start-Ms')), Number(headers.get('X-End-Ms'))];
    const data = await answer.value.arrayBuffer().catch(() => null);
    if (data === null || signal.aborted || base_ms !== this.#base_ms) return;
    if (!(await this.#append(headers.get('Content-Type') ?? '', data))) return;
    this.#have = joined(this.#have, { from_ms: Math.max(start_ms, 0), to_ms: end_ms });
    if (start_ms > from_ms + HOLE_MS) this.#holes.push({ from_ms, to_ms: start_ms, next_ms: start_ms });
    const next_ms = Number(next);
    if (next_ms > end_ms + HOLE_MS) this.#holes.push({ from_ms: end_ms, to_ms: next_ms, next_ms });
    this.#tidy(from_ms);
  }

  async #append(type: string, data: ArrayBuffer): Promise<boolean> {
    if (typeof MediaSource === 'undefined' || !MediaSource.isTypeSupported(type)) {
      this.#fail('codec', '');
      return false;
    }
    if (this.#media === null) await this.#open();
    const media = this.#media;
    if (media === null || media.readyState !== 'open') return false;
    if (this.#buffer === null) this.#buffer = media.addSourceBuffer(type);
    else if (this.#type !== type) this.#buffer.changeType(type);
    this.#type = type;
    try {
      await settled(this.#buffer, (buffer) => buffer.appendBuffer(data));
      return true;
    } catch (error) {
      if (error instanceof DOMException && error.name === 'QuotaExceededError') this.#begin(this.position_ms);
      else this.#fail('codec', '');
      return false;
    }
  }

  async #open(): Promise<void> {
    const media = new MediaSource();
    this.#media = media;
    this.#url = URL.createObjectURL(media);
    this.video.src = this.#url;
    await new Promise((opened) => media.addEventListener('sourceopen', opened, { once: true }));
    // Otherwise the browser takes the end of what is there for the end of everything, and stops.
    if (media.readyState === 'open') media.duration = 100 * 365 * 86_400;
  }

  /** Forget all media: with another zero, or with too much in the buffer. */
  #begin(at_ms: number): void {
    this.#release();
    this.#have = [];
    this.#holes = [];
    this.#base_ms = Math.round(at_ms) - BASE_BACK_MS;
  }

  #release(): void {
    this.video.removeAttribute('src');
    this.video.load();
    if (this.#url !== '') URL.revokeObjectURL(this.#url);
    this.#url = '';
    this.#media = this.#buffer = null;
    this.#type = '';
  }

  #tidy(at_ms: number): void {
    const buffer = this.#buffer;
    const far = this.#have.filter((span) => span.to_ms < at_ms - KEPT_MS || span.from_ms > at_ms + 10 * KEPT_MS);
    if (buffer === null || buffer.updating) return;
    const first = far[0];
    if (first !== undefined) {
      this.#have = this.#have.filter((span) => span !== first);
      this.#remove(buffer, first);
      return;
    }
    const long = this.#have.find((span) => span.from_ms < at_ms - 2 * KEPT_MS && span.to_ms > at_ms - KEPT_MS);
    if (long === undefined) return;
    const gone = { from_ms: long.from_ms, to_ms: at_ms - KEPT_MS };
    this.#have = this.#have.map((span) => (span === long ? { from_ms: gone.to_ms, to_ms: long.to_ms } : span));
    this.#remove(buffer, gone);
  }

  #remove(buffer: SourceBuffer, span: Span): void {
    const from_s = Math.max(0, (span.from_ms - this.#base_ms) / 1000);
    buffer.remove(from_s, Math.max(from_s + 0.001, (span.to_ms - this.#base_ms) / 1000));
  }

  #fail(code: FailureCode, detail: string): void {
    this.#failed = { code, detail, at: performance.now() };
    this.video.pause();
  }

  #picture(media_s: number): void {
    const capture_ms = this.#base_ms + media_s * 1000;
    const lasted_s = (capture_ms - (this.#capture_ms ?? capture_ms)) / 1000;
    if (lasted_s > 0.005 && lasted_s < 1.1 && this.video.playbackRate <= 1) this.#picture_s = lasted_s;
    this.#capture_ms = capture_ms;
  }
}

/** Waits for an update that runs, does another, and waits for that. Rejects when the browser refuses it. */
async function settled(buffer: SourceBuffer, act: (buffer: SourceBuffer) => void): Promise<void> {
  if (buffer.updating) await new Promise((done) => buffer.addEventListener('updateend', done, { once: true }));
  await new Promise<void>((done, refuse) => {
    const end = (): void => {
      buffer.removeEventListener('updateend', end);
      buffer.removeEventListener('error', fail);
      done();
    };
    const fail = (): void => {
      buffer.removeEventListener('updateend', end);
      refuse(new Error('refused'));
    };
    buffer.addEventListener('updateend', end);
    buffer.addEventListener('error', fail, { once: true });
    act(buffer);
  });
}
