/** Rules of a restriction, as lines of a form. Pure. */

import type { RestrictionRule } from '$lib/api/schema';
import { dayBegins_ms, dayIsOver_ms, dayOf } from '$lib/day';

export interface RuleLine {
  /** Only to tell lines apart. */
  number: number;
  /** `role:auditor` or `account:` with an id; "" while nobody is chosen. */
  subject: string;
  allow: boolean;
  /** Days; "" for no limit. */
  from: string;
  to: string;
  reason: string;
  /** What the server said; its moments are kept as long as the days are not changed. */
  was: RestrictionRule | null;
}

export function emptyRule(number: number, allow: boolean): RuleLine {
  return { number, subject: '', allow, from: '', to: '', reason: '', was: null };
}

export function toLine(rule: RestrictionRule, number: number): RuleLine {
  return {
    number,
    subject: rule.role ? `role:${rule.role}` : `account:${rule.account_id ?? ''}`,
    allow: rule.allow,
    from: firstDay(rule.valid_from_ms),
    to: lastDay(rule.valid_to_ms),
    reason: rule.reason ?? '',
    was: rule,
  };
}

export function toRule(line: RuleLine): RestrictionRule {
  const [kind, id = ''] = split(line.subject);
  const { was } = line;
  const keepsFrom = was !== null && firstDay(was.valid_from_ms) === line.from;
  const keepsTo = was !== null && lastDay(was.valid_to_ms) === line.to;
  return {
    ...(kind === 'role' ? { role: id } : { account_id: id }),
    allow: line.allow,
    valid_from_ms: keepsFrom ? (was.valid_from_ms ?? null) : dayBegins_ms(line.from),
    valid_to_ms: keepsTo ? (was.valid_to_ms ?? null) : dayIsOver_ms(line.to),
    reason: line.reason.trim(),
  };
}

function split(subject: string): [string, string] {
  const colon = subject.indexOf(':');
  return [subject.slice(0, colon), subject.slice(colon + 1)];
}

function firstDay(at_ms: number | null | undefined): string {
  return at_ms ? dayOf(at_ms) : '';
}

function lastDay(end_ms: number | null | undefined): string {
  return end_ms ? dayOf(end_ms - 1) : '';
}
