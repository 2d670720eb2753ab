/** The footage of a request as somebody fills it in. Pure. */

import type { BlurredRegion, WantedFootage } from '$lib/api/schema';
import { parseMoment } from '$lib/playback/scale';

export interface PartLine {
  key: number;
  cameraId: string;
  from: string;
  to: string;
  regions: readonly BlurredRegion[];
}

/** What is wrong with a line; "" for nothing. */
export function problem(line: PartLine): '' | 'from' | 'to' | 'span' {
  const from_ms = parseMoment(line.from);
  const to_ms = parseMoment(line.to);
  if (from_ms === null) return 'from';
  if (to_ms === null) return 'to';
  return to_ms > from_ms ? '' : 'span';
}

export function wanted(line: PartLine): WantedFootage {
  return {
    camera_id: line.cameraId,
    from_ms: parseMoment(line.from) ?? 0,
    to_ms: parseMoment(line.to) ?? 0,
    regions: [...line.regions],
  };
}

export interface Point {
  x: number;
  y: number;
}

const LEAST = 0.01;

/** The rectangle between two corners, within the picture; null for one that nobody would have meant. */
export function regionBetween(one: Point, other: Point): BlurredRegion | null {
  const inside = (value: number) => Math.min(1, Math.max(0, value));
  const x = inside(Math.min(one.x, other.x));
  const y = inside(Math.min(one.y, other.y));
  const width = inside(Math.max(one.x, other.x)) - x;
  const height = inside(Math.max(one.y, other.y)) - y;
  return width < LEAST || height < LEAST ? null : { x, y, width, height };
}
