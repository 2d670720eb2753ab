/**
 * What a tile may say about its picture. Pure.
 *
 * DELAYED is LIVE with a delay that was planned: the picture on the screen is as old as that, and no older.
 *
 * LIVE needs two witnesses: the picture on the screen was captured less than 2.5 s ago by the server's clock, and the server saw
 * its content change. When either is silent the tile says so; nothing here ever remembers that it was live.
 */

import type { CameraTruth } from '../api/schema';

/** A picture older than this is late. */
export const FRESH_MS = 2500;
/** The server speaks every second. What it said longer ago than this proves nothing any more. */
export const TRUST_MS = 3000;

export type Kind = 'live' | 'delayed' | 'late' | 'frozen' | 'looped' | 'connecting' | 'down' | 'empty';
export type Cause = NonNullable<CameraTruth['cause']>;
/** Why this screen gets no picture of a camera that has one. */
export type Problem = 'no_right' | 'hearing' | 'unsupported' | 'busy' | 'no_picture' | 'lost';

export interface Evidence {
  /** Null for an empty tile. */
  camera_id: string | null;
  /** The server's clock; null before it is known. */
  now_ms: number | null;
  /** How long ago the server last spoke; null when it never did. */
  heard_ms_ago: number | null;
  truth: CameraTruth | undefined;
  /** When the picture on the screen was captured; null without one. */
  capture_ms: number | null;
  problem: Problem | null;
  /** How old the picture must be: more than 0 where a court lets it be seen later. */
  delay_ms?: number;
}

export interface TileState {
  kind: Kind;
  /** Only for `late`. */
  late_s: number;
  /** Only for `down`. */
  cause: Cause | null;
  /** Why nothing comes, where the server knows of no fault. */
  problem: Problem | null;
}

function state(kind: Kind, differs: Partial<TileState> = {}): TileState {
  return { kind, late_s: 0, cause: null, problem: null, ...differs };
}

export function tileState(seen: Evidence): TileState {
  if (seen.camera_id === null) return state('empty');
  // Not a fault of the camera: no picture may be shown at all.
  if (seen.problem === 'no_right' || seen.problem === 'hearing') return state('down', { problem: seen.problem });
  const { truth, now_ms, capture_ms } = seen;
  const heard = seen.heard_ms_ago !== null && seen.heard_ms_ago <= TRUST_MS;
  if (heard && truth?.liveness === 'down') return state('down', { cause: truth.cause ?? 'unknown' });
  if (capture_ms === null || now_ms === null) return state('connecting', { problem: seen.problem });
  if (heard && truth?.liveness === 'frozen') return state('frozen');
  if (heard && truth?.liveness === 'looped') return state('looped');
  const delay_ms = seen.delay_ms ?? 0;
  const age_ms = now_ms - capture_ms - delay_ms;
  if (age_ms >= FRESH_MS) return state('late', { late_s: Math.floor(age_ms / 1000), problem: seen.problem });
  // A picture from the future proves nothing, and neither does a server that is silent or does not know this camera yet.
  if (age_ms <= -FRESH_MS || !heard || truth?.liveness !== 'live') return state('connecting');
  return state(delay_ms > 0 ? 'delayed' : 'live');
}
