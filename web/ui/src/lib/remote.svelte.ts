/**
 * Something of the server's that a page shows: the value, or why there is none, or neither while it is being asked.
 *
 *     const alarms = new Remote((signal) => api.call('GET /api/alarms', { signal }));
 *     $effect(() => alarms.follow());
 *
 * A value that is there stays while it is asked again, so that nothing jumps.
 */

import type { Failure, Result } from './result';

export class Remote<T> {
  readonly #ask: (signal: AbortSignal) => Promise<Result<T>>;
  #value = $state.raw<T | null>(null);
  #failed = $state.raw<Failure | null>(null);
  #asking: AbortController | null = null;
  #again = false;

  constructor(ask: (signal: AbortSignal) => Promise<Result<T>>) {
    this.#ask = ask;
  }

  get value(): T | null {
    return this.#value;
  }

  /** Set from an answer that holds the new value already, so that it need not be asked again. */
  set value(value: T | null) {
    this.#value = value;
  }

  get failed(): Failure | null {
    return this.#failed;
  }

  /** Asks; returns how to stop: a fit for `$effect`. */
  follow(): () => void {
    void this.load();
    return () => this.#asking?.abort();
  }

  /** Something changed: asks once more, after the running request if there is one, however often this is called meanwhile. */
  async nudge(): Promise<void> {
    if (this.#asking !== null) {
      this.#again = true;
      return;
    }
    await this.load();
  }

  /** A later request wins over an earlier one. */
  async load(): Promise<void> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    const answer = await this.#ask(asking.signal);
    if (asking.signal.aborted || answer.kind === 'aborted') return;
    this.#asking = null;
    this.#failed = answer.kind === 'failed' ? answer : null;
    if (answer.kind === 'ok') this.#value = answer.value;
    if (!this.#again) return;
    this.#again = false;
    await this.load();
  }
}
