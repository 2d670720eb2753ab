import { expect, it } from 'vitest';
import type { Action } from '$lib/api/schema';
import { nextSteps } from './next-steps';

function names(may: Action[], cameras: number | null): string[] {
  return nextSteps((action) => may.includes(action), cameras).map((step) => step.name);
}

it('begins with accounts for the administrator and with discovery for the technician', () => {
  expect(names(['account.manage'], null)).toEqual(['accounts']);
  expect(names(['device.discover', 'camera.register', 'camera.view_live'], 0)).toEqual(['discover', 'import']);
});

it('puts the wall first once there is a camera', () =>
  expect(names(['device.discover', 'camera.view_live', 'alarm.list'], 3)).toEqual(['wall', 'alarms', 'discover']));

it('leads whoever administers, reads the log or commands the wall to their screens', () => {
  expect(names(['account.manage', 'organisation.manage', 'restriction.manage', 'audit.read'], null)).toEqual([
    'accounts',
    'organisation',
    'restrictions',
    'audit',
  ]);
  expect(names(['camera.view_live', 'console.manage'], 3)).toEqual(['wall', 'consoles']);
});

it('has nothing for whoever can only wait', () => expect(names(['camera.view_live'], 0)).toEqual([]));
