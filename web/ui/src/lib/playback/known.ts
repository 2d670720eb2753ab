/** What a player has and what it knows is not there: stretches of time, kept apart and in order. Pure. */

import type { Span } from './scale';

/** Two stretches that are no further apart are one: a second between two files is no gap. */
const SLACK_MS = 250;

export function within(spans: readonly Span[], at_ms: number): Span | null {
  return spans.find((span) => at_ms >= span.from_ms && at_ms < span.to_ms) ?? null;
}

export function joined(spans: readonly Span[], added: Span): Span[] {
  const out: Span[] = [];
  for (const span of [...spans, added].sort((one, other) => one.from_ms - other.from_ms)) {
    const last = out.at(-1);
    if (last !== undefined && span.from_ms <= last.to_ms + SLACK_MS) last.to_ms = Math.max(last.to_ms, span.to_ms);
    else out.push({ ...span });
  }
  return out;
}

/** The first start behind a moment, or null: where the next motion begins. */
export function nextStart(spans: readonly { start_ms: number }[], after_ms: number): number | null {
  const starts = spans.map((span) => span.start_ms).filter((start_ms) => start_ms > after_ms + 500);
  return starts.length === 0 ? null : Math.min(...starts);
}

export const SPEEDS = [0.125, 0.25, 0.5, 1, 2, 4, 8, 16] as const;

/** One step faster (1) or slower (-1); stays at the ends. */
export function speedAfter(speed: number, step: 1 | -1): number {
  const index = SPEEDS.findIndex((one) => one === speed);
  return SPEEDS[Math.min(Math.max(index + step, 0), SPEEDS.length - 1)] ?? 1;
}

/** 1/8 ×, 1 ×, 16 × */
export function speedText(speed: number): string {
  return speed < 1 ? `1/${1 / speed} ×` : `${speed} ×`;
}
