/** What is known of a camera's picture, for lists: the chip. Pure. */

import type { CameraTruth } from '$lib/api/schema';
import type { PictureState } from '$components/StateChip.svelte';

export function pictureState(truth: CameraTruth | undefined): PictureState {
  if (truth === undefined) return 'connecting';
  return truth.liveness === 'down' ? 'noLink' : truth.liveness;
}
