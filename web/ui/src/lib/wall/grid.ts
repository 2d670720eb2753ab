/** The shapes of a wall, and what moves on it. Pure. Squares; 6 and 8 are one large tile at the top left, and small ones. */

export const SIZES = [1, 4, 6, 8, 9, 16, 25, 36, 64] as const;
export type Size = (typeof SIZES)[number];
export const MOST = 64;
export type Tiles = readonly (string | null)[];
export type Arrow = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';

/** How a size is called: 1+5 tells more than 6. */
export function sizeName(size: Size): string {
  return size === 6 ? '1+5' : size === 8 ? '1+7' : String(size);
}

export function columns(size: Size): number {
  return size === 6 ? 3 : size === 8 ? 4 : Math.sqrt(size);
}

/** How many columns and rows the first tile takes. */
export function firstSpan(size: Size): number {
  return size === 6 ? 2 : size === 8 ? 3 : 1;
}

interface Place {
  column: number;
  row: number;
  span: number;
}

/** Where each tile is, row by row as CSS grid places them. */
export function places(size: Size): Place[] {
  const across = columns(size);
  const span = firstSpan(size);
  const found: Place[] = [{ column: 0, row: 0, span }];
  for (let cell = 0; cell < across * across; cell += 1) {
    const [column, row] = [cell % across, Math.floor(cell / across)];
    if (column >= span || row >= span) found.push({ column, row, span: 1 });
  }
  return found;
}

/** The tile beside `index`; itself at the edge. */
export function beside(size: Size, index: number, key: Arrow): number {
  const all = places(size);
  const from = all[index];
  if (from === undefined) return 0;
  const { column, row, span } = from;
  const [x, y] = {
    ArrowLeft: [column - 1, row],
    ArrowRight: [column + span, row],
    ArrowUp: [column, row - 1],
    ArrowDown: [column, row + span],
  }[key] as [number, number];
  const found = all.findIndex(
    (place) => x >= place.column && x < place.column + place.span && y >= place.row && y < place.row + place.span,
  );
  return found < 0 ? index : found;
}

/**
 * Put a camera into a tile. Was it in another one already, that one gets what was here: no camera is lost by a slip, and none is
 * shown twice. A tile beyond `size` is not seen and simply gives it up.
 */
export function placed(tiles: Tiles, size: Size, index: number, camera_id: string): Tiles {
  const before = tiles.indexOf(camera_id);
  const here = tiles[index] ?? null;
  return tiles.map((tile, at) => {
    if (at === index) return camera_id;
    if (at === before) return at < size ? here : null;
    return tile;
  });
}

export function emptied(tiles: Tiles, index: number): Tiles {
  return tiles.map((tile, at) => (at === index ? null : tile));
}

/** Filled up, or cut, to what a wall can have. */
export function whole(tiles: Tiles): Tiles {
  return Array.from({ length: MOST }, (_, index) => tiles[index] ?? null);
}
