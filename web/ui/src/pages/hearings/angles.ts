/** The angles of a hearing as cameras of a wall. Pure. */

import type { CameraTruth, HearingAngle } from '$lib/api/schema';

/** Observers hear nothing of single cameras on the event socket: what a picture needs to know stands in the hearing itself. */
export function angleTruth(angle: HearingAngle): CameraTruth {
  return {
    camera_id: angle.camera_id,
    liveness: angle.carrier === '' ? 'connecting' : 'live',
    cause: null,
    fault: null,
    since_ms: 0,
    newest_capture_ms: 0,
    moving: false,
    codec: null,
    width_px: 0,
    height_px: 0,
    fps: 0,
    bitrate_bps: 0,
    viewers: 0,
    carrier: angle.carrier,
  };
}

/** One large, two side by side, three or four in a square. */
export function columns(count: number): number {
  return count <= 1 ? 1 : 2;
}

/** Where the watermark is at this second: it wanders, so that it can be cut out of no picture. In percent of the picture. */
export function wandering(second: number): { left: number; top: number } {
  const step = Math.floor(second / 5);
  return { left: 3 + ((step * 37) % 36), top: 12 + ((step * 23) % 58) };
}
