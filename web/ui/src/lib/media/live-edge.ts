/** Staying close behind the newest picture without a visible jump. Pure. */

/** How far behind the end of the buffer a picture should be shown: enough for a late one, too little to notice. */
export const TARGET_S = 0.25;
const TOLERATED_S = 0.6;
const JUMP_S = 3;
const FASTER = 1.08;
/** What has been shown is kept this long, then taken out of the buffer. */
export const KEPT_S = 10;

export type Move = { kind: 'go_on'; rate: number } | { kind: 'jump'; to_s: number };

/** What to do at `current_s` when the buffered range that it lies in (or the newest, when it lies in none) is given. */
export function move(current_s: number, range: { start_s: number; end_s: number }): Move {
  const behind_s = range.end_s - current_s;
  const outside = current_s < range.start_s || current_s > range.end_s + 0.01;
  if (outside || behind_s > JUMP_S) return { kind: 'jump', to_s: Math.max(range.start_s, range.end_s - TARGET_S) };
  return { kind: 'go_on', rate: behind_s > TOLERATED_S ? FASTER : 1 };
}

/** Up to where the buffer may be emptied, or null when it is not worth it yet. */
export function disposable_s(current_s: number, start_s: number): number | null {
  return current_s - start_s > 2 * KEPT_S ? current_s - KEPT_S : null;
}
