import { expect, it } from 'vitest';
import { alarm } from '../../testing/bodies';
import { EMPTY, extended, heard, nextOpen, released } from './alarm-list';

const A = alarm({ id: 'alarm-0001', start_ms: 1000 });
const B = alarm({ id: 'alarm-0002', start_ms: 2000 });

it('keeps what is shown in its place while a new one waits', () => {
  const list = heard({ ...EMPTY, shown: [A] }, B);
  expect(list.shown).toEqual([A]);
  expect(list.waiting).toEqual([B]);
  expect(released(list)).toEqual({ shown: [B, A], waiting: [] });
});

it('changes an alarm in its line', () => {
  const ended = { ...A, end_ms: 5000 };
  expect(heard({ ...EMPTY, shown: [B, A] }, ended).shown).toEqual([B, ended]);
});

it('does not take the end of an old alarm for a new one', () =>
  expect(heard(EMPTY, { ...A, end_ms: 5000 })).toEqual(EMPTY));

it('adds an older page below, each alarm once', () =>
  expect(extended({ ...EMPTY, shown: [B] }, [B, A]).shown).toEqual([B, A]));

it('moves on to what still has to be acknowledged', () => {
  const done = { ...B, acknowledged_ms: 1 };
  expect(nextOpen([done, A], B.id)).toBe(A.id);
  expect(nextOpen([A, done], B.id)).toBe(A.id);
  expect(nextOpen([done], B.id)).toBe(B.id);
});
