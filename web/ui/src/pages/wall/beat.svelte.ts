/** The one clock of a wall: all tiles look at their pictures together, a few times a second. */

const BEAT_MS = 200;

export class Beat {
  #count = $state(0);

  /** Grows with each beat. */
  get count(): number {
    return this.#count;
  }

  /** Returns how to stop. */
  start(): () => void {
    const next = () => (this.#count += 1);
    const timer = setInterval(next, BEAT_MS);
    // A page that is seen again looks at once.
    document.addEventListener('visibilitychange', next);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', next);
    };
  }
}
