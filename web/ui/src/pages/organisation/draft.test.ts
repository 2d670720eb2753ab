import { expect, it } from 'vitest';
import type { OrganisationUnit } from '$lib/api/schema';
import { textsIn } from '$lib/i18n/index.svelte';
import {
  courtroomForm,
  degrees,
  inWords,
  keyFor,
  lacking,
  namesOf,
  siteForm,
  sitesOf,
  toEdit,
  type EditForm,
} from './draft';

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

const SITE = {
  id: 'site-0000001',
  key: 's1',
  name: 'Ngã tư',
  name_en: '',
  unit_id: UNIT.id,
  legacy_district: 'MC',
  latitude: 21.5,
  longitude: null,
  owner: 'UBND',
  funding: '',
  courtrooms: [],
};

it('begins with a site as it is, or as the draft has it already', () => {
  const begun = siteForm(SITE, UNIT, []);
  expect(begun).toMatchObject({ do: 'site', new: false, key: 's1', unit: 'police', latitude: 21.5, owner: 'UBND' });
  const moved = { ...begun, name: 'Ngã năm', unit: 'other' };
  expect(siteForm(SITE, UNIT, [moved])).toEqual(moved);
  expect(siteForm(null, UNIT, [moved])).toMatchObject({ new: true, name: '', unit: 'police' });
  expect(sitesOf([SITE], [moved]).get('s1')).toBe('Ngã năm');
  expect(inWords(moved, namesOf([UNIT], []), t)).toBe('Sửa điểm lắp đặt Ngã năm, do other phụ trách');
});

it('offers every angle of a courtroom, those that are there with their names', () => {
  const bench = { kind: 'bench' as const, name: 'Hội đồng', number: 501, channel: 2, audio: true };
  const room = { id: 'room-0000001', key: 'r1', name: 'Phòng 1', court_id: UNIT.id, site: 's1', angles: [bench] };
  const form = courtroomForm(room, UNIT, []);
  expect(form.angles.map((angle) => [angle.kind, angle.name])).toEqual([
    ['accused', ''],
    ['bench', 'Hội đồng'],
    ['witness', ''],
    ['evidence', ''],
  ]);
  expect(form).toMatchObject({ new: false, court: 'police', site: 's1' });
  expect(inWords({ ...form, new: true }, namesOf([UNIT], []), t)).toBe('Thêm Phòng 1 của Công an tỉnh');
});

it('reads degrees with a comma or a point', () => {
  expect([degrees(' 21,33 '), degrees('-4.5'), degrees(''), degrees('x')]).toEqual([21.33, -4.5, null, NaN]);
});
