import { expect, it } from 'vitest';
import { hearing } from '../../testing/bodies';
import { asksFirst, forward, pauses, stageKeys, widens } from './acts';

it('shows no act that the server does not offer, and each in one place', () => {
  const acts = ['end', 'deliberate', 'take_break', 'cut', 'restore'] as const;
  expect(forward(acts)).toEqual(['deliberate']);
  expect(pauses(acts)).toEqual(['take_break', 'end']);
});

it('never widens by one press', () => {
  for (const act of ['open_doors', 'back_to_questioning', 'open_judgment', 'restore'] as const) {
    expect(widens(act)).toBe(true);
    expect(asksFirst(act)).toBe(true);
  }
  expect(asksFirst('deliberate')).toBe(false);
});

it('gives each stage of the procedure a number, deliberation and judgment only when the server offers them', () => {
  const keys = stageKeys(hearing());
  expect(keys.map((one) => one.key).join('')).toBe('1234567');
  expect(keys.find((one) => one.stage === 'deliberation')).toMatchObject({ act: 'deliberate', possible: true });
  expect(keys.find((one) => one.stage === 'judgment')).toMatchObject({ act: 'pronounce', possible: false });
  expect(keys.filter((one) => one.current).map((one) => one.stage)).toEqual(['questioning']);
  expect(stageKeys(hearing({ state: 'deliberation', acts: ['pronounce'] })).filter((one) => one.possible)).toEqual([
    { key: '7', stage: 'judgment', act: 'pronounce', possible: true, current: false },
  ]);
});
