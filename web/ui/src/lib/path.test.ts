import { expect, it } from 'vitest';
import { fill, match } from './path';

it('names the parts of a path', () => {
  expect(match('/cameras/:id', '/cameras/Xy_-9')).toEqual({ id: 'Xy_-9' });
  expect(match('/', '/')).toEqual({});
});

it('takes no other path for its own', () => {
  expect(match('/cameras/:id', '/cameras')).toBeNull();
  expect(match('/cameras/:id', '/cameras/a/b')).toBeNull();
  expect(match('/cameras', '/sites')).toBeNull();
});

it('is not broken by a path that cannot be decoded', () =>
  expect(match('/cameras/:id', '/cameras/%E0%A4%A')).toBeNull());

it('gives back what was filled in', () => {
  const params = { name: 'Tết / QL6' };
  expect(match('/walls/:name', fill('/walls/:name', params))).toEqual(params);
});
