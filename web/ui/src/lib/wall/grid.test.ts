import { describe, expect, it } from 'vitest';
import { type Arrow, beside, columns, emptied, placed, places, SIZES, whole } from './grid';

describe('a wall', () => {
  it.each(SIZES)('of %i tiles fills its square without a gap', (size) => {
    const across = columns(size);
    const cells = new Set<string>();
    for (const { column, row, span } of places(size))
      for (let x = 0; x < span; x += 1) for (let y = 0; y < span; y += 1) cells.add(`${column + x},${row + y}`);
    expect(places(size)).toHaveLength(size);
    expect(cells.size).toBe(across * across);
  });

  it.each<[number, number, Arrow, number]>([
    [4, 0, 'ArrowRight', 1],
    [4, 1, 'ArrowRight', 1],
    [4, 1, 'ArrowDown', 3],
    [4, 2, 'ArrowUp', 0],
    [6, 0, 'ArrowRight', 1],
    [6, 2, 'ArrowLeft', 0],
    [6, 0, 'ArrowDown', 3],
    [6, 4, 'ArrowUp', 0],
    [6, 5, 'ArrowUp', 2],
    [8, 3, 'ArrowDown', 7],
    [64, 9, 'ArrowUp', 1],
  ])('of %i tiles leads from %i by %s to %i', (size, from, key, to) => {
    expect(beside(size as (typeof SIZES)[number], from, key)).toBe(to);
  });
});

describe('a camera', () => {
  const tiles = whole(['a', 'b', null, 'd']);

  it('goes into an empty tile', () => {
    expect(placed(tiles, 4, 2, 'c').slice(0, 4)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('changes places with what is there when it is on the wall already', () => {
    expect(placed(tiles, 4, 0, 'd').slice(0, 4)).toEqual(['d', 'b', null, 'a']);
    expect(placed(tiles, 4, 0, 'a')).toEqual(tiles);
  });

  it('is taken from a tile that is out of sight without leaving another there', () => {
    expect(placed(whole(['a', 'b', 'c', 'd', 'e']), 4, 0, 'e').slice(0, 5)).toEqual(['e', 'b', 'c', 'd', null]);
  });

  it('leaves only its own tile', () => {
    expect(emptied(tiles, 1).slice(0, 4)).toEqual(['a', null, null, 'd']);
  });
});
