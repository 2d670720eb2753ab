import { expect, it } from 'vitest';
import { GUARD_MS, held } from './delay';

const OPENED_MS = Date.UTC(2026, 10, 25, 2, 0, 0);
const DELAY_MS = 600_000;
const hearing = { delay_s: 600, since_ms: OPENED_MS, dropped: [], observes: true };
const SPAN = { from_ms: OPENED_MS + 60_000, to_ms: OPENED_MS + 90_000 };

it('shows a card until the first picture is old enough', () => {
  const first_ms = OPENED_MS + DELAY_MS + GUARD_MS;
  expect(held(hearing, OPENED_MS)).toEqual({ card: 'filling', until_ms: first_ms });
  expect(held(hearing, first_ms - 1)?.card).toBe('filling');
  expect(held(hearing, first_ms)).toBeNull();
});

it('shows a card where what would be seen was dropped, and says until when', () => {
  const dumped = { ...hearing, dropped: [SPAN] };
  expect(held(dumped, SPAN.from_ms + DELAY_MS - 1)?.card).not.toBe('dropped');
  const until_ms = SPAN.to_ms + GUARD_MS + DELAY_MS;
  expect(held(dumped, SPAN.from_ms + DELAY_MS)).toEqual({ card: 'dropped', until_ms });
  expect(held(dumped, until_ms - 1)?.card).toBe('dropped');
  expect(held(dumped, until_ms)).toBeNull();
});

it('goes on with the same card when a dump took all since the opening', () => {
  const dumped = { ...hearing, dropped: [{ from_ms: OPENED_MS, to_ms: OPENED_MS + 30_000 }] };
  const until_ms = OPENED_MS + 30_000 + GUARD_MS + DELAY_MS;
  expect(held(dumped, OPENED_MS + DELAY_MS + 500)).toEqual({ card: 'filling', until_ms });
  expect(held(dumped, until_ms - 1)?.card).toBe('dropped');
});

it('is nothing for the court, without a delay, and before the clock is known', () => {
  expect(held({ ...hearing, observes: false }, OPENED_MS)).toBeNull();
  expect(held({ ...hearing, delay_s: 0 }, OPENED_MS)).toBeNull();
  expect(held(hearing, null)).toBeNull();
});
