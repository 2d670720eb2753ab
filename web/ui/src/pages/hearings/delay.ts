/** What observers of a hearing with a delay see at a moment: pictures, or a card until when. Pure. */

import type { Card, HearingDetail } from '$lib/api/schema';

/** A card of the hearing, or of its delay: what is held is not old enough yet, was dropped, or cannot be shown now. */
export type Shade = Card | 'filling' | 'dropped' | 'nothing';

/** As the media workers have it: what arrives so soon after an opening or a dump may have been captured before. */
export const GUARD_MS = 1000;
export const DELAYS_S: readonly number[] = [0, 60, 120, 180, 300, 600, 900, 1200, 1800];
/** What one press drops; null is all that nobody has seen. */
export const DUMPS_S: readonly (number | null)[] = [30, 60, null];
/** What the key drops: a minute is soon too little, and all of it rarely needed. */
export const DUMPED_BY_KEY_S = 60;

export interface Held {
  card: 'filling' | 'dropped';
  until_ms: number;
}

/** Null while pictures may be seen, and for whoever sees them without a delay. */
export function held(
  hearing: Pick<HearingDetail, 'delay_s' | 'since_ms' | 'dropped' | 'observes'>,
  now_ms: number | null,
): Held | null {
  if (hearing.delay_s === 0 || !hearing.observes || now_ms === null) return null;
  const later_ms = hearing.delay_s * 1000 + GUARD_MS;
  const played_ms = now_ms - hearing.delay_s * 1000;
  const begins_ms = hearing.since_ms + later_ms;
  // The latest end counts: a dump right after the opening goes on where that ends.
  const gone = hearing.dropped.filter((span) => span.from_ms <= played_ms && played_ms < span.to_ms + GUARD_MS);
  const ends_ms = Math.max(0, ...gone.map((span) => span.to_ms + later_ms));
  if (now_ms < begins_ms) return { card: 'filling', until_ms: Math.max(begins_ms, ends_ms) };
  return gone.length > 0 ? { card: 'dropped', until_ms: ends_ms } : null;
}
