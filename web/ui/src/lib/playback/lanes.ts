/** From what the API tells of a camera's time to the stretches that the timeline's lanes draw. Pure. */

import type { CameraTimeline, RecordedDay } from '../api/schema';
import { dateTime, duration } from '../format';
import type { Text } from '../i18n/index.svelte';
import type { Span } from './scale';

export type LaneName = 'recorded' | 'motion' | 'alarm' | 'gap' | 'lock' | 'bookmark';

export const LANES: readonly LaneName[] = ['recorded', 'motion', 'alarm', 'gap', 'lock', 'bookmark'];

export interface Stretch extends Span {
  /** What it is, in words; empty for what needs none. */
  title: string;
  /** It was missing, and was fetched later from the camera's own card. */
  recovered?: boolean;
}

export type Lanes = Record<LaneName, Stretch[]>;

/** An alarm whose end was never told is drawn as long as this. */
const OPEN_ALARM_MS = 10_000;
const DAY_MS = 86_400_000;
/** Up to this length everything is drawn exactly; beyond it, day by day. */
export const EXACT_MS = 2 * DAY_MS;

export function noLanes(): Lanes {
  return { recorded: [], motion: [], alarm: [], gap: [], lock: [], bookmark: [] };
}

export function lanesOf(told: CameraTimeline, t: Text): Lanes {
  const words = t.playback;
  const moving = told.alarms.filter((alarm) => alarm.kind === 'motion');
  const calling = told.alarms.filter((alarm) => alarm.kind !== 'motion' || !alarm.acknowledged);
  const drawn = (alarm: CameraTimeline['alarms'][number]): Stretch => ({
    from_ms: alarm.start_ms,
    to_ms: alarm.end_ms ?? alarm.start_ms + OPEN_ALARM_MS,
    title: `${t.alarms.kind[alarm.kind]}${alarm.zone === '' ? '' : ` · ${t.alarms.zone(alarm.zone)}`}, ${dateTime(alarm.start_ms)}`,
  });
  const gaps = told.gaps.map((gap): Stretch => {
    const cause = words.cause[gap.cause];
    const named = gap.by === '' ? cause : words.by(cause, gap.by);
    const title = words.gapOf(named, dateTime(gap.start_ms), dateTime(gap.end_ms));
    return {
      from_ms: gap.start_ms,
      to_ms: gap.end_ms,
      title: gap.recovered ? words.recovered(title) : title,
      recovered: gap.recovered,
    };
  });
  return {
    recorded: [
      ...told.recorded.map((span) => ({ from_ms: span.start_ms, to_ms: span.end_ms, title: '' })),
      ...gaps.filter((gap) => gap.recovered),
    ],
    motion: moving.map(drawn),
    alarm: calling.map(drawn),
    gap: gaps,
    lock: told.locks.map((lock) => ({
      from_ms: lock.from_ms,
      to_ms: lock.to_ms,
      title: words.lockedBy(words.lockKind[lock.kind], lock.reference, lock.placed_by),
    })),
    bookmark: told.bookmarks.map((mark) => ({
      from_ms: mark.at_ms,
      to_ms: mark.at_ms + 1,
      title: words.markedBy(mark.note, mark.name, dateTime(mark.at_ms)),
    })),
  };
}

/** Day by day: as much of each day as is recorded, from its beginning, and behind it as much as is missing. */
export function lanesOfDays(days: readonly RecordedDay[], t: Text): Lanes {
  const lanes = noLanes();
  for (const day of days) {
    const title = t.playback.dayOf(
      day.day.split('-').reverse().join('/'),
      duration(day.recorded_ms),
      duration(day.missing_ms),
    );
    const recorded_to = day.start_ms + Math.min(day.recorded_ms, DAY_MS);
    if (day.recorded_ms > 0) lanes.recorded.push({ from_ms: day.start_ms, to_ms: recorded_to, title });
    const missing_ms = Math.min(day.missing_ms, DAY_MS - (recorded_to - day.start_ms));
    if (missing_ms > 1000) lanes.gap.push({ from_ms: recorded_to, to_ms: recorded_to + missing_ms, title });
  }
  return lanes;
}
