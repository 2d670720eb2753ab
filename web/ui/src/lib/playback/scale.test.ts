import { describe, expect, it } from 'vitest';
import {
  following,
  labels,
  localMidnight,
  LONGEST_MS,
  monthOf,
  parseMoment,
  share,
  SHORTEST_MS,
  zoomed,
} from './scale';

const MIDNIGHT = Date.UTC(2026, 10, 24, 17);
const HOUR = 3_600_000;
const DAY = { from_ms: MIDNIGHT, to_ms: MIDNIGHT + 24 * HOUR };

describe('the timeline', () => {
  it('keeps the moment under the pointer where it is when it is zoomed', () => {
    for (const factor of [0.5, 0.9, 2, 5]) {
      const at_ms = MIDNIGHT + 7 * HOUR;
      expect(share(zoomed(DAY, factor, at_ms), at_ms)).toBeCloseTo(share(DAY, at_ms), 5);
    }
  });

  it('zooms no closer than seconds and no further than a month', () => {
    expect(zoomed(DAY, 1e-9, MIDNIGHT).to_ms - zoomed(DAY, 1e-9, MIDNIGHT).from_ms).toBe(SHORTEST_MS);
    expect(zoomed(DAY, 1e9, MIDNIGHT).to_ms - zoomed(DAY, 1e9, MIDNIGHT).from_ms).toBe(LONGEST_MS);
  });

  it('labels round local times, and days by their date', () => {
    expect(labels(DAY, 8).map((one) => one.text)).toEqual([
      '25/11',
      '03:00',
      '06:00',
      '09:00',
      '12:00',
      '15:00',
      '18:00',
      '21:00',
    ]);
    const seconds = labels({ from_ms: MIDNIGHT + HOUR, to_ms: MIDNIGHT + HOUR + 10_000 }, 10).map((one) => one.text);
    expect(seconds.slice(0, 3)).toEqual(['01:00:00', '01:00:01', '01:00:02']);
    expect(labels({ from_ms: MIDNIGHT, to_ms: MIDNIGHT + LONGEST_MS }, 12).length).toBeLessThanOrEqual(12);
  });

  it('turns the page only when the moment has left it', () => {
    expect(following(DAY, MIDNIGHT + HOUR)).toBe(DAY);
    const turned = following(DAY, DAY.to_ms);
    expect(share(turned, DAY.to_ms)).toBeCloseTo(0.1, 5);
    expect(turned.to_ms - turned.from_ms).toBe(24 * HOUR);
  });

  it('knows local midnights and months', () => {
    expect(localMidnight(MIDNIGHT + 5 * HOUR)).toBe(MIDNIGHT);
    expect(localMidnight(MIDNIGHT - 1)).toBe(MIDNIGHT - 24 * HOUR);
    expect(monthOf(MIDNIGHT)).toEqual({ from_ms: Date.UTC(2026, 9, 31, 17), to_ms: Date.UTC(2026, 10, 30, 17) });
  });

  it('reads days and times as they are written here, and nothing else', () => {
    expect(parseMoment('25/11/2026')).toBe(MIDNIGHT);
    expect(parseMoment(' 25/11/2026 03:04:05 ')).toBe(MIDNIGHT + 3 * HOUR + 245_000);
    expect(parseMoment('25/11/2026 03:04')).toBe(MIDNIGHT + 3 * HOUR + 240_000);
    for (const text of ['', '31/02/2026', '2026-11-25', '25/11/26', '25/11/2026 24:00:00', '25/11/2026 1:2:3 x'])
      expect(parseMoment(text)).toBeNull();
  });
});
