import { expect, it } from 'vitest';
import { bytes, share, stepAt } from './level';

it('fills the bar from a quiet room to full scale, and never over its ends', () => {
  expect([-100, -60, -30, 0, 3].map(share)).toEqual([0, 0, 0.5, 1, 1]);
});

it('follows the sound step by step, and shows nothing when it is over', () => {
  const steps = [
    { rms_dbfs: -40, peak_dbfs: -20 },
    { rms_dbfs: -30, peak_dbfs: -10 },
  ];
  expect(stepAt(steps, 100, 0.05)).toBe(steps[0]);
  expect(stepAt(steps, 100, 0.1)).toBe(steps[1]);
  expect(stepAt(steps, 100, 0.2)).toBeNull();
});

it('reads bytes out of base64', () => {
  expect([...bytes('UklGRg==')]).toEqual([0x52, 0x49, 0x46, 0x46]);
});
