import { expect, it } from 'vitest';
import { added, MOST_POINTS, moved, polygon, sameZones, withoutPoint, withPoint } from './zones';

const name = (number: string) => `Vùng ${number}`;

it('names a new zone like no other', () => {
  const zones = added(added([], name, false), name, true);
  expect(zones.map((zone) => zone.name)).toEqual(['Vùng 1', 'Vùng 2']);
  expect(zones.map((zone) => zone.mask)).toEqual([false, true]);
});

it('keeps points within the picture', () => {
  const [zone] = added([], name, false);
  if (!zone) throw new Error();
  expect(moved(zone, 0, [-0.2, 1.7]).points[0]).toEqual([0, 1]);
});

it('adds a point on the longest edge, as many as the server takes', () => {
  let zone = {
    name: 'a',
    points: [
      [0, 0],
      [1, 0],
      [0, 0.1],
    ] as [number, number][],
    mask: false,
  };
  expect(withPoint(zone).points).toEqual([
    [0, 0],
    [1, 0],
    [0.5, 0.05],
    [0, 0.1],
  ]);
  for (let count = 0; count < 50; count += 1) zone = withPoint(zone) as typeof zone;
  expect(zone.points).toHaveLength(MOST_POINTS);
});

it('leaves a triangle a triangle', () => {
  const zone = {
    name: 'a',
    points: [
      [0, 0],
      [1, 0],
      [0, 1],
    ] as [number, number][],
  };
  expect(withoutPoint(zone, 1)).toBe(zone);
  expect(polygon(zone)).toBe('0,0 1000,0 0,1000');
});

it('takes an absent mask for none', () => {
  const points: [number, number][] = [
    [0, 0],
    [1, 0],
    [0, 1],
  ];
  expect(sameZones([{ name: 'a', points }], [{ name: 'a', points, mask: false }])).toBe(true);
  expect(sameZones([{ name: 'a', points }], [{ name: 'a', points, mask: true }])).toBe(false);
});
