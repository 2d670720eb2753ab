/** What a key asks of the wall. Pure. */

import type { Arrow } from '$lib/wall/grid';

export type Command =
  | { kind: 'move'; key: Arrow }
  | { kind: 'digit'; digit: string }
  | {
      kind: 'enter' | 'erase' | 'empty' | 'escape' | 'search' | 'full' | 'snapshot' | 'listen' | 'menu' | 'fold';
    };

const NAMED: Record<string, Command> = {
  ArrowLeft: { kind: 'move', key: 'ArrowLeft' },
  ArrowRight: { kind: 'move', key: 'ArrowRight' },
  ArrowUp: { kind: 'move', key: 'ArrowUp' },
  ArrowDown: { kind: 'move', key: 'ArrowDown' },
  Enter: { kind: 'enter' },
  Backspace: { kind: 'erase' },
  Delete: { kind: 'empty' },
  Escape: { kind: 'escape' },
  ContextMenu: { kind: 'menu' },
  '/': { kind: 'search' },
  f: { kind: 'full' },
  s: { kind: 'snapshot' },
  a: { kind: 'listen' },
  m: { kind: 'menu' },
  t: { kind: 'fold' },
};

/** Null for a key that is not the wall's. Keys with Ctrl, Alt or Meta are the browser's. */
export function command(event: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'altKey' | 'metaKey'>): Command | null {
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  if (/^[0-9]$/.test(event.key)) return { kind: 'digit', digit: event.key };
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return Object.hasOwn(NAMED, key) ? (NAMED[key] ?? null) : null;
}
