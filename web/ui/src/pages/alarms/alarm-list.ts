/**
 * The alarms on the screen. What is there keeps its place: a change happens in its line, and what is new waits beside the list until
 * the person wants it, so that nothing moves under a finger. Pure.
 */

import type { Alarm } from '$lib/api/schema';

export interface AlarmList {
  /** The newest first. */
  shown: readonly Alarm[];
  /** New ones, the newest first. */
  waiting: readonly Alarm[];
}

export const EMPTY: AlarmList = { shown: [], waiting: [] };
/** Beyond, the oldest of those that wait are forgotten: they are still on the server. */
const MOST_WAITING = 200;

export function heard(list: AlarmList, alarm: Alarm): AlarmList {
  const replace = (one: Alarm) => (one.id === alarm.id ? alarm : one);
  if (list.shown.some((one) => one.id === alarm.id)) return { ...list, shown: list.shown.map(replace) };
  if (list.waiting.some((one) => one.id === alarm.id)) return { ...list, waiting: list.waiting.map(replace) };
  // An old one that ended or was acknowledged elsewhere, further down than what was loaded.
  if (alarm.acknowledged_ms !== null || alarm.end_ms !== null) return list;
  return { ...list, waiting: newestFirst([alarm, ...list.waiting]).slice(0, MOST_WAITING) };
}

export function released(list: AlarmList): AlarmList {
  return { shown: newestFirst([...list.waiting, ...list.shown]), waiting: [] };
}

/** An older page below what is shown. */
export function extended(list: AlarmList, older: readonly Alarm[]): AlarmList {
  const known = new Set([...list.shown, ...list.waiting].map((one) => one.id));
  return { ...list, shown: [...list.shown, ...older.filter((one) => !known.has(one.id))] };
}

/** Where the choice goes after `id` was acknowledged: the next below that still waits, else the next above, else it stays. */
export function nextOpen(shown: readonly Alarm[], id: string): string {
  const index = shown.findIndex((one) => one.id === id);
  const open = (one: Alarm) => one.acknowledged_ms === null && one.id !== id;
  return (shown.slice(index + 1).find(open) ?? shown.slice(0, Math.max(index, 0)).findLast(open))?.id ?? id;
}

function newestFirst(alarms: readonly Alarm[]): Alarm[] {
  return [...alarms].sort((a, b) => b.start_ms - a.start_ms);
}
