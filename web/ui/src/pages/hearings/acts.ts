/** How the acts of a hearing are laid out for those who do them. Which of them can be done now is the server's to say. Pure. */

import type { Act, Flag, HearingDetail, Point, Stage } from '$lib/api/schema';

/** What leads on through the hearing, in the order of a day in court. */
const FORWARD: readonly Act[] = [
  'reschedule',
  'check_room',
  'await_bench',
  'begin',
  'resume',
  'close_doors',
  'open_doors',
  'deliberate',
  'back_to_questioning',
  'pronounce',
  'open_judgment',
];
/** What stops it. */
const PAUSES: readonly Act[] = ['take_break', 'suspend_technical', 'suspend', 'adjourn', 'end'];
/** What shows again what was closed: never by one press. */
const WIDENING: ReadonlySet<Act> = new Set(['open_doors', 'back_to_questioning', 'open_judgment', 'restore']);
/** What needs a word or a time before it is done. */
const ASKS: ReadonlySet<Act> = new Set(['take_break', 'suspend_technical', 'suspend', 'adjourn', 'end', 'close_doors']);
/** Deliberation and judgment are acts, because the media gate hangs on them. */
const STAGE_ACTS: Partial<Record<Stage, Act>> = { deliberation: 'deliberate', judgment: 'pronounce' };

export const FLAGS: readonly Flag[] = ['closed', 'minor', 'state_secret', 'private_life'];
export const POINTS: readonly Point[] = ['juvenile', 'secret', 'sexual_offence', 'privacy'];

export function forward(acts: readonly Act[]): Act[] {
  return FORWARD.filter((act) => acts.includes(act));
}

export function pauses(acts: readonly Act[]): Act[] {
  return PAUSES.filter((act) => acts.includes(act));
}

export function asksFirst(act: Act): boolean {
  return ASKS.has(act) || WIDENING.has(act);
}

export function widens(act: Act): boolean {
  return WIDENING.has(act);
}

/** Whether it makes sense to say when it goes on. */
export function hasReturn(act: Act): boolean {
  return act === 'take_break' || act === 'suspend_technical' || act === 'suspend' || act === 'close_doors';
}

export interface StageKey {
  key: string;
  stage: Stage;
  /** Null: a mark. */
  act: Act | null;
  /** Whether pressing it does something now. */
  possible: boolean;
  current: boolean;
}

/** The keys 1, 2, 3 … in the order of the procedure. */
export function stageKeys(hearing: Pick<HearingDetail, 'stages' | 'stage' | 'state' | 'acts'>): StageKey[] {
  const inCourt = ['open', 'closed_part', 'waiting'].includes(hearing.state);
  return hearing.stages.map((stage, index) => {
    const act = STAGE_ACTS[stage] ?? null;
    return {
      key: String(index + 1),
      stage,
      act,
      possible: act === null ? inCourt : hearing.acts.includes(act),
      current: hearing.stage === stage,
    };
  });
}
