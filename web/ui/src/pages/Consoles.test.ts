import { expect, it } from 'vitest';
import type { Console } from '$lib/api/schema';
import { camera, me, tree } from '../testing/bodies';
import { FakeServer } from '../testing/fake-server';
import { button, choose, click, open, submit, sure, text, type, until } from '../testing/render';

const UNIT = { id: 'unit-0000001', name: 'Công an tỉnh', kind: 'province_police' };
const COMMANDER = ['own', 'console.list', 'console.manage', 'console.revoke'];

function wallConsole(differs: Partial<Console> = {}): Console {
  return {
    id: 'console-001',
    name: 'Màn hình lớn',
    unit_id: UNIT.id,
    unit: UNIT.name,
    address: '10.20.0.5',
    wall: { size: 4, tiles: ['camera-00001', null, null, null] },
    state: 'enrolled',
    created_ms: 0,
    created_by: 'Chỉ Huy',
    enrolled_ms: 1,
    seen_ms: 1,
    ...differs,
  };
}

function server(may = COMMANDER): FakeServer {
  return new FakeServer().on('GET /api/session', { body: me({ may }) });
}

it('sets a console up and shows its token once', async () => {
  const created = { console: wallConsole({ state: 'waiting' }), token: 'only-once', token_expires_ms: 86_400_000 };
  const fake = server()
    .on('GET /api/consoles', { body: [] })
    .on('GET /api/units', { body: [UNIT] })
    .on('GET /api/tree', { body: tree([camera(), camera({ id: 'camera-00002', number: 2, can_view: false })]) })
    .on('GET /api/layouts', { body: [] })
    .on('POST /api/consoles', { status: 201, body: created })
    .on('GET /api/consoles', { body: [created.console] });
  open(fake, '/consoles');
  await until(() => text().includes('Chưa có máy trạm nào'));
  click(button('Tạo máy trạm'));
  await until(() => text().includes('Địa chỉ IP'));
  type('Tên', 'Màn hình lớn');
  type('Địa chỉ IP của máy', '10.20.0.5');
  submit();
  await until(() => text().includes('Hãy chọn đơn vị.'));
  await choose(0, 'cong an');
  await choose(2, 'quyet thang');
  submit();
  await until(() => text().includes('only-once'));
  expect(fake.seen.find((one) => one.operation === 'POST /api/consoles')?.body).toEqual({
    name: 'Màn hình lớn',
    unit_id: UNIT.id,
    address: '10.20.0.5',
    wall: { size: 9, tiles: [null, 'camera-00001', null, null, null, null, null, null, null] },
  });
  click(button('Tôi đã chép'));
  await until(() => !text().includes('only-once') && text().includes('Chờ đăng ký'));
});

it('hangs another wall, and says when a camera on it is not theirs', async () => {
  const fake = server()
    .on('GET /api/consoles', { body: [wallConsole()] })
    .on('GET /api/tree', { body: tree([camera()]) })
    .on('GET /api/layouts', { body: [] })
    .on('PUT /api/consoles/console-001/wall', {
      status: 404,
      body: { code: 'not_found', detail: '', field: 'wall.tiles' },
    })
    .on('PUT /api/consoles/console-001/wall', { body: wallConsole() })
    .on('GET /api/consoles', { body: [wallConsole()] });
  open(fake, '/consoles');
  await until(() => text().includes('1 camera trên 4 ô'));
  click(button('Đổi tường'));
  await choose(0, 'de trong');
  await choose(3, 'quyet thang');
  submit();
  await until(() => text().includes('Có camera bạn không được xem'));
  submit();
  await until(() => text().includes('Đã đổi tường của máy trạm.'));
  expect(fake.seen.find((one) => one.operation.startsWith('PUT'))?.body).toEqual({
    size: 4,
    tiles: [null, null, null, 'camera-00001'],
  });
});

it('is revoked after asking, by whoever may, who need not command the wall', async () => {
  const fake = server(['own', 'console.list', 'console.revoke'])
    .on('GET /api/consoles', { body: [wallConsole()] })
    .on('POST /api/consoles/console-001/revoke', { body: wallConsole({ state: 'revoked' }) })
    .on('GET /api/consoles', { body: [wallConsole({ state: 'revoked' })] });
  open(fake, '/consoles');
  await until(() => text().includes('Đang dùng'));
  expect(() => button('Đổi tường')).toThrow();
  expect(() => button('Tạo máy trạm')).toThrow();
  click(button('Thu hồi'));
  await until(() => text().includes('Thu hồi máy trạm Màn hình lớn?'));
  sure();
  await until(() => text().includes('Đã thu hồi'));
});
