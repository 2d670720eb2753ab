/** RTP timestamps of pictures. Ours are the capture time itself: `capture_ms × 90 mod 2³²` (docs/architecture.md, Time). Pure. */

const WRAP = 2 ** 32;
const TICKS_PER_MS = 90;

/** Ticks modulo 2³² as a signed difference, −2³¹ … 2³¹ − 1. */
function signed(ticks: number): number {
  const low = ((ticks % WRAP) + WRAP) % WRAP;
  return low >= WRAP / 2 ? low - WRAP : low;
}

/** The UTC ms nearest to `near_ms` that this timestamp can mean: right within half a turn, 6.6 hours. */
export function captured_ms(rtpTimestamp: number, near_ms: number): number {
  const near = Math.round(near_ms * TICKS_PER_MS);
  return (near + signed(rtpTimestamp - near)) / TICKS_PER_MS;
}

/** Whether a picture is the one at `boundary`, or comes after it. */
export function isFrom(rtpTimestamp: number, boundary: number): boolean {
  return signed(rtpTimestamp - boundary) >= 0;
}
