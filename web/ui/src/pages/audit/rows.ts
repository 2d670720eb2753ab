/** How a search becomes a query, and what the rows of the audit log say. Pure. */

import type { AuditEntry } from '$lib/api/schema';
import { dayBegins_ms, dayIsOver_ms } from '$lib/day';
import { CODES, type ActionKey } from './actions';

export interface Wanted {
  text: string;
  action: ActionKey | '';
  from: string;
  to: string;
  acts_only: boolean;
  kind: string;
  object_id: string;
  account_id: string;
}

export const ANYTHING: Wanted = {
  text: '',
  action: '',
  from: '',
  to: '',
  acts_only: false,
  kind: '',
  object_id: '',
  account_id: '',
};

export type Query = Record<string, string | number | boolean>;

/** The query of the API; conditions that are not set are left out. */
export function query(wanted: Wanted): Query {
  const from_ms = dayBegins_ms(wanted.from);
  const to_ms = dayIsOver_ms(wanted.to);
  return {
    ...(wanted.text.trim() !== '' && { text: wanted.text.trim() }),
    ...(wanted.action !== '' && { action: CODES[wanted.action].join(',') }),
    ...(from_ms !== null && { from_ms }),
    ...(to_ms !== null && { to_ms }),
    ...(wanted.acts_only && { acts_only: true }),
    ...(wanted.kind !== '' && { kind: wanted.kind }),
    ...(wanted.object_id !== '' && { object_id: wanted.object_id }),
    ...(wanted.account_id !== '' && { account_id: wanted.account_id }),
  };
}

/** From when to when somebody watched, for rows that say so. */
export function watched(entry: AuditEntry): { from_ms: number; to_ms: number } | null {
  const from_ms = Number(entry.facts.began_ms);
  const to_ms = Number(entry.facts.ended_ms);
  return from_ms > 0 && to_ms >= from_ms ? { from_ms, to_ms } : null;
}

const SHOWN_ELSEWHERE: ReadonlySet<string> = new Set(['began_ms', 'ended_ms', 'view']);

/** The facts that are for people: what the row shows elsewhere is left out. */
export function facts(entry: AuditEntry): [string, string][] {
  return Object.entries(entry.facts).filter(([key, text]) => !SHOWN_ELSEWHERE.has(key) && text !== '{}');
}

export interface Watch {
  view: string;
  name: string;
  account_id: string;
  roles: string[];
  console: boolean;
  address: string;
  from_ms: number;
  /** Null while no end is in the log. */
  to_ms: number | null;
}

/** One line for each view, the newest first, from the rows of its beginning and its end (given the newest first, too). */
export function watches(entries: readonly AuditEntry[]): Watch[] {
  const found = new Map<string, Watch>();
  for (const entry of entries) {
    const view = entry.facts.view ?? String(entry.seq);
    // Its end was read before its beginning.
    if (found.has(view)) continue;
    const to_ms = Number(entry.facts.ended_ms);
    found.set(view, {
      view,
      name: entry.name,
      account_id: entry.account_id,
      roles: entry.roles,
      console: entry.console,
      address: entry.address,
      from_ms: Number(entry.facts.began_ms ?? entry.at_ms),
      to_ms: entry.action === 'view.ended' ? (Number.isFinite(to_ms) ? to_ms : entry.at_ms) : null,
    });
  }
  return [...found.values()];
}
