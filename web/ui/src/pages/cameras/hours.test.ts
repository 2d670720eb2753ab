import { describe, expect, it } from 'vitest';
import { hoursOf, minutesOf } from './hours';

describe('hours of a schedule', () => {
  it('are read back as they are written, the end of the day too', () => {
    for (const minutes of [0, 1, 59, 60, 450, 1439, 1440]) expect(minutesOf(hoursOf(minutes))).toBe(minutes);
  });

  it('are nothing else', () => {
    for (const text of ['', '7', '24:01', '07:60', '-1:00', '7:3', '07:30:00']) expect(minutesOf(text)).toBeNull();
  });
});
