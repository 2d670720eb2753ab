import { expect, it } from 'vitest';
import { me } from '../testing/bodies';
import { FakeServer } from '../testing/fake-server';
import { button, choose, click, open, submit, sure, text, type, until } from '../testing/render';

const UNIT = { id: 'unit-0000001', name: 'Công an tỉnh', kind: 'province_police' };
const GRANT = { role: 'duty_officer', unit_id: UNIT.id, unit: UNIT.name, valid_from_ms: null, valid_to_ms: null };
const ACCOUNT = { id: 'account-0002', login: 'lothib', name: 'Lò Thị B', locked: false, grants: [GRANT] };

function administrator(): FakeServer {
  return new FakeServer().on('GET /api/session', { body: me({ may: ['own', 'account.list', 'account.manage'] }) });
}

it('creates a person with several roles and shows the first password once', async () => {
  const server = administrator()
    .on('GET /api/accounts', { body: [] })
    .on('GET /api/roles', { body: ['technician', 'duty_officer'] })
    .on('GET /api/units', { body: [UNIT] })
    .on('POST /api/accounts', { status: 201, body: { account: ACCOUNT, first_password: 'only-once' } })
    .on('GET /api/accounts', { body: [ACCOUNT] });
  open(server, '/accounts');
  await until(() => text().includes('0 trong 0 người'));
  click(button('Tạo tài khoản'));
  await until(() => text().includes('Tạo tài khoản mới'));
  type('Họ và tên', 'Lò Thị B');
  type('Tên đăng nhập', 'lothib');
  await choose(0, 'truc ban');
  await choose(1, 'cong an');
  click(button('Thêm vai trò'));
  await choose(2, 'ky thuat');
  await choose(3, 'cong an');
  submit();
  await until(() => text().includes('only-once'));
  expect(server.seen.find((one) => one.operation === 'POST /api/accounts')?.body).toEqual({
    login: 'lothib',
    name: 'Lò Thị B',
    grants: [
      { role: 'duty_officer', unit_id: UNIT.id },
      { role: 'technician', unit_id: UNIT.id },
    ],
  });
  click(button('Tôi đã chép'));
  await until(() => !text().includes('only-once'));
});

it('says what is missing instead of doing nothing', async () => {
  const server = administrator()
    .on('GET /api/accounts', { body: [] })
    .on('GET /api/roles', { body: ['technician'] })
    .on('GET /api/units', { body: [UNIT] });
  open(server, '/accounts');
  await until(() => text().includes('0 trong 0 người'));
  click(button('Tạo tài khoản'));
  await until(() => server.seen.some((one) => one.operation === 'GET /api/units'));
  submit();
  await until(() => text().includes('Hãy chọn đơn vị.') && text().includes('Hãy chọn vai trò.'));
  expect(server.seen.some((one) => one.operation === 'POST /api/accounts')).toBe(false);
});

it('locks only after asking', async () => {
  const server = administrator()
    .on('GET /api/accounts', { body: [ACCOUNT] })
    .on('POST /api/accounts/account-0002/lock', { body: { ...ACCOUNT, locked: true } })
    .on('GET /api/accounts', { body: [{ ...ACCOUNT, locked: true }] });
  open(server, '/accounts');
  await until(() => text().includes('Trực ban – Công an tỉnh'));
  click(button('Khóa'));
  await until(() => text().includes('Khóa tài khoản của Lò Thị B?'));
  expect(server.seen.some((one) => one.operation.endsWith('/lock'))).toBe(false);
  sure();
  await until(() => text().includes('Đã khóa tài khoản.'));
});
