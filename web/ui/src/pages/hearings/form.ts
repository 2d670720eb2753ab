/** The form of a hearing's schedule: from what was typed to what the server takes. Pure. */

import type {
  Flag,
  HearingDetail,
  HearingOfficer,
  HearingParty,
  NewHearing,
  Office,
  Point,
  Procedure,
} from '$lib/api/schema';
import { dayBegins_ms, dayOf } from '$lib/day';
import { time } from '$lib/format';
import { POINTS } from './acts';

export interface Typed {
  courtroom: string;
  case_number: string;
  procedure: Procedure;
  title: string;
  parties: HearingParty[];
  officers: HearingOfficer[];
  judge: string;
  day: string;
  from: string;
  to: string;
  closed: boolean;
  /** How much later observers see it, in seconds; a choice is text. */
  delay: string;
  checklist: Partial<Record<Point, boolean>>;
}

export const PROCEDURES: readonly Procedure[] = ['criminal_first', 'criminal_appeal', 'civil_first', 'civil_appeal'];

/** Who may sit and act beside the presiding judge: an appeal has no jurors. */
export function offices(procedure: Procedure): Office[] {
  return procedure.endsWith('_first') ? ['juror', 'clerk', 'prosecutor', 'judge'] : ['judge', 'clerk', 'prosecutor'];
}

export function empty(today: string): Typed {
  return {
    courtroom: '',
    case_number: '',
    procedure: 'criminal_first',
    title: '',
    parties: [],
    officers: [],
    judge: '',
    day: today,
    from: '08:00',
    to: '11:30',
    closed: false,
    delay: '0',
    checklist: {},
  };
}

export function typedOf(hearing: HearingDetail): Typed {
  const answered = POINTS.filter((point) => hearing.checklist[point] !== undefined);
  return {
    courtroom: hearing.courtroom_id,
    case_number: hearing.case_number,
    procedure: hearing.procedure ?? 'criminal_first',
    title: hearing.title,
    parties: hearing.parties.map((party) => ({ ...party })),
    officers: hearing.officers.map((officer) => ({ ...officer })),
    judge: hearing.judge_id ?? '',
    day: dayOf(hearing.begins_ms),
    from: time(hearing.begins_ms).slice(0, 5),
    to: time(hearing.ends_ms).slice(0, 5),
    closed: hearing.flags.includes('closed'),
    delay: String(hearing.delay_s),
    checklist: Object.fromEntries(answered.map((point) => [point, hearing.checklist[point]])),
  };
}

/** 8:30, 08:30, 0830 or 8h30 in minutes; null for what is no time of day. */
export function minutes(typed: string): number | null {
  const found = /^\s*(\d{1,2})\s*[:hH.]\s*(\d{2})\s*$/.exec(typed) ?? /^\s*(\d{2})(\d{2})\s*$/.exec(typed);
  if (found === null) return null;
  const [hours, rest] = [Number(found[1]), Number(found[2])];
  return hours < 24 && rest < 60 ? hours * 60 + rest : null;
}

/** When it begins and ends, UTC; null while day or times are none. An end before the beginning is the next day's: hearings pass midnight. */
export function period(typed: Pick<Typed, 'day' | 'from' | 'to'>): { begins_ms: number; ends_ms: number } | null {
  const day_ms = dayBegins_ms(typed.day);
  const [from, to] = [minutes(typed.from), minutes(typed.to)];
  if (day_ms === null || from === null || to === null || from === to) return null;
  const begins_ms = day_ms + from * 60_000;
  return { begins_ms, ends_ms: day_ms + to * 60_000 + (to < from ? 86_400_000 : 0) };
}

/** The points that nobody has answered yet. */
export function unanswered(typed: Typed): Point[] {
  return POINTS.filter((point) => typed.checklist[point] === undefined);
}

/** Null while something is missing. */
export function body(typed: Typed): NewHearing | null {
  const when = period(typed);
  if (when === null || unanswered(typed).length > 0 || typed.courtroom === '' || typed.judge === '') return null;
  const flags: Flag[] = typed.closed ? ['closed'] : [];
  return {
    courtroom_id: typed.courtroom,
    case_number: typed.case_number.trim(),
    procedure: typed.procedure,
    title: typed.title.trim(),
    parties: typed.parties.filter((party) => party.name.trim() !== '' && party.role.trim() !== ''),
    officers: typed.officers.filter(
      ({ office, name }) => name.trim() !== '' && offices(typed.procedure).includes(office),
    ),
    judge_id: typed.judge,
    ...when,
    flags,
    delay_s: Number(typed.delay),
    checklist: Object.fromEntries(POINTS.map((point) => [point, typed.checklist[point] === true])),
  };
}
