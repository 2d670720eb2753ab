/**
 * The server's clock, as well as this browser can know it.
 *
 * Every tick carries the server's time. The tick that travelled fastest is the best witness, so the offset is the largest one of
 * the last minute. The browser's own clock may be wrong or be set: only its monotonic clock is used.
 */

const WINDOW = 60;
/** A jump by more than this is the server's clock being set, not a slow tick. */
const STEP_MS = 5000;

export class ServerClock {
  readonly #monotonic_ms: () => number;
  #offsets_ms: number[] = [];

  constructor(monotonic_ms: () => number = () => performance.now()) {
    this.#monotonic_ms = monotonic_ms;
  }

  /** `now_ms` of a tick that has just arrived. */
  hear(now_ms: number): void {
    const offset_ms = now_ms - this.#monotonic_ms();
    const known_ms = this.#offset_ms();
    if (known_ms !== null && Math.abs(offset_ms - known_ms) > STEP_MS) this.#offsets_ms = [];
    this.#offsets_ms = [...this.#offsets_ms, offset_ms].slice(-WINDOW);
  }

  /** UTC ms by the server's clock, or null before the first tick. */
  now_ms(): number | null {
    const offset_ms = this.#offset_ms();
    return offset_ms === null ? null : this.#monotonic_ms() + offset_ms;
  }

  #offset_ms(): number | null {
    return this.#offsets_ms.length === 0 ? null : Math.max(...this.#offsets_ms);
  }
}
