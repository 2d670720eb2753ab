import { describe, expect, it } from 'vitest';
import type { CameraTruth } from '../api/schema';
import { truth } from '../../testing/bodies';
import { type Evidence, FRESH_MS, type Kind, tileState, TRUST_MS } from './tile-state';

const NOW_MS = Date.UTC(2026, 10, 25, 20, 0, 0);

function seen(differs: Partial<Evidence> = {}): Evidence {
  return {
    camera_id: 'camera-00001',
    now_ms: NOW_MS,
    heard_ms_ago: 400,
    truth: truth(),
    capture_ms: NOW_MS - 120,
    problem: null,
    ...differs,
  };
}

const LIVENESSES: CameraTruth['liveness'][] = ['live', 'frozen', 'looped', 'connecting', 'down'];

describe('a tile', () => {
  it.each<[string, Partial<Evidence>, Kind]>([
    ['without a camera is empty', { camera_id: null }, 'empty'],
    ['with a new picture of a camera that lives is live', {}, 'live'],
    ['is live up to the last millisecond', { capture_ms: NOW_MS - FRESH_MS + 1 }, 'live'],
    ['is late from 2.5 s on', { capture_ms: NOW_MS - FRESH_MS }, 'late'],
    ['is late when no picture has come any more, whatever the server says', { capture_ms: NOW_MS - 60_000 }, 'late'],
    ['is frozen when the content stands still', { truth: truth({ liveness: 'frozen' }) }, 'frozen'],
    ['is looped when the content was shown before', { truth: truth({ liveness: 'looped' }) }, 'looped'],
    ['is down when the camera is, whatever is on the screen', { truth: truth({ liveness: 'down' }) }, 'down'],
    ['is connecting before its first picture', { capture_ms: null }, 'connecting'],
    ['is connecting while the server knows nothing of the camera', { truth: undefined }, 'connecting'],
    ['is connecting while the server connects', { truth: truth({ liveness: 'connecting' }) }, 'connecting'],
    ['is connecting before the clock is known', { now_ms: null }, 'connecting'],
    ['is not live on the word of a server that is silent', { heard_ms_ago: TRUST_MS + 1 }, 'connecting'],
    ['is not live on the word of a server that never spoke', { heard_ms_ago: null }, 'connecting'],
    ['is not live with a picture from the future', { capture_ms: NOW_MS + FRESH_MS }, 'connecting'],
    ['bears a clock that is a little off', { capture_ms: NOW_MS + 300 }, 'live'],
    ['whose right has gone is down', { problem: 'no_right' }, 'down'],
    ['whose hearing is closed is down', { problem: 'hearing' }, 'down'],
  ])('%s', (_claim, differs, kind) => {
    expect(tileState(seen(differs)).kind).toBe(kind);
  });

  it.each<[string, number, Kind]>([
    ['as old as it should be is shown later', 600_200, 'delayed'],
    ['older than that is late by the rest', 603_000, 'late'],
    ['younger than that proves nothing', 500_000, 'connecting'],
    ['of now is no picture that may be called so', 100, 'connecting'],
  ])('with a delay of ten minutes a picture %s', (_claim, age_ms, kind) => {
    const said = tileState(seen({ capture_ms: NOW_MS - age_ms, delay_ms: 600_000 }));
    expect(said.kind).toBe(kind);
    expect(said.late_s).toBe(kind === 'late' ? 3 : 0);
  });

  it('says how late, and why there is no picture', () => {
    expect(tileState(seen({ capture_ms: NOW_MS - 61_900 })).late_s).toBe(61);
    expect(tileState(seen({ truth: truth({ liveness: 'down', cause: 'power' }) })).cause).toBe('power');
    expect(tileState(seen({ truth: truth({ liveness: 'down', cause: null }) })).cause).toBe('unknown');
    expect(tileState(seen({ capture_ms: null, problem: 'busy' })).problem).toBe('busy');
  });

  it('never says live unless picture, server and clock agree, in all cases together', () => {
    for (const liveness of LIVENESSES)
      for (const age_ms of [-9000, -100, 0, 2499, 2500, 9000, null])
        for (const heard_ms_ago of [0, TRUST_MS, TRUST_MS + 1, null])
          for (const problem of [null, 'no_right'] as const) {
            const capture_ms = age_ms === null ? null : NOW_MS - age_ms;
            const { kind } = tileState(seen({ truth: truth({ liveness }), capture_ms, heard_ms_ago, problem }));
            const proven =
              liveness === 'live' &&
              age_ms !== null &&
              Math.abs(age_ms) < FRESH_MS &&
              heard_ms_ago !== null &&
              heard_ms_ago <= TRUST_MS &&
              problem === null;
            expect(kind === 'live').toBe(proven);
          }
  });
});
