/** Edits of units that are collected before the dry run, and how they are called. Pure. */

import type { NewReorganisation, OrganisationUnit } from '$lib/api/schema';
import { writtenDay } from '$lib/day';
import { fold } from '$lib/fold';
import type { Text } from '$lib/i18n/index.svelte';

export type UnitEdit = NonNullable<NewReorganisation['edits']>[number];
export type Doing = UnitEdit['do'];

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
export function inWords(edit: UnitEdit, names: ReadonlyMap<string, string>, t: Text['organisation']['edit']): string {
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
  }
}

/** Units by key, with those that the draft creates. */
export function namesOf(units: readonly OrganisationUnit[], edits: readonly UnitEdit[]): Map<string, string> {
  const names = new Map(units.map((unit) => [unit.key, unit.name]));
  for (const edit of edits) if (edit.do === 'create') names.set(edit.key, edit.name);
  return names;
}
