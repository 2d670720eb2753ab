import { expect, it } from 'vitest';
import { dayBegins_ms, dayIsOver_ms, dayOf, readDay, since, until, writtenDay } from './day';

it('counts days in Vietnam', () => {
  expect(dayBegins_ms('2026-11-25')).toBe(Date.UTC(2026, 10, 24, 17));
  expect(dayIsOver_ms('2026-11-25')).toBe(Date.UTC(2026, 10, 25, 17));
  expect(dayOf(Date.UTC(2026, 10, 24, 17))).toBe('2026-11-25');
  expect(dayOf(Date.UTC(2026, 10, 24, 17) - 1)).toBe('2026-11-24');
});

it('takes nothing else for a day', () => {
  for (const text of ['', 'soon', '2026-13-40', '25/11/2026']) {
    expect(dayBegins_ms(text)).toBeNull();
    expect(dayIsOver_ms(text)).toBeNull();
  }
});

it('names whole days as days and all else to the second', () => {
  const midnight_ms = Date.UTC(2025, 5, 30, 17);
  expect(since(midnight_ms)).toBe('01/07/2025');
  expect(until(midnight_ms)).toBe('30/06/2025');
  expect(since(midnight_ms + 1000)).toBe('01/07/2025 00:00:01');
  expect(until(midnight_ms + 1000)).toBe('01/07/2025 00:00:01');
});

it('reads days as people write them here, and only such as there are', () => {
  for (const typed of ['01/07/2026', '1/7/2026', ' 1.7.2026 ', '01-07-2026', '01072026'])
    expect(readDay(typed)).toBe('2026-07-01');
  for (const typed of ['', '31/02/2026', '2026-07-01', '1/7/26', '13/13/2026', 'mai'])
    expect(readDay(typed)).toBeNull();
  expect(writtenDay('2026-07-01')).toBe('01/07/2026');
  expect(writtenDay('')).toBe('');
});
