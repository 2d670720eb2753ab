/** Zones as the person draws them: polygons in fractions of the picture. Pure. */

import type { Zone } from '$lib/api/schema';

export const MOST_ZONES = 16;
export const MOST_POINTS = 32;
const FEWEST_POINTS = 3;
type Point = [number, number];

/** A rectangle in the middle, to be pulled into shape. */
export function added(zones: readonly Zone[], name: (number: string) => string, mask: boolean): Zone[] {
  const points: Point[] = [
    [0.3, 0.3],
    [0.7, 0.3],
    [0.7, 0.7],
    [0.3, 0.7],
  ];
  let count = 1;
  while (zones.some((zone) => zone.name === name(String(count)))) count += 1;
  return [...zones, { name: name(String(count)), points, mask }];
}

export function moved(zone: Zone, index: number, to: Point): Zone {
  const points = zone.points.map((point, at): Point => (at === index ? [within(to[0]), within(to[1])] : point));
  return { ...zone, points };
}

/** Halves the longest edge. */
export function withPoint(zone: Zone): Zone {
  if (zone.points.length >= MOST_POINTS) return zone;
  let longest = 0;
  let length = -1;
  for (const [index, [x, y]] of zone.points.entries()) {
    const [nextX, nextY] = after(zone, index);
    const here = Math.hypot(nextX - x, nextY - y);
    if (here > length) [longest, length] = [index, here];
  }
  const [x, y] = zone.points[longest] ?? [0.5, 0.5];
  const [nextX, nextY] = after(zone, longest);
  const middle: Point = [round((x + nextX) / 2), round((y + nextY) / 2)];
  return { ...zone, points: [...zone.points.slice(0, longest + 1), middle, ...zone.points.slice(longest + 1)] };
}

/** A triangle keeps its points. */
export function withoutPoint(zone: Zone, index: number): Zone {
  if (zone.points.length <= FEWEST_POINTS) return zone;
  return { ...zone, points: zone.points.filter((_, at) => at !== index) };
}

/** For `points` of an SVG polygon in a box of 1000 × 1000. */
export function polygon(zone: Zone): string {
  return zone.points.map(([x, y]) => `${x * 1000},${y * 1000}`).join(' ');
}

export function sameZones(a: readonly Zone[], b: readonly Zone[]): boolean {
  const plain = (zones: readonly Zone[]) =>
    JSON.stringify(zones.map((one) => [one.name, one.points, one.mask ?? false]));
  return plain(a) === plain(b);
}

function after(zone: Zone, index: number): Point {
  return zone.points[(index + 1) % zone.points.length] ?? [0, 0];
}

function within(value: number): number {
  return round(Math.min(1, Math.max(0, value)));
}

/** A thousandth of the picture is finer than any motion. */
function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
