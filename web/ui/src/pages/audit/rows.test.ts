import { describe, expect, it } from 'vitest';
import { auditEntry } from '../../testing/bodies';
import { actionKey, deedKey } from './actions';
import { ANYTHING, facts, query, watched, watches } from './rows';

describe('an action', () => {
  it('is called by the word that fits it best', () => {
    expect(actionKey('camera.view_live')).toBe('live');
    expect(actionKey('camera.read')).toBe('read');
    expect(actionKey('view.ended')).toBe('ended');
    expect(actionKey('hearing.cut')).toBe('hearing');
    expect(actionKey('account.grant')).toBe('grant');
  });

  it('that signs in is no refusal, however it signs in', () => {
    expect(actionKey('sign_in')).toBe('sign_in');
    expect(actionKey('sign_in.sso')).toBe('sign_in');
    for (const how of ['refused', 'paused', 'locked']) expect(actionKey(`sign_in.${how}`)).toBe('refused');
  });

  it('without a word is shown as it is', () => {
    expect(actionKey('something.new')).toBeNull();
    expect(actionKey('sign_in_else')).toBeNull();
  });

  it('is told more exactly by the request that did it', () => {
    expect(deedKey('POST /api/accounts/{account_id}/lock')).toBe('account_locked');
    expect(deedKey('GET /api/audit')).toBeNull();
    expect(deedKey('toString')).toBeNull();
  });
});

describe('a search', () => {
  it('asks for everything when nothing is wanted', () => {
    expect(query(ANYTHING)).toEqual({});
  });

  it('counts days in Vietnam, the last one whole', () => {
    expect(query({ ...ANYTHING, from: '2026-11-25', to: '2026-11-25' })).toEqual({
      from_ms: Date.UTC(2026, 10, 24, 17),
      to_ms: Date.UTC(2026, 10, 25, 17),
    });
  });

  it('for sign-ins asks for no refusals', () => {
    expect(query({ ...ANYTHING, action: 'sign_in' })).toEqual({ action: 'sign_in,sign_in.sso' });
    expect(query({ ...ANYTHING, action: 'sign_out' })).toEqual({ action: 'sign_out' });
  });

  it('names what it is about', () => {
    expect(
      query({
        ...ANYTHING,
        text: ' Mai ',
        action: 'ended',
        acts_only: true,
        kind: 'camera',
        object_id: 'c',
        account_id: 'a',
      }),
    ).toEqual({ text: 'Mai', action: 'view.ended', acts_only: true, kind: 'camera', object_id: 'c', account_id: 'a' });
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

describe('who watched', () => {
  const ended = auditEntry({ seq: 4, facts: { view: 'a', began_ms: '1000', ended_ms: '5000' } });
  const began = auditEntry({ seq: 2, action: 'view.began', at_ms: 1000, facts: { view: 'a', began_ms: '1000' } });
  const running = auditEntry({ seq: 3, action: 'view.began', at_ms: 2000, facts: { view: 'b', began_ms: '2000' } });

  it('is one line for each view, with its end when there is one', () => {
    expect(watches([ended, running, began]).map(({ view, from_ms, to_ms }) => [view, from_ms, to_ms])).toEqual([
      ['a', 1000, 5000],
      ['b', 2000, null],
    ]);
  });

  it('keeps an end whose beginning was taken away for age', () => {
    expect(watches([ended])).toHaveLength(1);
  });
});
