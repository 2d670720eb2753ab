import { describe, expect, it } from 'vitest';
import { disposable_s, KEPT_S, move, TARGET_S } from './live-edge';

describe('the live edge', () => {
  it('is jumped to at the start, close behind the newest picture', () => {
    expect(move(0, { start_s: 100, end_s: 102 })).toEqual({ kind: 'jump', to_s: 102 - TARGET_S });
    expect(move(0, { start_s: 100, end_s: 100.1 })).toEqual({ kind: 'jump', to_s: 100 });
  });

  it('is caught up with by playing a little faster, which nobody sees', () => {
    expect(move(100, { start_s: 99, end_s: 101 })).toEqual({ kind: 'go_on', rate: 1.08 });
    expect(move(100, { start_s: 99, end_s: 100.3 })).toEqual({ kind: 'go_on', rate: 1 });
  });

  it('is jumped to when the delay has grown beyond catching up', () => {
    expect(move(100, { start_s: 90, end_s: 104 })).toEqual({ kind: 'jump', to_s: 104 - TARGET_S });
  });
});

describe('the buffer', () => {
  it('is emptied of what was shown long ago, and only when it is worth it', () => {
    expect(disposable_s(5, 0)).toBeNull();
    expect(disposable_s(30, 0)).toBe(30 - KEPT_S);
  });
});
