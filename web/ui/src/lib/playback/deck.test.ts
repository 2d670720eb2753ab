import { describe, expect, it } from 'vitest';
import { beat, type Deck, type Seen } from './deck';

const DECK: Deck = { at_ms: 10_000, playing: true, backwards: false, speed: 1 };
const ready = (position_ms: number): Seen => ({ shown: { kind: 'ready' }, position_ms });
const loading: Seen = { shown: { kind: 'loading' }, position_ms: 0 };
const gap = (from_ms: number, next_ms: number | null): Seen => ({
  shown: { kind: 'gap', from_ms, next_ms },
  position_ms: 0,
});

describe('playing', () => {
  it('takes its time from the first running video, so that nothing stutters', () => {
    expect(beat(DECK, 16, [ready(10_033), ready(10_500)]).deck.at_ms).toBe(10_033);
  });

  it('does not believe a video that is still elsewhere after a jump', () => {
    expect(beat(DECK, 16, [ready(90_000)]).deck.at_ms).toBe(10_016);
  });

  it('waits for every tile that has a picture here and is still loading', () => {
    expect(beat(DECK, 16, [ready(10_033), loading]).deck).toBe(DECK);
  });

  it('goes on while one tile has a gap and another has pictures', () => {
    expect(beat(DECK, 16, [gap(9_000, 20_000), ready(10_033)]).deck.at_ms).toBe(10_033);
  });

  it('jumps over a time in which no tile has anything, and says so', () => {
    const after = beat(DECK, 16, [gap(9_000, 30_000), gap(9_500, 20_000)]);
    expect(after.deck.at_ms).toBe(20_000);
    expect(after.said).toEqual({ kind: 'jumped', to_ms: 20_000 });
  });

  it('stops where nothing follows', () => {
    const after = beat(DECK, 16, [gap(9_000, null)]);
    expect(after.deck.playing).toBe(false);
    expect(after.said).toEqual({ kind: 'end' });
  });

  it('goes backwards by the clock on the wall, at its speed, and before a gap', () => {
    const back = { ...DECK, backwards: true, speed: 4 };
    expect(beat(back, 100, [ready(0)]).deck.at_ms).toBe(9_600);
    expect(beat(back, 100, [gap(9_000, 20_000)]).deck.at_ms).toBe(8_900);
  });

  it('stands still when it is paused, or when nothing can be shown', () => {
    expect(beat({ ...DECK, playing: false }, 16, [ready(10_033)]).deck.at_ms).toBe(10_000);
    const failed: Seen = { shown: { kind: 'failed', code: 'codec', detail: '' }, position_ms: 0 };
    expect(beat(DECK, 16, [failed]).deck.playing).toBe(false);
  });
});
