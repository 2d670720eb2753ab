/** What a person can sensibly do next, by their rights and by what exists. Pure. */

import type { Action } from '$lib/api/schema';

export type StepName =
  'accounts' | 'organisation' | 'restrictions' | 'consoles' | 'audit' | 'discover' | 'import' | 'wall' | 'alarms';

export interface Step {
  name: StepName;
  path: string;
  may: Action;
}

const BEGINNING: readonly Step[] = [
  { name: 'discover', path: '/discovery', may: 'device.discover' },
  { name: 'import', path: '/import', may: 'camera.register' },
  { name: 'accounts', path: '/accounts', may: 'account.manage' },
  { name: 'organisation', path: '/organisation', may: 'organisation.manage' },
  { name: 'restrictions', path: '/restrictions', may: 'restriction.manage' },
  { name: 'audit', path: '/audit', may: 'audit.read' },
];
const DAILY: readonly Step[] = [
  { name: 'wall', path: '/wall', may: 'camera.view_live' },
  { name: 'alarms', path: '/alarms', may: 'alarm.list' },
  { name: 'consoles', path: '/consoles', may: 'console.manage' },
];

/** The daily work comes first once there is a camera. `cameras` null: not known, or not this person's business. */
export function nextSteps(may: (action: Action) => boolean, cameras: number | null): Step[] {
  const mine = (steps: readonly Step[]) => steps.filter((step) => may(step.may));
  return (cameras ?? 0) > 0 ? [...mine(DAILY), ...mine(BEGINNING)] : mine(BEGINNING);
}
