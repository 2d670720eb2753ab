/**
 * The picture of one tile, for ever: starts whatever brings it, starts it again when it ends, stands still or the camera moves to
 * another worker, and never needs a click. It has no timer of its own; its wall calls `beat` a few times a second.
 */

import { pause_ms } from '../events';
import type { CameraTruth, Shown } from '../api/schema';
import type { Ended, Player, PlayerEvents } from './player';
import type { Problem } from './tile-state';

/** The server says that pictures come, but none is shown: ask anew. */
export const STUCK_MS = 4000;
/** The same where only keyframes travel. */
const STUCK_KEYFRAMES_MS = 15_000;
/** A start may take longer: a keyframe must come, a browser is busy with a whole wall. */
const START_MS = 8000;
/** A picture that moved for so long was no failure. */
const STEADY_MS = 10_000;
/** A right that went may come back, a codec may change: rarely, so rarely asked for. */
const RARELY_MS = 60_000;

export interface Wish {
  camera_id: string;
  stream: 'main' | 'sub';
  sound: boolean;
}

export interface Made {
  player: Player;
  /** The carrier that it comes by; null when it is not bound to one. */
  carrier: string | null;
}

export interface TilePictureOptions {
  /** Null while the camera cannot be asked for. */
  make: (wish: Wish, events: PlayerEvents) => Made | null;
  /** Take the last picture off the screen: it must not be seen any more. */
  blank: () => void;
  monotonic_ms?: () => number;
  random?: () => number;
}

const PROBLEMS: Partial<Record<Ended, Problem>> = {
  no_right: 'no_right',
  hearing: 'hearing',
  unsupported: 'unsupported',
  codec: 'unsupported',
  busy: 'busy',
  no_picture: 'no_picture',
  lost: 'lost',
  refused: 'lost',
  lease_expired: 'lost',
  stopped: 'lost',
};

export class TilePicture {
  readonly #options: TilePictureOptions;
  #wish: Wish | null = null;
  #made: Made | null = null;
  #capture_ms: number | null = null;
  /** When a picture last moved, or the player was started. */
  #moved_ms = 0;
  #playing_since_ms: number | null = null;
  #attempt = 0;
  #retry_ms = 0;
  #problem: Problem | null = null;
  #lived = false;

  constructor(options: TilePictureOptions) {
    this.#options = options;
  }

  /** When the picture on the screen was captured; null while there is none of this camera. */
  get capture_ms(): number | null {
    return this.#made?.player.capture_ms ?? this.#capture_ms;
  }

  get shown(): Shown | null {
    return this.#made?.player.shown ?? null;
  }

  get problem(): Problem | null {
    return this.#problem;
  }

  get player(): Player | null {
    return this.#made?.player ?? null;
  }

  /** What to show from now on. The same camera in another stream keeps its picture until the new one is there. */
  wish(wish: Wish | null): void {
    const before = this.#wish;
    if (before?.camera_id === wish?.camera_id && before?.stream === wish?.stream && before?.sound === wish?.sound)
      return;
    this.#drop();
    this.#wish = wish;
    this.#problem = null;
    this.#attempt = 0;
    this.#retry_ms = 0;
    if (before?.camera_id !== wish?.camera_id) {
      // What is on the screen is another camera's: the tile hides it until `capture_ms` says that its own has come.
      this.#capture_ms = null;
      this.#lived = false;
    }
    if (wish === null) this.#options.blank();
    else this.#start();
  }

  /** `hidden`: the browser shows no pictures now, so that none moves. */
  beat(truth: CameraTruth | undefined, hidden = false): void {
    if (this.#wish === null) return;
    const now_ms = this.#now_ms();
    const lives = truth !== undefined && truth.liveness !== 'down' && truth.liveness !== 'connecting';
    if (lives && !this.#lived) this.#hopeful(now_ms);
    this.#lived = lives;
    if (this.#made !== null) this.#watch(this.#made, truth, lives && !hidden, now_ms);
    if (this.#made === null && now_ms >= this.#retry_ms && truth?.liveness !== 'down') this.#start();
  }

  /** Rights or cameras have changed: what was refused may be allowed now. */
  askAgain(): void {
    this.#retry_ms = 0;
  }

  stop(): void {
    this.#drop();
    this.#forget();
    this.#wish = null;
  }

  #watch(made: Made, truth: CameraTruth | undefined, moves: boolean, now_ms: number): void {
    const { capture_ms } = made.player;
    if (capture_ms !== null && capture_ms !== this.#capture_ms) {
      this.#capture_ms = capture_ms;
      this.#moved_ms = now_ms;
      if (this.#playing_since_ms !== null && now_ms - this.#playing_since_ms > STEADY_MS) this.#attempt = 0;
    }
    if (!moves) this.#moved_ms = Math.max(this.#moved_ms, now_ms - STUCK_MS / 2);
    const moved =
      made.carrier !== null && truth !== undefined && truth.carrier !== '' && truth.carrier !== made.carrier;
    if (moved) {
      this.#drop();
      this.#retry_ms = now_ms;
    } else if (now_ms - this.#moved_ms > this.#patience_ms(made.player)) this.#ended('lost');
  }

  #patience_ms(player: Player): number {
    if (player.capture_ms === null) return START_MS;
    return player.shown === 'keyframes' ? STUCK_KEYFRAMES_MS : STUCK_MS;
  }

  /** The camera has just come (back): ask at once. */
  #hopeful(now_ms: number): void {
    this.#attempt = 0;
    this.#retry_ms = Math.min(this.#retry_ms, now_ms);
  }

  #start(): void {
    const wish = this.#wish;
    if (wish === null) return;
    this.#playing_since_ms = null;
    this.#moved_ms = this.#now_ms();
    const events: PlayerEvents = {
      onPlaying: () => {
        this.#problem = null;
        this.#playing_since_ms = this.#now_ms();
      },
      onEnded: (reason) => this.#ended(reason),
    };
    this.#made = this.#options.make(wish, events);
    this.#made?.player.start();
  }

  #ended(reason: Ended): void {
    this.#drop();
    const now_ms = this.#now_ms();
    this.#problem = PROBLEMS[reason] ?? null;
    // What must not be seen any more leaves the screen with its last picture.
    if (reason === 'no_right' || reason === 'hearing') this.#forget();
    // The other way, or the other worker, can be asked at once.
    if (reason === 'blocked' || (reason === 'camera_moved' && this.#attempt === 0)) this.#retry_ms = now_ms;
    else if (reason === 'no_right' || reason === 'unsupported') this.#retry_ms = now_ms + RARELY_MS;
    else this.#retry_ms = now_ms + pause_ms(this.#attempt, (this.#options.random ?? Math.random)());
    this.#attempt += reason === 'blocked' ? 0 : 1;
  }

  #drop(): void {
    this.#capture_ms = this.capture_ms;
    this.#made?.player.stop();
    this.#made = null;
  }

  #forget(): void {
    this.#capture_ms = null;
    this.#options.blank();
  }

  #now_ms(): number {
    return (this.#options.monotonic_ms ?? (() => performance.now()))();
  }
}
