import { describe, expect, it } from 'vitest';
import { Api, path } from './api';
import { FakeServer } from '../testing/fake-server';

function client(server: FakeServer, onSignedOut = () => {}): Api {
  return new Api({ fetch: server.fetch, csrf: () => 'token', onSignedOut });
}

describe('a path', () => {
  it('is filled in and escaped', () =>
    expect(path('/api/layouts/{name}', { params: { name: 'Tết / 1' } })).toBe('/api/layouts/T%E1%BA%BFt%20%2F%201'));

  it('has no query for what is not asked', () =>
    expect(path('/api/alarms', { query: { before_ms: null, camera_id: undefined, unacknowledged: true } })).toBe(
      '/api/alarms?unacknowledged=true',
    ));
});

describe('a request', () => {
  it('that only reads carries no CSRF token, one that changes does', async () => {
    const server = new FakeServer().on('GET /api/sites', { body: [] }).on('DELETE /api/session');
    const api = client(server);
    await api.call('GET /api/sites');
    await api.call('DELETE /api/session');
    expect(server.seen.map((one) => one.headers.get('X-CSRF-Token'))).toEqual([null, 'token']);
  });

  it('ends as the code that the server gave, with how long to wait', async () => {
    const error = { code: 'too_many', detail: '', field: '' };
    const server = new FakeServer().on('GET /api/sites', { status: 429, body: error, headers: { 'Retry-After': '5' } });
    expect(await client(server).call('GET /api/sites')).toEqual({ kind: 'failed', ...error, retryAfter_s: 5 });
  });

  it('tells that the session is over, but not for a wrong password', async () => {
    let told = 0;
    const answer = (code: string) => ({ status: 401, body: { code, detail: '', field: '' } });
    const server = new FakeServer()
      .on('POST /api/session', answer('wrong_login'))
      .on('GET /api/sites', answer('not_signed_in'));
    const api = client(server, () => (told += 1));
    await api.call('POST /api/session', { body: { login: 'a', password: 'b' } });
    expect(told).toBe(0);
    await api.call('GET /api/sites');
    expect(told).toBe(1);
  });

  it('ends as offline without a network and as aborted when it was given up', async () => {
    const refused = new Api({ fetch: () => Promise.reject(new TypeError('x')), csrf: () => '', onSignedOut: () => {} });
    expect(await refused.call('GET /api/sites')).toMatchObject({ kind: 'failed', code: 'offline' });
    const given = new AbortController();
    given.abort();
    expect(await refused.call('GET /api/sites', { signal: given.signal })).toEqual({ kind: 'aborted' });
  });

  it('ends as unavailable or unreadable when something else than our server answers', async () => {
    const gateway = client(new FakeServer().on('GET /api/sites', { status: 502, body: 'Bad gateway' }));
    expect(await gateway.call('GET /api/sites')).toMatchObject({ code: 'unavailable' });
    const html = new Api({ fetch: async () => new Response('<html>'), csrf: () => '', onSignedOut: () => {} });
    expect(await html.call('GET /api/sites')).toMatchObject({ code: 'unreadable' });
  });

  it('sends what is not JSON as it is', async () => {
    const server = new FakeServer().on('POST /api/cameras/camera-00001/whep?stream=sub', { status: 201 });
    const fetch = server.fetch;
    let sent: RequestInit = {};
    const api = new Api({
      fetch: (where, init) => fetch(where, { ...(sent = init), body: null }),
      csrf: () => 'token',
      onSignedOut: () => {},
    });
    const answer = await api.send('POST /api/cameras/{camera_id}/whep', {
      params: { camera_id: 'camera-00001' },
      query: { stream: 'sub' },
      body: 'v=0',
      headers: { 'Content-Type': 'application/sdp' },
    });
    expect(answer.kind).toBe('ok');
    expect(sent.body).toBe('v=0');
    expect(new Headers(sent.headers).get('Content-Type')).toBe('application/sdp');
  });
});
