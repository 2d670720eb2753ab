import { beforeEach, describe, expect, it, vi } from 'vitest';
import { camera, me, tick, tree, truth } from '../testing/bodies';
import { FakeServer } from '../testing/fake-server';
import { button, click, open, press, text, until } from '../testing/render';

const NOON_MS = Date.UTC(2026, 10, 25, 5, 0, 0);
const CAMERAS = [
  camera({ id: 'camera-00001', number: 1, name: 'Ngã tư Quyết Thắng' }),
  camera({ id: 'camera-00017', number: 17, name: 'Cầu Bản Cá' }),
  camera({ id: 'camera-00099', number: 99, name: 'Kho bạc', can_view: false }),
];
const LAST = { name: '', size: 4, tiles: ['camera-00001', null, null, 'camera-gone'] };

beforeEach(() => {
  // No way for pictures: what is shown here is said by the server alone.
  vi.stubGlobal('RTCPeerConnection', undefined);
  vi.stubGlobal('MediaSource', undefined);
});

function wall(layouts: unknown[] = [LAST]): FakeServer {
  return new FakeServer()
    .on('GET /api/session', { body: me() })
    .on('GET /api/tree', { body: tree(CAMERAS) })
    .on('GET /api/layouts', { body: layouts });
}

function tile(index: number): HTMLElement {
  const found = document.querySelector<HTMLElement>(`[data-tile="${index}"]`);
  if (found === null) throw new Error(`no tile ${index}`);
  return found;
}

function shown(): string[] {
  return [...document.querySelectorAll<HTMLElement>('[data-tile]')].map((each) => each.dataset['cameraId'] ?? '');
}

async function opened(server = wall()) {
  const screen = open(server, '/wall');
  await until(() => document.querySelector('[data-tile]'));
  return screen;
}

function keys(...all: string[]): void {
  for (const key of all) press(document.querySelector('[aria-current=true]') ?? document.body, key);
}

describe('the wall', () => {
  it('is the one that was used last, each tile saying what is known of its camera', async () => {
    const { sockets } = await opened();
    expect(shown()).toEqual(['camera-00001', '', '', 'camera-gone']);
    expect(tile(0).dataset['state']).toBe('connecting');
    expect(tile(1).dataset['state']).toBe('empty');
    expect(tile(3).textContent).toContain('Không có quyền xem camera này.');
    sockets.last.say(tick(NOON_MS, { cameras: [truth({ liveness: 'down', cause: 'power', since_ms: NOON_MS })] }));
    await until(() => tile(0).dataset['state'] === 'down');
    expect(tile(0).textContent).toContain('mất điện tại điểm lắp đặt');
    expect(tile(0).textContent).toContain('từ 12:00:00');
    expect(text()).toContain('0 / 2 ô trực tiếp');
  });

  it('shows the first cameras that may be seen when it is used for the first time', async () => {
    await opened(wall([]));
    expect(shown().slice(0, 3)).toEqual(['camera-00001', 'camera-00017', '']);
    expect(shown()).toHaveLength(16);
  });

  it('is arranged by keys alone, and saved by itself', async () => {
    const { server } = await opened();
    server.on('PUT /api/layouts/last', { body: {} });
    keys('ArrowRight', '1', '7');
    await until(() => text().includes('Camera số 17: Cầu Bản Cá'));
    keys('Enter');
    await until(() => shown()[1] === 'camera-00017');
    keys('ArrowLeft', 'Delete');
    await until(() => shown()[0] === '');
    await until(() => server.seen.at(-1)?.operation === 'PUT /api/layouts/last');
    expect(server.seen.at(-1)?.body).toEqual({
      name: '',
      size: 4,
      tiles: [null, 'camera-00017', null, 'camera-gone'],
    });
  });

  it('has no place for a camera that may not be seen, and says so', async () => {
    await opened();
    keys('ArrowRight', '9', '9', 'Enter');
    await until(() => text().includes('không có camera này'));
    expect(shown()[1]).toBe('');
  });

  it('enlarges a tile by Enter and reduces it by Esc', async () => {
    await opened();
    keys('Enter');
    await until(() => tile(0).classList.contains('large'));
    keys('Escape');
    await until(() => !tile(0).classList.contains('large'));
  });

  it('finds a camera without accents from an empty tile, and puts the first that is found there', async () => {
    const { server } = await opened();
    server.on('PUT /api/layouts/last', { body: {} });
    keys('ArrowRight', 'Enter');
    const search = await until(() => document.querySelector<HTMLInputElement>('.panel input'));
    await until(() => document.activeElement === search);
    search.value = 'ban ca';
    search.dispatchEvent(new Event('input', { bubbles: true }));
    await until(() => document.querySelectorAll('[role=treeitem]').length === 1);
    press(search, 'Enter');
    await until(() => shown()[1] === 'camera-00017');
    await until(() => server.seen.at(-1)?.operation === 'PUT /api/layouts/last');
  });

  it('offers what can be done with a tile in a menu', async () => {
    await opened();
    keys('m');
    await until(() => document.querySelector('[role=menu]'));
    expect(document.activeElement?.textContent).toContain('Phóng to');
    press(document.activeElement as Element, 'ArrowDown');
    expect(document.activeElement?.textContent).toContain('Lưu ảnh chụp');
    click(document.activeElement as HTMLElement);
    await until(() => text().includes('Ô này chưa có hình để lưu.'));
    expect(document.querySelector('[role=menu]')).toBeNull();
  });

  it('is kept under a name, opened and deleted again', async () => {
    const { server } = await opened();
    server.on('PUT /api/layouts/%C4%90%C3%AAm', { body: {} });
    click(button('Lưu bố trí…'));
    const name = await until(() => document.querySelector<HTMLInputElement>('dialog input'));
    name.value = 'Đêm';
    name.dispatchEvent(new Event('input', { bubbles: true }));
    name.form?.dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true }));
    await until(() => text().includes('Đã lưu bố trí “Đêm”.'));
    expect([...document.querySelectorAll('option')].map((each) => each.textContent)).toContain('Đêm');
  });

  it('says why it cannot be shown, and tries again on request', async () => {
    const server = new FakeServer()
      .on('GET /api/session', { body: me() })
      .on('GET /api/tree', { status: 503, body: { code: 'unavailable', detail: 'database', field: '' } })
      .on('GET /api/layouts', { body: [] });
    open(server, '/wall');
    await until(() => text().includes('Cơ sở dữ liệu đang bận.'));
    server.on('GET /api/tree', { body: tree(CAMERAS) }).on('GET /api/layouts', { body: [LAST] });
    click(button('Thử lại'));
    await until(() => document.querySelector('[data-tile]'));
  });
});
