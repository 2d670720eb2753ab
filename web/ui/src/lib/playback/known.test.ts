import { describe, expect, it } from 'vitest';
import { joined, nextStart, speedAfter, speedText, within } from './known';

describe('what a player knows', () => {
  it('joins stretches that touch and keeps others apart', () => {
    let spans = joined([], { from_ms: 1000, to_ms: 2000 });
    spans = joined(spans, { from_ms: 5000, to_ms: 6000 });
    spans = joined(spans, { from_ms: 2100, to_ms: 3000 });
    expect(spans).toEqual([
      { from_ms: 1000, to_ms: 3000 },
      { from_ms: 5000, to_ms: 6000 },
    ]);
    expect(within(spans, 2999)).toEqual({ from_ms: 1000, to_ms: 3000 });
    expect(within(spans, 3000)).toBeNull();
  });

  it('finds the next start behind a moment, not the one it stands at', () => {
    const motion = [{ start_ms: 9000 }, { start_ms: 1000 }, { start_ms: 5000 }];
    expect(nextStart(motion, 0)).toBe(1000);
    expect(nextStart(motion, 1000)).toBe(5000);
    expect(nextStart(motion, 9000)).toBeNull();
  });

  it('goes from an eighth to sixteen times and no further', () => {
    let speed = 1;
    for (let press = 0; press < 9; press += 1) speed = speedAfter(speed, 1);
    expect(speedText(speed)).toBe('16 ×');
    for (let press = 0; press < 9; press += 1) speed = speedAfter(speed, -1);
    expect(speedText(speed)).toBe('1/8 ×');
  });
});
