/** Days of the calendar in Vietnam (UTC+7, without summer time), as date fields hold them: 2026-11-25. Pure. */

import { date, dateTime } from './format';

export const DAY_MS = 86_400_000;
const UTC_PLUS_7_MS = 7 * 3_600_000;

/** The moment at which that day begins; null for what is no day. */
export function dayBegins_ms(day: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return null;
  const at_ms = Date.parse(`${day}T00:00:00+07:00`);
  return Number.isNaN(at_ms) ? null : at_ms;
}

/** The moment at which that day is over. */
export function dayIsOver_ms(day: string): number | null {
  const begins_ms = dayBegins_ms(day);
  return begins_ms === null ? null : begins_ms + DAY_MS;
}

export function dayOf(at_ms: number): string {
  return new Date(at_ms + UTC_PLUS_7_MS).toISOString().slice(0, 10);
}

function isMidnight(at_ms: number): boolean {
  return (at_ms + UTC_PLUS_7_MS) % DAY_MS === 0;
}

/** From when: the day alone when it begins with it. */
export function since(at_ms: number): string {
  return isMidnight(at_ms) ? date(at_ms) : dateTime(at_ms);
}

/** Up to when, for an end that is excluded: the last whole day, or the very moment. */
export function until(end_ms: number): string {
  return isMidnight(end_ms) ? date(end_ms - 1) : dateTime(end_ms);
}

/** What somebody typed as a day, 1/7/2026 or 01.07.2026 or 01072026, as 2026-07-01; null for what is no day of the calendar. */
export function readDay(typed: string): string | null {
  const found =
    /^\s*(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})\s*$/.exec(typed) ?? /^\s*(\d{2})(\d{2})(\d{4})\s*$/.exec(typed);
  if (found === null) return null;
  const [, day = '', month = '', year = ''] = found;
  const iso = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const at_ms = dayBegins_ms(iso);
  // 31/02 is read as a day in March.
  return at_ms !== null && dayOf(at_ms) === iso ? iso : null;
}

/** 2026-07-01 as people write it. */
export function writtenDay(day: string): string {
  const at_ms = dayBegins_ms(day);
  return at_ms === null ? '' : date(at_ms);
}
