import { expect, it } from 'vitest';
import { press, show } from '../testing/render';
import Tree from './Tree.svelte';

const ITEMS = [
  { id: 'u', parentId: null, label: 'Công an tỉnh' },
  { id: 's', parentId: 'u', label: 'Mộc Châu' },
  { id: 'c', parentId: 's', label: 'Cổng chợ' },
];

function focused(): string | undefined {
  return document.querySelector<HTMLElement>('[tabindex="0"]')?.dataset['id'];
}

function key(name: string): void {
  const tree = document.querySelector('[role=tree]');
  if (tree) press(tree, name);
}

it('is walked and picked from by keys alone', () => {
  const picked: string[] = [];
  show(Tree as never, { label: 'Cây camera', items: ITEMS, onpick: (item: { id: string }) => picked.push(item.id) });
  key('ArrowRight');
  key('ArrowRight');
  expect(focused()).toBe('s');
  key('ArrowRight');
  key('End');
  expect(focused()).toBe('c');
  key('Enter');
  expect(picked).toEqual(['c']);
  key('ArrowLeft');
  expect(focused()).toBe('s');
  key('ArrowLeft');
  expect(document.querySelectorAll('[role=treeitem]')).toHaveLength(2);
});
