/** The words of a tile that no chip says. Pure. */

import type { Shown } from '$lib/api/schema';
import type { Text } from '$lib/i18n/index.svelte';
import type { TileState } from '$lib/media/tile-state';

/** What is shown where it is less than what was asked for. */
export function worse(shown: Shown | null, asked: 'main' | 'sub'): 'transcoded' | 'keyframes' | 'sub' | null {
  if (shown === 'transcoded' || shown === 'keyframes') return shown;
  return shown === 'sub' && asked === 'main' ? 'sub' : null;
}

/** Why there is no picture. Empty while nothing is wrong. */
export function reason(state: TileState, t: Text): string {
  if (state.problem !== null) return t.wall.problem[state.problem];
  return state.cause === null ? '' : t.states.cause[state.cause];
}
