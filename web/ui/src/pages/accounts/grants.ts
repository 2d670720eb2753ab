/** Roles that are being given: lines of a form, and what is sent of them. Pure. */

import type { RoleGrant } from '$lib/api/schema';
import { dayBegins_ms, dayIsOver_ms } from '$lib/day';

export interface GrantLine {
  /** Only to tell lines apart. */
  number: number;
  role: string;
  unit_id: string;
  /** Days; "" for from now on, and for until further notice. */
  from: string;
  to: string;
}

export function emptyLine(number: number): GrantLine {
  return { number, role: '', unit_id: '', from: '', to: '' };
}

export interface Missing {
  role: boolean;
  unit: boolean;
  period: boolean;
}

/** What keeps a line from being sent. A last day before the first one is refused here; whether it is over, the server knows. */
export function missing(line: GrantLine): Missing {
  const period = line.from !== '' && line.to !== '' && line.to < line.from;
  return { role: line.role === '', unit: line.unit_id === '', period };
}

export function complete(line: GrantLine): boolean {
  const { role, unit, period } = missing(line);
  return !role && !unit && !period;
}

export function toGrant(line: GrantLine): RoleGrant {
  const valid_from_ms = dayBegins_ms(line.from);
  const valid_to_ms = dayIsOver_ms(line.to);
  return {
    role: line.role,
    unit_id: line.unit_id,
    ...(valid_from_ms !== null && { valid_from_ms }),
    ...(valid_to_ms !== null && { valid_to_ms }),
  };
}
