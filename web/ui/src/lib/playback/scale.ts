/** The timeline as a piece of time: zooming, moving, and where its labels stand. Times are UTC ms; days and hours are Vietnam's. Pure. */

import { date, time } from '../format';

export interface Span {
  from_ms: number;
  to_ms: number;
}

export const SHORTEST_MS = 10_000;
export const LONGEST_MS = 31 * 86_400_000;
const UTC_PLUS_7_MS = 7 * 3_600_000;
const DAY_MS = 86_400_000;
const STEPS_MS = [
  1000,
  2000,
  5000,
  10_000,
  15_000,
  30_000,
  60_000,
  120_000,
  300_000,
  600_000,
  900_000,
  1_800_000,
  3_600_000,
  7_200_000,
  10_800_000,
  21_600_000,
  43_200_000,
  DAY_MS,
  2 * DAY_MS,
  7 * DAY_MS,
];

export interface Label {
  at_ms: number;
  text: string;
}

/** Where a moment stands, 0 to 1 within the view; outside of it below 0 or above 1. */
export function share(view: Span, at_ms: number): number {
  return (at_ms - view.from_ms) / (view.to_ms - view.from_ms);
}

export function momentAt(view: Span, part: number): number {
  return view.from_ms + part * (view.to_ms - view.from_ms);
}

/** `factor` below 1 shows less; the moment `around_ms` stays where it is. */
export function zoomed(view: Span, factor: number, around_ms: number): Span {
  const length_ms = Math.min(Math.max((view.to_ms - view.from_ms) * factor, SHORTEST_MS), LONGEST_MS);
  const part = Math.min(Math.max(share(view, around_ms), 0), 1);
  const from_ms = Math.round(around_ms - part * length_ms);
  return { from_ms, to_ms: from_ms + Math.round(length_ms) };
}

export function moved(view: Span, by_ms: number): Span {
  return { from_ms: view.from_ms + by_ms, to_ms: view.to_ms + by_ms };
}

/** The view, moved by whole pages only when the moment is not in it. */
export function following(view: Span, at_ms: number): Span {
  if (at_ms >= view.from_ms && at_ms < view.to_ms) return view;
  const length_ms = view.to_ms - view.from_ms;
  const from_ms = at_ms - Math.round(length_ms * 0.1);
  return { from_ms, to_ms: from_ms + length_ms };
}

/** At most `most` round times within the view, each with as much of it as tells it from its neighbours. */
export function labels(view: Span, most: number): Label[] {
  const step_ms = STEPS_MS.find((step) => (view.to_ms - view.from_ms) / step <= most) ?? 7 * DAY_MS;
  const first = Math.ceil((view.from_ms + UTC_PLUS_7_MS) / step_ms) * step_ms - UTC_PLUS_7_MS;
  const found: Label[] = [];
  for (let at_ms = first; at_ms < view.to_ms; at_ms += step_ms) found.push({ at_ms, text: label(at_ms, step_ms) });
  return found;
}

export function localMidnight(at_ms: number): number {
  return Math.floor((at_ms + UTC_PLUS_7_MS) / DAY_MS) * DAY_MS - UTC_PLUS_7_MS;
}

/** The first moment of the local month, and of the one after it. */
export function monthOf(at_ms: number): Span {
  const local = new Date(at_ms + UTC_PLUS_7_MS);
  const begin = (month: number): number => Date.UTC(local.getUTCFullYear(), month, 1) - UTC_PLUS_7_MS;
  return { from_ms: begin(local.getUTCMonth()), to_ms: begin(local.getUTCMonth() + 1) };
}

/** `25/11/2026`, with or without `03:04:05` or `03:04` behind it; null for anything else. */
export function parseMoment(text: string): number | null {
  const found = /^\s*(\d{1,2})\/(\d{1,2})\/(\d{4})(?:\s+(\d{1,2}):(\d{2})(?::(\d{2}))?)?\s*$/.exec(text);
  if (found === null) return null;
  const [day = 0, month = 0, year = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1)
    .map((part) => Number(part ?? 0));
  const at_ms = Date.UTC(year, month - 1, day, hour, minute, second) - UTC_PLUS_7_MS;
  const back = new Date(at_ms + UTC_PLUS_7_MS);
  const same = back.getUTCDate() === day && back.getUTCMonth() === month - 1 && hour < 24 && minute < 60 && second < 60;
  return same ? at_ms : null;
}

function label(at_ms: number, step_ms: number): string {
  const isMidnight = (at_ms + UTC_PLUS_7_MS) % DAY_MS === 0;
  if (isMidnight) return date(at_ms).slice(0, 5);
  return step_ms < 60_000 ? time(at_ms) : time(at_ms).slice(0, 5);
}
