/** The visible lines of a tree, from flat nodes that name their parent. Pure. */

import { matches } from '$lib/fold';

export interface TreeItem {
  id: string;
  parentId: string | null;
  label: string;
  /** Found too, though not shown, e.g. the number of a camera. */
  keywords?: string;
}

export interface Line<T extends TreeItem> {
  item: T;
  /** 1 at the top, as aria-level counts. */
  level: number;
  /** Null for a leaf. */
  open: boolean | null;
  /** Its place among its siblings, from 1, and how many they are. */
  position: number;
  siblings: number;
}

/**
 * With a query: what it finds, with everything above it, all opened. A node whose parent is missing stands at the top: a person may
 * see a site and not its unit.
 */
export function lines<T extends TreeItem>(items: readonly T[], open: ReadonlySet<string>, query: string): Line<T>[] {
  const searching = query.trim() !== '';
  const shown = searching ? found(items, query) : items;
  const children = byParent(shown);
  const result: Line<T>[] = [];
  const walk = (parentId: string | null, level: number): void => {
    const siblings = children.get(parentId) ?? [];
    for (const [index, item] of siblings.entries()) {
      const leaf = !children.has(item.id);
      const opened = searching || open.has(item.id);
      result.push({ item, level, open: leaf ? null : opened, position: index + 1, siblings: siblings.length });
      if (!leaf && opened) walk(item.id, level + 1);
    }
  };
  walk(null, 1);
  return result;
}

function byParent<T extends TreeItem>(items: readonly T[]): Map<string | null, T[]> {
  const known = new Set(items.map((item) => item.id));
  const children = new Map<string | null, T[]>();
  for (const item of items) {
    const parent = item.parentId !== null && known.has(item.parentId) ? item.parentId : null;
    const siblings = children.get(parent);
    if (siblings) siblings.push(item);
    else children.set(parent, [item]);
  }
  return children;
}

function found<T extends TreeItem>(items: readonly T[], query: string): T[] {
  const byId = new Map(items.map((item) => [item.id, item]));
  const kept = new Set<string>();
  for (const item of items) {
    if (!matches(`${item.label} ${item.keywords ?? ''}`, query)) continue;
    let above: T | undefined = item;
    while (above !== undefined && !kept.has(above.id)) {
      kept.add(above.id);
      above = above.parentId === null ? undefined : byId.get(above.parentId);
    }
  }
  return items.filter((item) => kept.has(item.id));
}
