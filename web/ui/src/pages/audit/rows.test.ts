import { describe, expect, it } from 'vitest';
import { actionKey, dayBegins_ms, facts, query, watched, type Wanted } from './rows';
import { auditEntry } from '../../testing/bodies';

const NOTHING: Wanted = { text: '', action: '', from: '', to: '', acts_only: false, kind: '', object_id: '' };

describe('an action', () => {
  it('is called by the word that fits it best', () => {
    expect(actionKey('camera.view_live')).toBe('live');
    expect(actionKey('camera.read')).toBe('snapshot');
    expect(actionKey('sign_in')).toBe('sign_in');
    expect(actionKey('sign_in.refused')).toBe('refused');
    expect(actionKey('view.ended')).toBe('ended');
  });

  it('without a word is shown as it is', () => {
    expect(actionKey('hearing.cut')).toBeNull();
  });
});

describe('a search', () => {
  it('asks for everything when nothing is wanted', () => {
    expect(query(NOTHING)).toEqual({});
  });

  it('counts days in Vietnam, the last one whole', () => {
    expect(query({ ...NOTHING, from: '2026-11-25', to: '2026-11-25' })).toEqual({
      from_ms: Date.UTC(2026, 10, 24, 17),
      to_ms: Date.UTC(2026, 10, 25, 17),
    });
    expect(dayBegins_ms('2026-13-40')).toBeNull();
    expect(dayBegins_ms('soon')).toBeNull();
  });

  it('names what it is about', () => {
    expect(
      query({ ...NOTHING, text: ' Mai ', action: 'ended', acts_only: true, kind: 'camera', object_id: 'c' }),
    ).toEqual({
      text: 'Mai',
      action: 'view.ended',
      acts_only: true,
      kind: 'camera',
      object_id: 'c',
    });
  });
});

describe('a row', () => {
  it('says from when to when somebody watched', () => {
    const entry = auditEntry({ facts: { began_ms: '1000', ended_ms: '61000', view: 'v', route: 'GET /x' } });
    expect(watched(entry)).toEqual({ from_ms: 1000, to_ms: 61_000 });
    expect(facts(entry)).toEqual([['route', 'GET /x']]);
    expect(watched(auditEntry())).toBeNull();
  });
});
