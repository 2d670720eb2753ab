import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { textsIn } from './index.svelte';

/** Names, and words that both languages write alike. */
const ALIKE = new Set(['Vọng', 'Tiếng Việt', 'English', 'Camera', '0 … 9']);

function leaves(texts: object, above = ''): [string, unknown][] {
  return Object.entries(texts).flatMap(([key, value]): [string, unknown][] =>
    value !== null && typeof value === 'object' ? leaves(value as object, `${above}${key}.`) : [[above + key, value]],
  );
}

const vi = leaves(textsIn('vi'));
const en = new Map(leaves(textsIn('en')));

it('has every text in both languages, with the same facts', () => {
  expect([...en.keys()].sort()).toEqual(vi.map(([key]) => key).sort());
  for (const [key, text] of vi) {
    const other = en.get(key);
    expect(typeof other, key).toBe(typeof text);
    if (typeof text === 'function') expect((other as () => string).length, key).toBe(text.length);
  }
});

it('leaves no text empty and none untranslated', () => {
  for (const [key, text] of vi) {
    expect(text, key).not.toBe('');
    if (typeof text === 'string' && !ALIKE.has(text)) expect(en.get(key), key).not.toBe(text);
  }
});

it('has a sentence for every error code of the API', () => {
  const schema = readFileSync('src/lib/api/schema.ts', 'utf8');
  const codes = /export type ErrorCode = (.*);/.exec(schema)?.[1]?.match(/\w+/g) ?? [];
  expect(codes.length).toBeGreaterThan(10);
  expect(Object.keys(textsIn('vi').errors.code)).toEqual(expect.arrayContaining(codes));
});
