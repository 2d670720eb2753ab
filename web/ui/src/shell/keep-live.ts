/** The event socket and the clock of a screen, for as long as the screen is there. */

import type { Live } from '$lib/live.svelte';

const BEAT_MS = 200;

/** Returns how to end it: a fit for `$effect`. */
export function keepLive(live: Live): () => void {
  live.start();
  const beat = setInterval(() => live.beat(), BEAT_MS);
  return () => {
    clearInterval(beat);
    live.stop();
  };
}
