/** One beat of playing: where all tiles stand next. Pure. */

import type { Shown } from './recorded-player';

export interface Deck {
  at_ms: number;
  playing: boolean;
  backwards: boolean;
  speed: number;
}

/** What a tile showed in the last beat, and where its running video is. */
export interface Seen {
  shown: Shown;
  position_ms: number;
}

export type Said = { kind: 'jumped'; to_ms: number } | { kind: 'end' } | null;

/** A video's own clock is believed as long as it is about where we think it is: after a jump it is still elsewhere. */
const BELIEVED_MS = 1_500;
const BACK_BY_MS = 100;

/**
 * Tiles run together: while one that has a picture here is still loading, all wait. Forwards the first running video is the clock, so
 * that nothing stutters; where no tile has anything, the time is jumped over.
 */
export function beat(deck: Deck, passed_ms: number, tiles: readonly Seen[]): { deck: Deck; said: Said } {
  if (!deck.playing || tiles.length === 0) return { deck, said: null };
  const ready = tiles.filter((tile) => tile.shown.kind === 'ready');
  if (tiles.some((tile) => tile.shown.kind === 'loading')) return { deck, said: null };
  if (ready.length === 0) return overGap(deck, tiles);
  if (deck.backwards) return { deck: { ...deck, at_ms: deck.at_ms - passed_ms * deck.speed }, said: null };
  const clock_ms = ready[0]?.position_ms ?? deck.at_ms;
  const believed = Math.abs(clock_ms - deck.at_ms) < BELIEVED_MS * Math.max(1, deck.speed);
  return { deck: { ...deck, at_ms: believed ? clock_ms : deck.at_ms + passed_ms * deck.speed }, said: null };
}

function overGap(deck: Deck, tiles: readonly Seen[]): { deck: Deck; said: Said } {
  const gaps = tiles.flatMap((tile) => (tile.shown.kind === 'gap' ? [tile.shown] : []));
  if (gaps.length === 0) return { deck: { ...deck, playing: false }, said: null };
  if (deck.backwards) {
    const to_ms = Math.max(...gaps.map((gap) => gap.from_ms)) - BACK_BY_MS;
    return { deck: { ...deck, at_ms: Math.min(to_ms, deck.at_ms - 1) }, said: null };
  }
  const next = gaps.flatMap((gap) => (gap.next_ms === null ? [] : [gap.next_ms]));
  if (next.length === 0) return { deck: { ...deck, playing: false }, said: { kind: 'end' } };
  const to_ms = Math.min(...next);
  return { deck: { ...deck, at_ms: to_ms }, said: { kind: 'jumped', to_ms } };
}
