import { expect, it } from 'vitest';
import type { OrganisationUnit } from '$lib/api/schema';
import { textsIn } from '$lib/i18n/index.svelte';
import { inWords, keyFor, lacking, namesOf, toEdit, type EditForm } from './draft';

const UNIT: OrganisationUnit = {
  id: 'unit-0000001',
  key: 'police',
  kind: 'province_police',
  name: 'Công an tỉnh',
  name_en: '',
  parent_id: null,
  valid_from_ms: 0,
  valid_to_ms: null,
  placed_from_ms: 0,
  placed_to_ms: null,
  successor: '',
};
const EMPTY: EditForm = { name: '', name_en: '', kind: '', key: '', other: '', day: '' };
const t = textsIn('vi').organisation.edit;

it('makes keys from Vietnamese names, none of them twice', () => {
  expect(keyFor('Công an xã Chiềng Sơn', new Set())).toBe('cong-an-xa-chieng-son');
  expect(keyFor('Đội 1', new Set(['doi-1', 'doi-1-2']))).toBe('doi-1-3');
  expect(keyFor('—', new Set())).toBe('unit');
  expect(keyFor('a'.repeat(200), new Set()).length).toBeLessThanOrEqual(64);
});

it('knows what is lacking', () => {
  expect([...lacking('create', EMPTY)]).toEqual(['name', 'kind', 'key', 'day']);
  expect([...lacking('close', { ...EMPTY, day: '2027-01-01' })]).toEqual([]);
  expect([...lacking('rename', { ...EMPTY, name: ' ' })]).toEqual(['name']);
});

it('says each edit in words, also of units that the draft creates', () => {
  const form = { ...EMPTY, name: ' Đội 1 ', kind: 'police', key: 'doi-1', day: '2027-01-01' };
  const created = toEdit('create', UNIT, form);
  expect(created).toEqual({
    do: 'create',
    key: 'doi-1',
    kind: 'police',
    name: 'Đội 1',
    name_en: '',
    parent: 'police',
    day: '2027-01-01',
  });
  const closed = toEdit('close', UNIT, { ...form, other: 'doi-1' });
  const names = namesOf([UNIT], [created, closed]);
  expect([created, closed].map((edit) => inWords(edit, names, t))).toEqual([
    'Lập Đội 1 trực thuộc Công an tỉnh từ 01/01/2027',
    'Giải thể Công an tỉnh từ 01/01/2027, Đội 1 kế tiếp',
  ]);
  expect(inWords(toEdit('rename', UNIT, form), names, t)).toBe('Đổi tên Công an tỉnh thành Đội 1');
  expect(inWords(toEdit('move', UNIT, { ...form, other: 'gone' }), names, t)).toContain('sang gone từ 01/01/2027');
});
