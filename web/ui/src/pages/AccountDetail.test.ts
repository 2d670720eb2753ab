import { expect, it } from 'vitest';
import type { AccountDetail, HeldGrant } from '$lib/api/schema';
import { me } from '../testing/bodies';
import { FakeServer } from '../testing/fake-server';
import { button, choose, click, open, submit, sure, text, until } from '../testing/render';

const UNIT = { id: 'unit-0000001', name: 'Công an tỉnh', kind: 'province_police' };
const ID = 'account-0002';

function grant(differs: Partial<HeldGrant> = {}): HeldGrant {
  return {
    id: 'grant-000001',
    role: 'duty_officer',
    unit_id: UNIT.id,
    unit: UNIT.name,
    valid_from_ms: Date.UTC(2026, 0, 1),
    valid_to_ms: null,
    holds: true,
    granted_by: 'Quản Trị',
    source: '',
    ...differs,
  };
}

function account(differs: Partial<AccountDetail> = {}): AccountDetail {
  return {
    id: ID,
    login: 'lothib',
    name: 'Lò Thị B',
    locked: false,
    grants: [],
    created_ms: 0,
    password_set_ms: 0,
    must_change_password: false,
    totp: true,
    totp_required: false,
    sso_subject: '',
    history: [grant()],
    ...differs,
  };
}

function server(
  differs: Partial<AccountDetail> = {},
  may = ['own', 'account.list', 'account.manage', 'account.grant'],
) {
  return new FakeServer()
    .on('GET /api/session', { body: me({ may }) })
    .on(`GET /api/accounts/${ID}`, { body: account(differs) })
    .always(`GET /api/accounts/${ID}/sessions`, { body: [] });
}

it('tells every role with its time and who gave it', async () => {
  const over = grant({ id: 'grant-000002', holds: false, valid_from_ms: 1000, valid_to_ms: 2000, granted_by: '' });
  const coming = grant({ id: 'grant-000003', holds: false, valid_from_ms: Date.UTC(2099, 0, 1), valid_to_ms: null });
  open(server({ history: [coming, grant(), over] }), `/accounts/${ID}`);
  await until(() => text().includes('Lò Thị B'));
  const states = [...document.querySelectorAll('tbody tr')].map((row) => row.children[5]?.textContent);
  expect(states).toEqual(['Chưa đến', 'Đang giữ', 'Đã hết']);
  expect(text()).toContain('Thiết lập lần đầu hoặc lệnh tại máy chủ');
  expect([...document.querySelectorAll('tbody button')]).toHaveLength(2);
});

it('ends a role only after asking, and shows the history that came back', async () => {
  const ended = grant({ holds: false, valid_to_ms: Date.UTC(2026, 0, 2) });
  const fake = server().on(`DELETE /api/accounts/${ID}/grants/grant-000001`, { body: account({ history: [ended] }) });
  open(fake, `/accounts/${ID}`);
  await until(() => text().includes('Đang giữ'));
  click(button('Thu lại'));
  await until(() => text().includes('Thu lại vai trò Trực ban – Công an tỉnh?'));
  sure();
  await until(() => text().includes('Đã hết'));
});

it('says in words which duties exclude each other', async () => {
  const fake = server()
    .on('GET /api/roles', { body: ['auditor'] })
    .on('GET /api/units', { body: [UNIT] })
    .on(`POST /api/accounts/${ID}/grants`, {
      status: 409,
      body: { code: 'conflict', detail: 'separation_of_duty:duty_officer:auditor', field: 'role' },
    });
  open(fake, `/accounts/${ID}`);
  await until(() => text().includes('Đang giữ'));
  click(button('Cấp vai trò'));
  await choose(0, 'kiem tra');
  await choose(1, 'cong an');
  submit();
  await until(() => text().includes('hai vai trò “Kiểm tra nhật ký” và “Trực ban” (phân tách nhiệm vụ)'));
});

it('takes the second factor away only after asking', async () => {
  const fake = server().on(`POST /api/accounts/${ID}/reset-totp`, { body: account({ totp: false }) });
  open(fake, `/accounts/${ID}`);
  await until(() => text().includes('Đã cài đặt'));
  click(button('Bỏ xác thực lớp thứ hai'));
  await until(() => text().includes('Bỏ xác thực lớp thứ hai của Lò Thị B?'));
  sure();
  await until(() => text().includes('Đã bỏ xác thực lớp thứ hai.'));
});

it('lists and ends the sessions of another', async () => {
  const session = {
    id: 'session-0001',
    created_ms: 0,
    touched_ms: 0,
    expires_ms: 1,
    address: '10.1.2.3',
    agent: '',
    current: false,
  };
  const fake = new FakeServer()
    .on('GET /api/session', { body: me({ may: ['own', 'account.list', 'account.manage'] }) })
    .on(`GET /api/accounts/${ID}`, { body: account() })
    .on(`GET /api/accounts/${ID}/sessions`, { body: [session] })
    .on(`DELETE /api/accounts/${ID}/sessions/session-0001`)
    .on(`GET /api/accounts/${ID}/sessions`, { body: [] });
  open(fake, `/accounts/${ID}`);
  await until(() => text().includes('10.1.2.3'));
  click(button('Kết thúc'));
  await until(() => text().includes('Không có phiên nào đang chạy.'));
});

it('shows an auditor everything and offers nothing', async () => {
  const fake = server({ sso_subject: 'sub-42' }, ['own', 'account.list']);
  open(fake, `/accounts/${ID}`);
  await until(() => text().includes('Đang giữ'));
  expect(text()).toContain('sub-42');
  expect(document.querySelectorAll('main button')).toHaveLength(0);
  expect(fake.seen.some((one) => one.operation.endsWith('/sessions'))).toBe(false);
});
