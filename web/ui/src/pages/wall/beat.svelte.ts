/** The one clock of a wall: all tiles look at their pictures together, a few times a second, and when the server has spoken. */

import type { Live } from '$lib/live.svelte';

const BEAT_MS = 200;

export class Beat {
  #count = $state(0);

  /** Grows with each beat. */
  get count(): number {
    return this.#count;
  }

  /** Returns how to stop. */
  start(live: Live): () => void {
    const next = () => (this.#count += 1);
    const timer = setInterval(next, BEAT_MS);
    // A page that is seen again looks at once.
    document.addEventListener('visibilitychange', next);
    const deaf = live.on('tick', next);
    return () => {
      deaf();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', next);
    };
  }
}
