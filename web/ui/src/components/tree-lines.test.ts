import { describe, expect, it } from 'vitest';
import { lines, type TreeItem } from './tree-lines';

const ITEMS: TreeItem[] = [
  { id: 'u', parentId: null, label: 'Công an tỉnh' },
  { id: 's', parentId: 'u', label: 'Mộc Châu' },
  { id: 'c', parentId: 's', label: 'Cổng chợ', keywords: '128' },
  { id: 't', parentId: 'u', label: 'Yên Châu' },
];

function shown(open: string[], query = '', items = ITEMS): string[] {
  return lines(items, new Set(open), query).map((line) => `${line.level}${line.item.id}`);
}

describe('a tree', () => {
  it('shows what is open', () => {
    expect(shown([])).toEqual(['1u']);
    expect(shown(['u'])).toEqual(['1u', '2s', '2t']);
    expect(shown(['u', 's'])).toEqual(['1u', '2s', '3c', '2t']);
  });

  it('opens the way to what a search finds, by name without accents or by number', () => {
    expect(shown([], 'cong cho')).toEqual(['1u', '2s', '3c']);
    expect(shown([], '128')).toEqual(['1u', '2s', '3c']);
    expect(shown([], 'khong co')).toEqual([]);
  });

  it('puts at the top what belongs to something that the person may not see', () =>
    expect(shown([], '', ITEMS.slice(1))).toEqual(['1s', '1t']));

  it('tells place and number of siblings', () => {
    const last = lines(ITEMS, new Set(['u']), '').at(-1);
    expect(last).toMatchObject({ position: 2, siblings: 2, open: null });
  });
});
