import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { camera, me, tick, tree, truth } from '../testing/bodies';
import { FakeServer } from '../testing/fake-server';
import { open, press, text, until } from '../testing/render';

const NOON_MS = Date.UTC(2026, 10, 25, 5, 0, 0);
const CAMERAS = [
  camera({ id: 'camera-00001', number: 1, name: 'Ngã tư Quyết Thắng' }),
  camera({ id: 'camera-00017', number: 17, name: 'Cầu Bản Cá' }),
];
const CONSOLE = me({
  account_id: 'console-0001',
  login: '',
  name: 'Tường trung tâm',
  roles: ['wall_console'],
  may: ['own', 'camera.list', 'camera.view_live', 'alarm.list'],
  console: true,
});

const BUSY = { status: 503, body: { code: 'unavailable', detail: 'database', field: '' } };

beforeEach(() => {
  vi.stubGlobal('RTCPeerConnection', undefined);
  vi.stubGlobal('MediaSource', undefined);
});

/** Answers nothing but what a console may ask: any other request fails the test. */
function server(): FakeServer {
  return new FakeServer().on('GET /api/session', { body: CONSOLE });
}

function hung(on: FakeServer, size: number, tiles: (string | null)[]): FakeServer {
  return on.on('GET /api/console/wall', { body: { size, tiles } }).on('GET /api/tree', { body: tree(CAMERAS) });
}

function shown(): string[] {
  return [...document.querySelectorAll<HTMLElement>('[data-tile]')].map((each) => each.dataset['cameraId'] ?? '');
}

describe('the wall of a console', () => {
  it('shows what hangs there, whose wall it is and how it is, and nothing that can be opened or pressed', async () => {
    const { sockets, app } = open(hung(server(), 4, ['camera-00001', null, 'camera-00017', null]), '/alarms');
    await until(() => shown().length === 4);
    expect(shown()).toEqual(['camera-00001', '', 'camera-00017', '']);
    expect(location.pathname).toBe('/wall');
    expect(document.querySelectorAll('nav, a, button, input, [tabindex="0"]')).toHaveLength(0);
    sockets.last.say(tick(NOON_MS, { cameras: [truth({ liveness: 'down', cause: 'power', since_ms: NOON_MS })] }));
    await until(() => text().includes('mất điện tại điểm lắp đặt'));
    expect(text()).toContain('Tường trung tâm');
    expect(text()).toContain('0 / 2 ô trực tiếp');
    for (const key of ['1', 'Enter', 'Delete', 'm', 'ArrowRight']) press(document.body, key);
    expect(shown()).toEqual(['camera-00001', '', 'camera-00017', '']);
    app.router.go('/account');
    await until(() => location.pathname === '/wall');
  });

  it('is read again when somebody hangs it anew', async () => {
    const mine = hung(server(), 4, ['camera-00001', null, null, null]);
    const { sockets } = open(mine, '/wall');
    await until(() => shown().length === 4);
    hung(mine, 1, ['camera-00017']);
    sockets.last.say({ type: 'tree' });
    await until(() => shown().length === 1);
    expect(shown()).toEqual(['camera-00017']);
  });

  it('tries again by itself when its wall could not be read', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const mine = server()
      .always('GET /api/session', { body: CONSOLE })
      .on('GET /api/console/wall', BUSY)
      .on('GET /api/tree', { body: tree(CAMERAS) });
    open(mine, '/wall');
    await until(() => text().includes('Màn hình tự thử lại.'));
    hung(mine, 1, ['camera-00001']);
    vi.advanceTimersByTime(5000);
    await until(() => shown().length === 1);
  });

  it('keeps what it shows when it cannot be read again', async () => {
    const mine = hung(server(), 1, ['camera-00001']);
    const { sockets } = open(mine, '/wall');
    await until(() => shown().length === 1);
    mine.on('GET /api/console/wall', BUSY).on('GET /api/tree', { body: tree(CAMERAS) });
    const asked = mine.seen.length;
    sockets.last.say({ type: 'tree' });
    await until(() => mine.seen.length === asked + 2);
    await until(() => shown()[0] === 'camera-00001');
    expect(text()).not.toContain('Màn hình tự thử lại.');
  });

  it('says that no camera was given to it yet', async () => {
    open(hung(server(), 4, [null, null, null, null]), '/wall');
    await until(() => text().includes('Tường này chưa được giao camera nào'));
  });

  it('says that it was stopped, and comes back by itself when it may', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const mine = hung(server(), 1, ['camera-00001']);
    const { sockets } = open(mine, '/wall');
    await until(() => shown().length === 1);
    sockets.last.say({ type: 'signed_out', reason: 'revoked' });
    await until(() => text().includes('Máy trạm này đã dừng'));
    expect(shown()).toEqual([]);
    mine.on('GET /api/session', { status: 401, body: { code: 'not_signed_in', detail: '', field: '' } });
    vi.advanceTimersByTime(15_000);
    await until(() => mine.seen.at(-1)?.operation === 'GET /api/session');
    hung(mine.on('GET /api/session', { body: CONSOLE }), 1, ['camera-00017']);
    vi.advanceTimersByTime(15_000);
    await until(() => shown()[0] === 'camera-00017');
  });

  it('keeps the language that was chosen at its screen and tells nobody', async () => {
    const { app } = open(hung(server(), 1, [null]), '/wall');
    await until(() => app.session.me?.console);
    await app.session.setLanguage('en');
    await until(() => text().includes('No camera was given to this wall yet'));
  });
});
