/** What a row of the audit log says in words, and how a search becomes a query. Pure. */

import type { AuditEntry } from '$lib/api/schema';

export const ACTIONS = {
  sign_in: 'sign_in',
  sign_out: 'end_session',
  refused: 'sign_in.',
  began: 'view.began',
  ended: 'view.ended',
  live: 'camera.view_live',
  recorded: 'camera.view_recorded',
  manage: 'camera.manage',
  register: 'camera.register',
  snapshot: 'camera.',
  alarm: 'alarm.',
  account: 'account.',
  organisation: 'organisation.',
  audit: 'audit.',
  console: 'console.',
  restriction: 'restriction.',
} as const;

export type ActionKey = keyof typeof ACTIONS;

/** The word for an action: the longest of ours that it begins with; null when there is none and the code itself is shown. */
export function actionKey(action: string): ActionKey | null {
  let best: ActionKey | null = null;
  for (const [key, prefix] of Object.entries(ACTIONS) as [ActionKey, string][]) {
    if (action.startsWith(prefix) && (best === null || prefix.length > ACTIONS[best].length)) best = key;
  }
  return best;
}

export interface Wanted {
  text: string;
  action: ActionKey | '';
  from: string;
  to: string;
  acts_only: boolean;
  kind: string;
  object_id: string;
}

const DAY_MS = 86_400_000;

/** 2026-11-25 as the moment at which that day begins in Vietnam; null for what is no day. */
export function dayBegins_ms(day: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day)) return null;
  const at_ms = Date.parse(`${day}T00:00:00+07:00`);
  return Number.isNaN(at_ms) ? null : at_ms;
}

/** The query of the API; conditions that are not set are left out. */
export function query(wanted: Wanted): Record<string, string | number | boolean> {
  const from_ms = dayBegins_ms(wanted.from);
  const to_ms = dayBegins_ms(wanted.to);
  return {
    ...(wanted.text.trim() !== '' && { text: wanted.text.trim() }),
    ...(wanted.action !== '' && { action: ACTIONS[wanted.action] }),
    ...(from_ms !== null && { from_ms }),
    ...(to_ms !== null && { to_ms: to_ms + DAY_MS }),
    ...(wanted.acts_only && { acts_only: true }),
    ...(wanted.kind !== '' && { kind: wanted.kind }),
    ...(wanted.object_id !== '' && { object_id: wanted.object_id }),
  };
}

/** From when to when somebody watched, for rows that say so. */
export function watched(entry: AuditEntry): { from_ms: number; to_ms: number } | null {
  const from_ms = Number(entry.facts.began_ms);
  const to_ms = Number(entry.facts.ended_ms);
  return from_ms > 0 && to_ms >= from_ms ? { from_ms, to_ms } : null;
}

/** The facts that are for people: what the row shows elsewhere is left out. */
export function facts(entry: AuditEntry): [string, string][] {
  return Object.entries(entry.facts).filter(([key]) => !['began_ms', 'ended_ms', 'view'].includes(key));
}
