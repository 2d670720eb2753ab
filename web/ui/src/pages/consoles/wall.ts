/** What is sent of a wall, and what is said when it is refused. Pure. */

import type { ConsoleWall } from '$lib/api/schema';
import type { Text } from '$lib/i18n/index.svelte';
import type { Failure } from '$lib/result';
import { sentence } from '$lib/sentence';
import type { Size, Tiles } from '$lib/wall/grid';

/** As many tiles as the wall has. */
export function cut(size: Size, tiles: Tiles): ConsoleWall {
  return { size, tiles: Array.from({ length: size }, (_, index) => tiles[index] ?? null) };
}

export function filled({ tiles }: ConsoleWall): number {
  return tiles.filter((tile) => tile !== null).length;
}

export function said(failed: Failure, t: Text): string {
  return failed.code === 'not_found' && failed.field === 'wall.tiles' ? t.consoles.notYours : sentence(failed);
}
