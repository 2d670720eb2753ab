import { describe, expect, it } from 'vitest';
import { chosen, isLookedAt, MOMENT_MS, NO_PICTURE_MS, seen } from './looked';

describe('an alarm is looked at', () => {
  const came = chosen('alarm-2', 1000);

  it('when its picture was on the screen for a moment', () => {
    const shown = seen(came, 'alarm-2', 1200);
    expect(isLookedAt(shown, 'alarm-2', 1200 + MOMENT_MS - 1)).toBe(false);
    expect(isLookedAt(shown, 'alarm-2', 1200 + MOMENT_MS)).toBe(true);
  });

  it('not before its picture has come, unless that does not come at all', () => {
    expect(isLookedAt(came, 'alarm-2', 1000 + NO_PICTURE_MS - 1)).toBe(false);
    expect(isLookedAt(came, 'alarm-2', 1000 + NO_PICTURE_MS)).toBe(true);
  });

  it('not by the picture of another, and not when another is chosen', () => {
    const other = seen(came, 'alarm-1', 1200);
    expect(isLookedAt(other, 'alarm-2', 1200 + MOMENT_MS)).toBe(false);
    expect(isLookedAt(seen(came, 'alarm-2', 1200), 'alarm-1', 9000)).toBe(false);
  });

  it('from the first time that its picture is shown, however often it loads', () => {
    const shown = seen(seen(came, 'alarm-2', 1200), 'alarm-2', 1200 + MOMENT_MS);
    expect(isLookedAt(shown, 'alarm-2', 1200 + MOMENT_MS)).toBe(true);
  });
});
