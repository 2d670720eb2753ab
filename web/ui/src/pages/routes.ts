/**
 * Every page after signing in: the one place where pages register.
 *
 * A page is one component in `src/pages/`, loaded when it is first opened. `menu: true` puts it into the top bar, in this order.
 * `may` hides it from whoever cannot use it; the server decides anew for every request. `:name` in the path arrives in
 * `params.name`.
 */

import type { Component } from 'svelte';
import type { Action } from '$lib/api/schema';
import type { Text } from '$lib/i18n/index.svelte';
import { match, type Params } from '$lib/path';

export interface PageRoute {
  path: string;
  title: (t: Text) => string;
  menu?: true;
  may?: Action | readonly Action[];
  load: () => Promise<{ default: Component<{ params: Params }> | Component<Record<string, never>> }>;
}

export const ROUTES: readonly PageRoute[] = [
  { path: '/', title: (t) => t.shell.home, menu: true, load: () => import('./Home.svelte') },
  {
    path: '/wall',
    title: (t) => t.wall.title,
    menu: true,
    // Observers of hearings hold the one without the other: they have no list of cameras to hang.
    may: ['camera.view_live', 'camera.list'],
    load: () => import('./Wall.svelte'),
  },
  {
    path: '/hearings',
    title: (t) => t.hearings.title,
    menu: true,
    may: 'hearing.list',
    load: () => import('./Hearings.svelte'),
  },
  {
    path: '/hearings/new',
    title: (t) => t.hearings.formTitle,
    may: 'hearing.manage',
    load: () => import('./HearingForm.svelte'),
  },
  {
    path: '/hearings/:id',
    title: (t) => t.hearings.clerkDesk,
    may: 'hearing.manage',
    load: () => import('./HearingDesk.svelte'),
  },
  {
    path: '/hearings/:id/edit',
    title: (t) => t.hearings.editTitle,
    may: 'hearing.manage',
    load: () => import('./HearingForm.svelte'),
  },
  {
    path: '/hearings/:id/bench',
    title: (t) => t.hearings.bench,
    may: 'hearing.cut',
    load: () => import('./HearingBench.svelte'),
  },
  {
    path: '/watch',
    title: (t) => t.hearings.observing,
    may: 'hearing.observe',
    load: () => import('./HearingWatch.svelte'),
  },
  {
    path: '/reviews',
    title: (t) => t.reviews.menu,
    menu: true,
    may: 'hearing.note',
    load: () => import('./Reviews.svelte'),
  },
  {
    path: '/hearings/:id/review',
    title: (t) => t.reviews.title,
    may: 'hearing.note',
    load: () => import('./HearingReview.svelte'),
  },
  {
    path: '/alarms',
    title: (t) => t.alarms.title,
    menu: true,
    may: 'alarm.list',
    load: () => import('./Alarms.svelte'),
  },
  {
    path: '/playback',
    title: (t) => t.playback.title,
    menu: true,
    may: 'camera.view_recorded',
    load: () => import('./Playback.svelte'),
  },
  {
    path: '/incidents',
    title: (t) => t.incidents.menu,
    menu: true,
    may: 'incident.list',
    load: () => import('./Incidents.svelte'),
  },
  {
    path: '/incidents/:id',
    title: (t) => t.incidents.title,
    may: 'incident.list',
    load: () => import('./IncidentDetail.svelte'),
  },
  {
    path: '/extractions',
    title: (t) => t.extractions.menu,
    menu: true,
    may: 'evidence.request',
    load: () => import('./Extractions.svelte'),
  },
  {
    path: '/extractions/new',
    title: (t) => t.extractions.createTitle,
    may: 'evidence.request',
    load: () => import('./ExtractionForm.svelte'),
  },
  {
    path: '/extractions/:id',
    title: (t) => t.extractions.title,
    may: 'evidence.request',
    load: () => import('./ExtractionDetail.svelte'),
  },
  {
    path: '/cameras',
    title: (t) => t.cameras.title,
    menu: true,
    may: 'camera.list',
    load: () => import('./Cameras.svelte'),
  },
  {
    path: '/cameras/:id',
    title: (t) => t.cameras.title,
    may: 'camera.read',
    load: () => import('./CameraDetail.svelte'),
  },
  {
    path: '/cameras/:id/watchers',
    title: (t) => t.audit.watchers,
    may: 'audit.read',
    load: () => import('./Watchers.svelte'),
  },
  {
    path: '/discovery',
    title: (t) => t.devices.menu,
    menu: true,
    may: 'device.discover',
    load: () => import('./Discovery.svelte'),
  },
  { path: '/import', title: (t) => t.imports.title, may: 'camera.register', load: () => import('./Import.svelte') },
  {
    path: '/registrations/:id',
    title: (t) => t.devices.registrationTitle,
    may: 'camera.register',
    load: () => import('./Registration.svelte'),
  },
  {
    path: '/accounts',
    title: (t) => t.people.menu,
    menu: true,
    may: 'account.list',
    load: () => import('./Accounts.svelte'),
  },
  {
    path: '/accounts/:id',
    title: (t) => t.people.title,
    may: 'account.list',
    load: () => import('./AccountDetail.svelte'),
  },
  {
    path: '/organisation',
    title: (t) => t.organisation.menu,
    menu: true,
    may: 'organisation.read',
    load: () => import('./Organisation.svelte'),
  },
  {
    path: '/organisation/reorganisations',
    title: (t) => t.organisation.reorganisations,
    may: 'organisation.manage',
    load: () => import('./Reorganisations.svelte'),
  },
  {
    path: '/organisation/reorganisations/:id',
    title: (t) => t.organisation.reorganisations,
    may: 'organisation.manage',
    load: () => import('./Reorganisation.svelte'),
  },
  {
    path: '/consoles',
    title: (t) => t.consoles.menu,
    menu: true,
    may: 'console.list',
    load: () => import('./Consoles.svelte'),
  },
  {
    path: '/restrictions',
    title: (t) => t.restrictions.menu,
    menu: true,
    may: 'restriction.list',
    load: () => import('./Restrictions.svelte'),
  },
  {
    path: '/storage',
    title: (t) => t.storage.menu,
    menu: true,
    may: 'camera.read',
    load: () => import('./Storage.svelte'),
  },
  {
    path: '/audit',
    title: (t) => t.audit.menu,
    menu: true,
    may: 'audit.read',
    load: () => import('./Audit.svelte'),
  },
  { path: '/account', title: (t) => t.shell.account, load: () => import('./OwnAccount.svelte') },
  { path: '/components', title: (t) => t.shell.components, load: () => import('./Components.svelte') },
];

/** Whether somebody may use a page: every action that it names. */
export function opens(route: PageRoute, may: (action: Action) => boolean): boolean {
  const needed = typeof route.may === 'string' ? [route.may] : (route.may ?? []);
  return needed.every(may);
}

/** The page at `path` and its parameters, or null when there is none. */
export function find(path: string, routes: readonly PageRoute[] = ROUTES): { route: PageRoute; params: Params } | null {
  for (const route of routes) {
    const params = match(route.path, path);
    if (params !== null) return { route, params };
  }
  return null;
}
