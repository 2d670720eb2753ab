/** How loud, as a bar shows it. Pure. */

import type { SoundStep } from '$lib/api/schema';

/** What the empty bar stands for; a room in which nobody speaks is about here. */
export const LEAST_DBFS = -60;
/** What a microphone that is on reaches when somebody speaks: the server's own limit of the check. */
export const QUIET_DBFS = -50;

/** From 0 for silence to 1 for full scale. */
export function share(dbfs: number): number {
  return Math.min(1, Math.max(0, 1 - dbfs / LEAST_DBFS));
}

/** What is heard at a moment of the sound; null before and after it. */
export function stepAt(steps: readonly SoundStep[], step_ms: number, at_s: number): SoundStep | null {
  return steps[Math.floor((at_s * 1000) / step_ms)] ?? null;
}

/** The bytes behind base64. */
export function bytes(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}
