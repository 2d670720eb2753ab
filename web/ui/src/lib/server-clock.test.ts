import { expect, it } from 'vitest';
import { ServerClock } from './server-clock';

it('knows nothing before the first tick', () => expect(new ServerClock(() => 5).now_ms()).toBeNull());

it('believes the tick that travelled fastest', () => {
  let monotonic_ms = 0;
  const clock = new ServerClock(() => monotonic_ms);
  // The server's time is 1,000,000 + monotonic; the ticks take 80, 5 and 300 ms.
  for (const [sent_ms, delay_ms] of [
    [1000, 80],
    [2000, 5],
    [3000, 300],
  ] as const) {
    monotonic_ms = sent_ms + delay_ms;
    clock.hear(1_000_000 + sent_ms);
  }
  monotonic_ms = 4000;
  expect(clock.now_ms()).toBe(1_003_995);
});

it('follows the server when its clock is set, in both directions', () => {
  let monotonic_ms = 0;
  const clock = new ServerClock(() => monotonic_ms);
  clock.hear(1_000_000);
  monotonic_ms = 1000;
  clock.hear(500_000);
  expect(clock.now_ms()).toBe(500_000);
  monotonic_ms = 2000;
  clock.hear(900_000);
  expect(clock.now_ms()).toBe(900_000);
});
