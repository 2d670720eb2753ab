/** What is wrong with a volume, if anything. Pure. */

import type { RecordingVolume } from '$lib/api/schema';

/** Whether somebody should look: also where nobody records, and where recordings are suspended. */
export function isBad(volume: RecordingVolume): boolean {
  return volume.condition !== 'ok' || volume.suspended > 0;
}
