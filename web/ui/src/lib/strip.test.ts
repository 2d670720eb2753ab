import { describe, expect, it } from 'vitest';
import { BLOCK_PX, BLOCKS_PER_ROW, decode, fullTime_ms, HEIGHT_PX, parse, WIDTH_PX } from './strip';

/** Made by `streams.simulate.strip.encode`. */
const MADE_BY_THE_SIMULATOR: [number, number, string][] = [
  [0, 0, 'a500000000000000'],
  [240, 8_293_604_864, 'a50f01ee565e00d1'],
  [4095, 2 ** 36 - 1, 'a5ffffffffffff48'],
  [17, 123_456_789, 'a50110075bcd15de'],
];

function bytes(hex: string): number[] {
  return (hex.match(/../g) ?? []).map((two) => Number.parseInt(two, 16));
}

/** A picture with the strip drawn as the simulator does: 235 for white, 16 for black. */
function picture(data: number[], width_px = 640): Uint8ClampedArray {
  const rgba = new Uint8ClampedArray(width_px * HEIGHT_PX * 4).fill(90);
  for (let y = 0; y < HEIGHT_PX; y += 1) {
    for (let x = 0; x < WIDTH_PX; x += 1) {
      const bit = Math.floor(y / BLOCK_PX) * BLOCKS_PER_ROW + Math.floor(x / BLOCK_PX);
      const white = ((data[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1;
      rgba.fill(white ? 235 : 16, (y * width_px + x) * 4, (y * width_px + x) * 4 + 3);
    }
  }
  return rgba;
}

describe('a strip', () => {
  it.each(MADE_BY_THE_SIMULATOR)(
    'of camera %d at %d is read from its bytes and from pixels',
    (camera, capture_ms, hex) => {
      expect(parse(bytes(hex))).toEqual({ camera, capture_ms });
      expect(decode(picture(bytes(hex)), 640)).toEqual({ camera, capture_ms });
    },
  );

  it('with any one bit flipped is none', () => {
    const good = bytes('a50f01ee565e00d1');
    for (let bit = 0; bit < 64; bit += 1) {
      const bad = [...good];
      bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(parse(bad)).toBeNull();
    }
  });

  it('is not seen in a grey, a black or a too small picture', () => {
    for (const grey of [0, 120, 255]) {
      expect(decode(new Uint8ClampedArray(640 * HEIGHT_PX * 4).fill(grey), 640)).toBeNull();
    }
    expect(decode(new Uint8ClampedArray(320 * HEIGHT_PX * 4), 320)).toBeNull();
  });
});

it('finds the whole time near a known one, across the wrap', () => {
  const time_ms = 1_795_000_000_000;
  expect(fullTime_ms(time_ms % 2 ** 36, time_ms + 5000)).toBe(time_ms);
  const wrap_ms = 27 * 2 ** 36;
  expect(fullTime_ms(2 ** 36 - 10, wrap_ms + 5)).toBe(wrap_ms - 10);
});
