/** Edits of units, sites and courtrooms that are collected before the dry run, and how they are called. Pure. */

import type { NewReorganisation, OrganisationCourtroom, OrganisationSite, OrganisationUnit } from '$lib/api/schema';
import { writtenDay } from '$lib/day';
import { fold } from '$lib/fold';
import type { Text } from '$lib/i18n/index.svelte';

export type Edit = NonNullable<NewReorganisation['edits']>[number];
export type SiteEdit = Extract<Edit, { do: 'site' }>;
export type CourtroomEdit = Extract<Edit, { do: 'courtroom' }>;
export type UnitEdit = Exclude<Edit, SiteEdit | CourtroomEdit>;
export type Doing = UnitEdit['do'];
export const ANGLES = ['accused', 'bench', 'witness', 'evidence'] as const;

/** What the form holds; which of it counts depends on what is done. */
export interface EditForm {
  name: string;
  name_en: string;
  kind: string;
  key: string;
  other: string;
  day: string;
}

/** A key from a name: "Công an xã Chiềng Sơn" is `cong-an-xa-chieng-son`, with a number behind it when that is taken. */
export function keyFor(name: string, taken: ReadonlySet<string>): string {
  const base =
    fold(name)
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 56)
      .replace(/-+$/, '') || 'unit';
  let key = base;
  for (let number = 2; taken.has(key); number += 1) key = `${base}-${number}`;
  return key;
}

/** The fields that still must be filled in. */
export function lacking(doing: Doing, form: EditForm): Set<keyof EditForm> {
  const needed: Record<Doing, (keyof EditForm)[]> = {
    rename: ['name'],
    create: ['name', 'kind', 'key', 'day'],
    move: ['other', 'day'],
    close: ['day'],
  };
  return new Set(needed[doing].filter((field) => form[field].trim() === ''));
}

/** The edit of `unit`; for `create` that of the unit below it. */
export function toEdit(doing: Doing, unit: OrganisationUnit, form: EditForm): UnitEdit {
  const named = { name: form.name.trim(), name_en: form.name_en.trim() };
  switch (doing) {
    case 'rename':
      return { do: 'rename', key: unit.key, ...named };
    case 'create':
      return { do: 'create', key: form.key.trim(), kind: form.kind, ...named, parent: unit.key, day: form.day };
    case 'move':
      return { do: 'move', key: unit.key, parent: form.other, day: form.day };
    case 'close':
      return { do: 'close', key: unit.key, successor: form.other, day: form.day };
  }
}

/** One edit in words; `names` has those of units that are, and of units that earlier edits create. */
export function inWords(edit: Edit, names: ReadonlyMap<string, string>, t: Text['organisation']['edit']): string {
  const named = (key: string) => names.get(key) ?? key;
  switch (edit.do) {
    case 'rename':
      return t.rename(named(edit.key), edit.name);
    case 'create':
      return t.create(edit.name, named(edit.parent), writtenDay(edit.day));
    case 'move':
      return t.move(named(edit.key), named(edit.parent), writtenDay(edit.day));
    case 'close':
      return edit.successor
        ? t.closeTo(named(edit.key), writtenDay(edit.day), named(edit.successor))
        : t.close(named(edit.key), writtenDay(edit.day));
    case 'site':
      return edit.new ? t.addSite(edit.name, named(edit.unit)) : t.changeSite(edit.name, named(edit.unit));
    case 'courtroom':
      return edit.new ? t.addCourtroom(edit.name, named(edit.court)) : t.changeCourtroom(edit.name, named(edit.court));
  }
}

/** Units by key, with those that the draft creates. */
export function namesOf(units: readonly OrganisationUnit[], edits: readonly Edit[]): Map<string, string> {
  const names = new Map(units.map((unit) => [unit.key, unit.name]));
  for (const edit of edits) if (edit.do === 'create') names.set(edit.key, edit.name);
  return names;
}

/** Sites by key, with those that the draft adds or calls otherwise: a courtroom may be in any of them. */
export function sitesOf(sites: readonly OrganisationSite[], edits: readonly Edit[]): Map<string, string> {
  const names = new Map(sites.map((site) => [site.key, site.name]));
  for (const edit of edits) if (edit.do === 'site') names.set(edit.key, edit.name);
  return names;
}

/** What the form begins with: the draft's own newest word on this site, the site as it is, or a new one of `unit`. */
export function siteForm(
  site: OrganisationSite | null,
  unit: OrganisationUnit,
  edits: readonly Edit[],
): Required<SiteEdit> {
  const empty = { do: 'site', new: true, key: '', name: '', name_en: '', legacy_district: '', owner: '' } as const;
  if (site === null) return { ...empty, unit: unit.key, latitude: null, longitude: null, funding: '' };
  const drafted = edits.findLast((edit): edit is SiteEdit => edit.do === 'site' && edit.key === site.key);
  const { key, name, name_en, legacy_district, latitude, longitude, owner, funding } = site;
  const known = { key, name, name_en, legacy_district, latitude, longitude, owner, funding };
  return { do: 'site', unit: unit.key, ...known, ...drafted, new: false };
}

/** The same of a courtroom; every kind of angle is there, one without a name does not exist. */
export function courtroomForm(
  room: OrganisationCourtroom | null,
  court: OrganisationUnit,
  edits: readonly Edit[],
): Required<CourtroomEdit> {
  const drafted = edits.findLast((edit): edit is CourtroomEdit => edit.do === 'courtroom' && edit.key === room?.key);
  const known = drafted?.angles ?? room?.angles ?? [];
  const angles = ANGLES.map(
    (kind) => known.find((angle) => angle.kind === kind) ?? { kind, name: '', number: null, channel: 1, audio: false },
  );
  const named = { key: room?.key ?? '', name: room?.name ?? '', court: court.key, site: room?.site ?? '' };
  return { do: 'courtroom', ...named, ...drafted, new: room === null, angles };
}

/** A number as it is typed, with a comma or a point; null for nothing, NaN for what is none. */
export function degrees(typed: string): number | null {
  const text = typed.trim().replace(',', '.');
  return text === '' ? null : Number(text);
}
