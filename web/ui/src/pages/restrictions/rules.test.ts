import { expect, it } from 'vitest';
import { emptyRule, toLine, toRule } from './rules';

const NOON_MS = Date.UTC(2026, 10, 25, 5);

it('keeps the very moments of rules whose days are not changed', () => {
  const rule = {
    account_id: 'account-0001',
    allow: true,
    valid_from_ms: NOON_MS,
    valid_to_ms: NOON_MS + 1,
    reason: 'x',
  };
  const line = toLine(rule, 1);
  expect([line.subject, line.from, line.to]).toEqual(['account:account-0001', '2026-11-25', '2026-11-25']);
  expect(toRule(line)).toEqual(rule);
  expect(toRule({ ...line, to: '2026-11-26' })).toEqual({ ...rule, valid_to_ms: Date.UTC(2026, 10, 26, 17) });
  expect(toRule({ ...line, from: '' }).valid_from_ms).toBeNull();
});

it('names a role or an account, never both', () => {
  expect(toRule({ ...emptyRule(1, false), subject: 'role:auditor' })).toEqual({
    role: 'auditor',
    allow: false,
    valid_from_ms: null,
    valid_to_ms: null,
    reason: '',
  });
  expect(toLine({ role: 'auditor', allow: false }, 2).subject).toBe('role:auditor');
});
