/** Sites and courtrooms as choices of a `Combo`. Pure. */

import type { Courtroom, Site } from '$lib/api/schema';

export interface PlaceChoice {
  value: string;
  label: string;
  hint: string;
}

export function siteChoices(sites: readonly Site[]): PlaceChoice[] {
  return sites.map((site) => ({ value: site.id, label: site.name, hint: site.unit }));
}

export function courtroomChoices(rooms: readonly Courtroom[], none: string): PlaceChoice[] {
  return [
    { value: '', label: none, hint: '' },
    ...rooms.map((room) => ({ value: room.id, label: room.name, hint: room.court })),
  ];
}

/** "" or a number from 1 to 9999; null is neither. */
export function cameraNumber(text: string): number | undefined | null {
  if (text.trim() === '') return undefined;
  return /^[1-9]\d{0,3}$/.test(text.trim()) ? Number(text) : null;
}
