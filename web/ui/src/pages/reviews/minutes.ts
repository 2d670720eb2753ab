/** Minutes of the meeting about a hearing as they are typed: to and from what the server takes. Pure. */

import type { HearingReview, NewHearingReview, ReviewOpinion } from '$lib/api/schema';
import { dayOf } from '$lib/day';
import { time } from '$lib/format';
import { minutes, period } from '../hearings/form';

export interface TypedMinutes {
  day: string;
  from: string;
  /** Empty while the meeting has no end yet. */
  to: string;
  place: string;
  chair: string;
  secretary: string;
  prosecutor: string;
  participants: { name: string; office: string; unit: string }[];
  opinions: ReviewOpinion[];
  strengths: string;
  weaknesses: string;
  conclusion: string;
}

export function emptyMinutes(now_ms: number): TypedMinutes {
  return {
    day: dayOf(now_ms),
    from: time(now_ms).slice(0, 5),
    to: '',
    place: '',
    chair: '',
    secretary: '',
    prosecutor: '',
    participants: [],
    opinions: [],
    strengths: '',
    weaknesses: '',
    conclusion: '',
  };
}

export function typedMinutes(review: HearingReview): TypedMinutes {
  return {
    day: dayOf(review.began_ms),
    from: time(review.began_ms).slice(0, 5),
    to: review.ended_ms == null ? '' : time(review.ended_ms).slice(0, 5),
    place: review.place ?? '',
    chair: review.chair ?? '',
    secretary: review.secretary ?? '',
    prosecutor: review.prosecutor_id ?? '',
    participants: (review.participants ?? []).map((one) => ({
      name: one.name,
      office: one.office ?? '',
      unit: one.unit ?? '',
    })),
    opinions: (review.opinions ?? []).map((one) => ({ ...one })),
    strengths: review.strengths ?? '',
    weaknesses: review.weaknesses ?? '',
    conclusion: review.conclusion ?? '',
  };
}

/** When the meeting began and ended; null for what is no time. */
export function meeting(typed: TypedMinutes): { began_ms: number; ended_ms: number | null } | null {
  if (minutes(typed.from) === null) return null;
  const open = typed.to.trim() === '';
  const found = period({ ...typed, to: open ? (minutes(typed.from) === 0 ? '00:01' : '00:00') : typed.to });
  return found === null ? null : { began_ms: found.begins_ms, ended_ms: open ? null : found.ends_ms };
}

/** Null while the times cannot be read. */
export function minutesBody(typed: TypedMinutes, version: number, final: boolean): NewHearingReview | null {
  const when = meeting(typed);
  if (when === null) return null;
  return {
    version,
    ...when,
    place: typed.place.trim(),
    chair: typed.chair.trim(),
    secretary: typed.secretary.trim(),
    prosecutor_id: typed.prosecutor === '' ? null : typed.prosecutor,
    participants: typed.participants
      .filter((one) => one.name.trim() !== '')
      .map((one) => ({ name: one.name.trim(), office: one.office.trim(), unit: one.unit.trim() })),
    opinions: typed.opinions
      .filter((one) => one.name.trim() !== '')
      .map((one) => ({ name: one.name.trim(), text: one.text })),
    strengths: typed.strengths,
    weaknesses: typed.weaknesses,
    conclusion: typed.conclusion,
    final,
  };
}
