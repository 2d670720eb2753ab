import { expect, it } from 'vitest';
import { i18n } from '$lib/i18n/index.svelte';
import { reason, worse } from './tile-words';
import { command } from './keys';

it('says what is shown only where it is less than what was asked for', () => {
  expect(worse('main', 'main')).toBeNull();
  expect(worse('sub', 'sub')).toBeNull();
  expect(worse('main', 'sub')).toBeNull();
  expect(worse('sub', 'main')).toBe('sub');
  expect(worse('keyframes', 'sub')).toBe('keyframes');
  expect(worse('transcoded', 'main')).toBe('transcoded');
  expect(worse(null, 'main')).toBeNull();
});

it('gives the reason of this screen before that of the camera', () => {
  const said = { kind: 'down', late_s: 0, cause: 'link', problem: null } as const;
  expect(reason(said, i18n.t)).toBe('mất đường truyền');
  expect(reason({ ...said, problem: 'no_right' }, i18n.t)).toBe('Bạn không có quyền xem camera này.');
  expect(reason({ ...said, cause: null }, i18n.t)).toBe('');
});

it('leaves the browser its own keys', () => {
  const plain = { ctrlKey: false, altKey: false, metaKey: false };
  expect(command({ ...plain, key: 'F' })).toEqual({ kind: 'full' });
  expect(command({ ...plain, key: 'f', ctrlKey: true })).toBeNull();
  expect(command({ ...plain, key: 'constructor' })).toBeNull();
  expect(command({ ...plain, key: '7' })).toEqual({ kind: 'digit', digit: '7' });
});
