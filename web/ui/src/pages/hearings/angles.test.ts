import { expect, it } from 'vitest';
import { angleTruth, columns, wandering } from './angles';
import { joined } from './joined';

it('keeps the watermark within the picture, and never long in one place', () => {
  const seen = new Set<string>();
  for (let second = 0; second < 600; second += 5) {
    const { left, top } = wandering(second);
    expect(left).toBeGreaterThanOrEqual(0);
    // It is at most 60 % wide, and two lines with the caption below take less than 30 %.
    expect(left).toBeLessThanOrEqual(40);
    expect(top).toBeLessThanOrEqual(70);
    seen.add(`${left} ${top}`);
  }
  expect(seen.size).toBeGreaterThan(30);
});

it('shows one large, two side by side, three or four in a square', () => {
  expect([1, 2, 3, 4].map(columns)).toEqual([1, 2, 2, 2]);
});

it('takes an angle that nothing carries for one that is still being connected', () => {
  const angle = {
    kind: 'bench',
    name: '',
    camera_id: 'camera-00001',
    sound: true,
    visible: true,
    carrier: '',
  } as const;
  expect(angleTruth(angle).liveness).toBe('connecting');
  expect(angleTruth({ ...angle, carrier: 'w0' })).toMatchObject({ liveness: 'live', carrier: 'w0' });
});

it('joins only what there is', () => {
  expect(joined('Nghị án', null, undefined, '', 'Tuyên án')).toBe('Nghị án · Tuyên án');
});
