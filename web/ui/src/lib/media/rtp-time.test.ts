import { describe, expect, it } from 'vitest';
import { captured_ms, isFrom } from './rtp-time';

const NOON_MS = Date.UTC(2026, 10, 25, 5, 0, 0);
const WRAP = 2 ** 32;

describe('the capture time of a picture', () => {
  it.each([0, 40, 2500, 3_600_000, -500])('is read from its timestamp when it is %i ms old', (age_ms) => {
    const rtp = ((NOON_MS - age_ms) * 90) % WRAP;
    expect(captured_ms(rtp, NOON_MS)).toBeCloseTo(NOON_MS - age_ms, 1);
  });

  it('is right on both sides of a wrap of the timestamp', () => {
    const wrap_ms = Math.ceil((NOON_MS * 90) / WRAP) * (WRAP / 90);
    for (const off_ms of [-100, -1, 0, 1, 100]) {
      const at_ms = wrap_ms + off_ms;
      expect(captured_ms(Math.round(at_ms * 90) % WRAP, wrap_ms + 50)).toBeCloseTo(at_ms, 1);
    }
  });
});

describe('the first picture of another camera', () => {
  it('is told from those before it, also across a wrap', () => {
    expect(isFrom(1000, 1000)).toBe(true);
    expect(isFrom(999, 1000)).toBe(false);
    expect(isFrom(5, WRAP - 5)).toBe(true);
    expect(isFrom(WRAP - 5, 5)).toBe(false);
  });
});
