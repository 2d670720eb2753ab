/** The keys of playback. Pure. */

export type Command =
  | { kind: 'play' }
  | { kind: 'by'; ms: number }
  | { kind: 'step'; by: 1 | -1 }
  | { kind: 'speed'; step: 1 | -1 }
  | { kind: 'backwards' }
  | { kind: 'motion' }
  | { kind: 'snapshot' }
  | { kind: 'lock' }
  | { kind: 'bookmark' }
  | { kind: 'incident' }
  | { kind: 'zoom'; factor: number }
  | { kind: 'days'; by: 1 | -1 }
  | { kind: 'choose'; index: number };

const LETTERS: Readonly<Record<string, Command>> = {
  ' ': { kind: 'play' },
  ',': { kind: 'step', by: -1 },
  '.': { kind: 'step', by: 1 },
  r: { kind: 'backwards' },
  n: { kind: 'motion' },
  s: { kind: 'snapshot' },
  l: { kind: 'lock' },
  b: { kind: 'bookmark' },
  i: { kind: 'incident' },
  '+': { kind: 'zoom', factor: 0.5 },
  '=': { kind: 'zoom', factor: 0.5 },
  '-': { kind: 'zoom', factor: 2 },
  ArrowUp: { kind: 'speed', step: 1 },
  ArrowDown: { kind: 'speed', step: -1 },
  PageUp: { kind: 'days', by: -1 },
  PageDown: { kind: 'days', by: 1 },
};

export function command(event: Pick<KeyboardEvent, 'key' | 'shiftKey'>): Command | null {
  const far = event.shiftKey ? 60_000 : 10_000;
  if (event.key === 'ArrowLeft') return { kind: 'by', ms: -far };
  if (event.key === 'ArrowRight') return { kind: 'by', ms: far };
  if (/^[1-9]$/.test(event.key)) return { kind: 'choose', index: Number(event.key) - 1 };
  return LETTERS[event.key.length === 1 ? event.key.toLowerCase() : event.key] ?? null;
}
