/** The one line at the foot of the screen that says what just happened. It has a fixed place, so nothing moves when it speaks. */

import type { Failure } from './result';
import { sentence } from './sentence';

export interface Said {
  text: string;
  tone: 'plain' | 'done' | 'failed';
  /** Grows, so that the same sentence said twice is announced twice. */
  number: number;
}

const PLAIN_MS = 8000;

export class Status {
  #said = $state.raw<Said | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #number = 0;

  get said(): Said | null {
    return this.#said;
  }

  /** Failures stay until the next sentence or `clear`; the rest goes by itself. */
  say(text: string, tone: Said['tone'] = 'plain'): void {
    clearTimeout(this.#timer);
    this.#number += 1;
    this.#said = { text, tone, number: this.#number };
    if (tone !== 'failed') this.#timer = setTimeout(() => this.clear(), PLAIN_MS);
  }

  fail(failed: Failure): void {
    this.say(sentence(failed), 'failed');
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.#said = null;
  }
}
