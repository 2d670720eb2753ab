/**
 * Whether the alarm that is chosen has been looked at, so that a key or click may acknowledge it. Pure.
 *
 * After an acknowledgement the page goes on to the next alarm by itself. A second press in the same second was meant for the one
 * before: what has just come up cannot be acknowledged until its picture was on the screen for a moment.
 */

/** Less than anybody needs to look at a picture, more than between the presses of a key that bounces or is hit twice. */
export const MOMENT_MS = 600;
/** A picture that does not come in this time is not waited for: the alarm is more than its picture. */
export const NO_PICTURE_MS = 3000;

export interface Looked {
  id: string;
  chosen_ms: number;
  /** When its picture, or the words that there is none, came onto the screen. */
  seen_ms: number | null;
}

export function chosen(id: string, now_ms: number): Looked {
  return { id, chosen_ms: now_ms, seen_ms: null };
}

export function seen(looked: Looked, id: string, now_ms: number): Looked {
  return looked.id === id && looked.seen_ms === null ? { ...looked, seen_ms: now_ms } : looked;
}

/** Whether alarm `id` may be acknowledged now. */
export function isLookedAt(looked: Looked, id: string, now_ms: number): boolean {
  if (looked.id !== id) return false;
  if (looked.seen_ms === null) return now_ms - looked.chosen_ms >= NO_PICTURE_MS;
  return now_ms - looked.seen_ms >= MOMENT_MS;
}
