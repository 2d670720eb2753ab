import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const CSS = readFileSync('src/styles/tokens.css', 'utf8');
const GROUNDS = ['ground', 'surface', 'raised', 'pressed'];
const STATES = ['live', 'late', 'frozen', 'no-link', 'alarm', 'selected'];
const PAIRS: [string, string][] = [
  ...GROUNDS.flatMap((ground): [string, string][] => ['ink', 'ink-soft'].map((ink) => [ink, ground])),
  ['ink-faint', 'surface'],
  ['ink-faint', 'ground'],
  ['action-ink', 'action'],
  ['action-ink', 'action-hover'],
  ['ground', 'alarm'],
  ['ink', 'alarm-ground'],
  ['ink', 'selected-ground'],
  ['alarm', 'surface'],
  ['alarm', 'ground'],
  ...STATES.map((state): [string, string] => [state, `${state}-ground`]),
];

function colours(theme: string): Map<string, string> {
  const block = new RegExp(`:root\\[data-theme='${theme}'\\] \\{([^}]*)\\}`).exec(CSS)?.[1] ?? '';
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((found) => [found[1]!, found[2]!]));
}

/** Relative luminance, WCAG 2.2. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

describe.each(['dark', 'light'])('in the %s theme', (theme) => {
  const known = colours(theme);
  it.each(PAIRS)('%s can be read on %s', (ink, ground) => {
    expect(known.has(ink) && known.has(ground)).toBe(true);
    expect(contrast(known.get(ink)!, known.get(ground)!)).toBeGreaterThanOrEqual(4.5);
  });
});

it('gives both themes the same colours to fill in', () =>
  expect([...colours('light').keys()].sort()).toEqual([...colours('dark').keys()].sort()));
