import { beforeEach, describe, expect, it, vi } from 'vitest';
import { alarm, camera, me, tree } from '../testing/bodies';
import { FakeServer } from '../testing/fake-server';
import { button, click, open, press, text, until } from '../testing/render';
import { MOMENT_MS } from './alarms/looked';

const NOON_MS = Date.UTC(2026, 10, 25, 5, 0, 0);
const CAMERAS = [
  camera({ id: 'camera-00001', number: 1, name: 'Ngã tư Quyết Thắng' }),
  camera({ id: 'camera-00017', number: 17, name: 'Cầu Bản Cá' }),
];
const FIRST = alarm({ id: 'alarm-0001', has_snapshot: true });
const SECOND = alarm({
  id: 'alarm-0002',
  camera_id: 'camera-00017',
  camera_number: 17,
  camera_name: 'Cầu Bản Cá',
  start_ms: NOON_MS - 1000,
  has_snapshot: true,
});
const OPEN = 'GET /api/alarms?unacknowledged=true';

/** How far the page's clock is ahead of the computer's. */
let ahead_ms = 0;

beforeEach(() => {
  ahead_ms = 0;
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + ahead_ms);
});

function page(alarms = [FIRST, SECOND]) {
  return { alarms, next_before_ms: null, unacknowledged: alarms.length };
}

function server(alarms = [FIRST, SECOND]): FakeServer {
  return new FakeServer()
    .on('GET /api/session', { body: me() })
    .on('GET /api/tree', { body: tree(CAMERAS) })
    .on(OPEN, { body: page(alarms) });
}

function acknowledged(one = FIRST) {
  return { body: { ...one, acknowledged_ms: NOON_MS, acknowledged_by: 'Lò Văn Trực' } };
}

function chosen(): string {
  return document.querySelector<HTMLElement>('[role=option][aria-selected=true]')?.dataset['id'] ?? '';
}

/** The picture of the chosen alarm has come, and a moment has passed. */
function look(): void {
  document.querySelector('article img')?.dispatchEvent(new Event('load'));
  ahead_ms += MOMENT_MS;
}

function asked(on: FakeServer): string[] {
  return on.seen.filter((one) => one.operation.startsWith('POST')).map((one) => one.operation);
}

describe('alarms', () => {
  it('are acknowledged one by one by key: a second press does not reach the alarm that has only just come up', async () => {
    const mine = server().on('POST /api/alarms/alarm-0001/acknowledge', acknowledged());
    open(mine, '/alarms');
    await until(() => chosen() === 'alarm-0001');
    look();
    press(document.body, 'a');
    await until(() => chosen() === 'alarm-0002');
    expect(text()).toContain('Đã tiếp nhận cảnh báo.');
    press(document.body, 'a');
    await until(() => text().includes('hãy xem hình rồi mới tiếp nhận'));
    document.querySelector('article img')?.dispatchEvent(new Event('load'));
    press(document.body, 'a');
    click(button('Tiếp nhận'));
    expect(asked(mine)).toEqual(['POST /api/alarms/alarm-0001/acknowledge']);
    ahead_ms += MOMENT_MS;
    mine.on('POST /api/alarms/alarm-0002/acknowledge', acknowledged(SECOND));
    press(document.body, 'a');
    await until(() => asked(mine).length === 2);
    await until(() => text().includes('0 chưa tiếp nhận'));
  });

  it('that are new wait beside the list until they are asked for', async () => {
    const mine = server([FIRST]).on('POST /api/alarms/alarm-0001/acknowledge', acknowledged());
    const { sockets } = open(mine, '/alarms');
    await until(() => text().includes('1 chưa tiếp nhận'));
    sockets.last.say({ type: 'alarm', alarm: alarm({ id: 'alarm-0002', camera_name: 'Cầu Trắng' }) });
    await until(() => text().includes('1 cảnh báo mới – hiện'));
    expect(text()).not.toContain('Cầu Trắng');
    look();
    press(document.body, 'a');
    await until(() => text().includes('Lò Văn Trực tiếp nhận lúc'));
    press(document.body, 'n');
    await until(() => text().includes('Cầu Trắng'));
  });

  it('that have no picture are looked at, too, before they can be acknowledged', async () => {
    const mine = server([alarm()]);
    open(mine, '/alarms');
    await until(() => text().includes('Không có ảnh chụp'));
    press(document.body, 'a');
    await until(() => text().includes('hãy xem hình rồi mới tiếp nhận'));
    mine.on('POST /api/alarms/alarm-0001/acknowledge', acknowledged());
    ahead_ms += MOMENT_MS;
    press(document.body, 'a');
    await until(() => text().includes('Đã tiếp nhận cảnh báo.'));
  });

  it('are not acknowledged by a key that is held down, nor by letters that are written', async () => {
    const mine = server();
    open(mine, '/alarms');
    await until(() => chosen() === 'alarm-0001');
    look();
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', repeat: true, bubbles: true }));
    press(document.querySelector('[role=combobox]') as Element, 'a');
    const note = document.body.appendChild(document.createElement('textarea'));
    press(note, 'a');
    expect(asked(mine)).toEqual([]);
    expect(chosen()).toBe('alarm-0001');
  });

  it('are asked for anew when all are wanted, and for one camera when one is chosen', async () => {
    const mine = server();
    open(mine, '/alarms');
    await until(() => chosen() === 'alarm-0001');
    mine.on('GET /api/alarms?unacknowledged=false', { body: page([alarm({ id: 'alarm-0009' })]) });
    click([...document.querySelectorAll<HTMLElement>('input[type=radio]')].at(-1) as HTMLElement);
    await until(() => chosen() === 'alarm-0009');
    mine.on('GET /api/alarms?camera_id=camera-00017&unacknowledged=false', { body: page([SECOND]) });
    const cameraField = document.querySelector<HTMLInputElement>('[role=combobox]') as HTMLInputElement;
    cameraField.focus();
    click(cameraField);
    cameraField.value = 'ban ca';
    cameraField.dispatchEvent(new Event('input', { bubbles: true }));
    await until(() => text().includes('17 · Cầu Bản Cá'));
    press(cameraField, 'Enter');
    await until(() => chosen() === 'alarm-0002');
    expect(document.querySelectorAll('.halves [role=option]')).toHaveLength(1);
  });

  it('of one camera are shown from the start when its page led here, and others are not mixed in', async () => {
    const mine = new FakeServer()
      .on('GET /api/session', { body: me() })
      .on('GET /api/tree', { body: tree(CAMERAS) })
      .on('GET /api/alarms?camera_id=camera-00017&unacknowledged=true', { body: page([SECOND]) });
    const { sockets } = open(mine, '/alarms?camera=camera-00017');
    await until(() => chosen() === 'alarm-0002');
    sockets.last.say({ type: 'alarm', alarm: alarm({ id: 'alarm-0003' }) });
    sockets.last.say({ type: 'alarm', alarm: { ...SECOND, id: 'alarm-0004', start_ms: NOON_MS } });
    await until(() => text().includes('1 cảnh báo mới – hiện'));
    press(document.body, 'n');
    await until(() => document.querySelectorAll('.halves [role=option]').length === 2);
  });
});
