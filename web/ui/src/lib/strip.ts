/**
 * The machine-readable strip in every simulated picture (docs/architecture.md "Strip"), read from the pixels on the screen. Its twin is
 * `streams.simulate.strip`. Used by measurements and browser tests; real cameras have no strip.
 */

export const BLOCK_PX = 16;
export const BLOCKS_PER_ROW = 32;
export const ROWS = 2;
export const WIDTH_PX = BLOCKS_PER_ROW * BLOCK_PX;
export const HEIGHT_PX = ROWS * BLOCK_PX;
const MAGIC = 0xa5;
const THRESHOLD = 128;
/** A block whose mean is nearer to the threshold is none: a grey sky never reads as a strip. */
const MARGIN = 24;
/** Only the middle of a block counts: ringing at its edges does no harm. */
const EDGE_PX = BLOCK_PX / 4;
const WRAP_MS = 2 ** 36;

export interface Strip {
  camera: number;
  /** UTC ms modulo 2³⁶; see `fullTime_ms`. */
  capture_ms: number;
}

/** CRC-8, polynomial 0x07, initial 0. */
export function crc8(bytes: readonly number[]): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x80 ? (crc << 1) ^ 0x07 : crc << 1) & 0xff;
  }
  return crc;
}

/** The strip in eight bytes, or null when they are none. */
export function parse(bytes: readonly number[]): Strip | null {
  if (bytes.length !== 8 || bytes[0] !== MAGIC || crc8(bytes.slice(1, 7)) !== bytes[7]) return null;
  // 48 bits do not fit into the 32 of bit operators, but well into a number.
  const body = bytes.slice(1, 7).reduce((whole, byte) => whole * 256 + byte, 0);
  return { camera: Math.floor(body / WRAP_MS), capture_ms: body % WRAP_MS };
}

/** From RGBA samples, row by row, of at least the top left `WIDTH_PX` × `HEIGHT_PX` of a picture in its own size. */
export function decode(rgba: ArrayLike<number>, width_px: number): Strip | null {
  if (width_px < WIDTH_PX || rgba.length < HEIGHT_PX * width_px * 4) return null;
  const bytes = Array.from({ length: 8 }, () => 0);
  for (let block = 0; block < ROWS * BLOCKS_PER_ROW; block += 1) {
    const mean = luma(
      rgba,
      width_px,
      (block % BLOCKS_PER_ROW) * BLOCK_PX,
      Math.floor(block / BLOCKS_PER_ROW) * BLOCK_PX,
    );
    if (Math.abs(mean - THRESHOLD) < MARGIN) return null;
    const at = block >> 3;
    bytes[at] = (bytes[at] ?? 0) | (mean >= THRESHOLD ? 0x80 >> (block & 7) : 0);
  }
  return parse(bytes);
}

/** Mean luma of the middle of the block at (left, top). */
function luma(rgba: ArrayLike<number>, width_px: number, left_px: number, top_px: number): number {
  let sum = 0;
  const side_px = BLOCK_PX - 2 * EDGE_PX;
  for (let y = top_px + EDGE_PX; y < top_px + BLOCK_PX - EDGE_PX; y += 1) {
    for (let x = left_px + EDGE_PX; x < left_px + BLOCK_PX - EDGE_PX; x += 1) {
      const at = (y * width_px + x) * 4;
      sum += 0.299 * (rgba[at] ?? 0) + 0.587 * (rgba[at + 1] ?? 0) + 0.114 * (rgba[at + 2] ?? 0);
    }
  }
  return sum / side_px ** 2;
}

/** The UTC time nearest to `near_ms` whose low 36 bits are `capture_ms`. */
export function fullTime_ms(capture_ms: number, near_ms: number): number {
  const base_ms = near_ms - (near_ms % WRAP_MS) + capture_ms;
  return [base_ms - WRAP_MS, base_ms, base_ms + WRAP_MS].reduce((best_ms, other_ms) =>
    Math.abs(other_ms - near_ms) < Math.abs(best_ms - near_ms) ? other_ms : best_ms,
  );
}
