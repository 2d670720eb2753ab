import { expect, it } from 'vitest';
import { complete, emptyLine, missing, toGrant } from './grants';

const LINE = { ...emptyLine(1), role: 'duty_officer', unit_id: 'unit-0000001' };

it('sends no dates for a role from now on until further notice', () => {
  expect(toGrant(LINE)).toEqual({ role: 'duty_officer', unit_id: 'unit-0000001' });
});

it('sends the last day whole', () => {
  expect(toGrant({ ...LINE, from: '2026-12-01', to: '2026-12-01' })).toEqual({
    role: 'duty_officer',
    unit_id: 'unit-0000001',
    valid_from_ms: Date.UTC(2026, 10, 30, 17),
    valid_to_ms: Date.UTC(2026, 11, 1, 17),
  });
});

it('says what is missing', () => {
  expect(missing(emptyLine(1))).toEqual({ role: true, unit: true, period: false });
  expect(complete(LINE)).toBe(true);
  expect(missing({ ...LINE, from: '2026-12-02', to: '2026-12-01' }).period).toBe(true);
  expect(complete({ ...LINE, from: '2026-12-02', to: '2026-12-01' })).toBe(false);
});
