import { expect, it } from 'vitest';
import type { Restriction } from '$lib/api/schema';
import { me } from '../testing/bodies';
import { FakeServer } from '../testing/fake-server';
import { button, choose, click, open, submit, sure, text, type, until } from '../testing/render';

const UNIT = { id: 'unit-0000001', name: 'Công an tỉnh', kind: 'province_police' };
const CAMERAS = [
  { id: 'camera-00001', number: 1, name: 'Nhà tạm giữ', site: 'Trụ sở' },
  { id: 'camera-00002', number: 2, name: 'Ngã tư', site: 'QL6' },
];
const PERSON = { id: 'account-0002', login: 'chihuy', name: 'Tòng Thị C', locked: false, grants: [] };

function restriction(differs: Partial<Restriction> = {}): Restriction {
  return {
    id: 'restriction-1',
    name: 'Tạm giữ',
    unit_id: UNIT.id,
    unit: UNIT.name,
    sensitive: true,
    camera_ids: ['camera-00001'],
    rules: [{ account_id: PERSON.id, role: null, allow: true, valid_from_ms: null, valid_to_ms: null, reason: '' }],
    ...differs,
  };
}

function server(may: string[], list: Restriction[]): FakeServer {
  return new FakeServer()
    .on('GET /api/session', { body: me({ may: ['own', 'restriction.list', 'account.list', ...may] }) })
    .on('GET /api/restrictions', { body: list })
    .on('GET /api/accounts', { body: [PERSON] });
}

function dialogs(server: FakeServer): FakeServer {
  return server.on('GET /api/units', { body: [UNIT] }).on('GET /api/restrictions/cameras', { body: CAMERAS });
}

it('closes cameras but for a named person, and says what is missing before', async () => {
  const fake = dialogs(server(['restriction.manage'], []))
    .on('POST /api/restrictions', { status: 201, body: restriction() })
    .on('GET /api/restrictions', { body: [restriction()] });
  open(fake, '/restrictions');
  await until(() => text().includes('Chưa có quy định nào'));
  click(button('Thêm quy định'));
  await until(() => text().includes('1 Nhà tạm giữ'));
  expect(text()).toContain('không ai xem được hình của các camera này');
  submit();
  await until(() => text().includes('Hãy chọn ít nhất một camera.'));
  type('Tên quy định', 'Tạm giữ');
  await choose(0, 'cong an');
  click(document.querySelector('.list input') as HTMLElement);
  click(button('Thêm người hoặc vai trò'));
  await choose(1, 'tong thi');
  submit();
  await until(() => text().includes('Tòng Thị C (chihuy): Được xem, không thời hạn'));
  expect(fake.seen.find((one) => one.operation === 'POST /api/restrictions')?.body).toEqual({
    name: 'Tạm giữ',
    unit_id: UNIT.id,
    sensitive: true,
    camera_ids: ['camera-00001'],
    rules: [{ account_id: PERSON.id, allow: true, valid_from_ms: null, valid_to_ms: null, reason: '' }],
  });
});

it('says that nobody opens a camera to themself', async () => {
  const fake = dialogs(server(['restriction.manage'], [restriction()])).on('PUT /api/restrictions/restriction-1', {
    status: 404,
    body: { code: 'not_found', detail: '', field: 'rules.0' },
  });
  open(fake, '/restrictions');
  await until(() => text().includes('Tòng Thị C'));
  click(button('Sửa'));
  await until(() => text().includes('Quy định Tạm giữ'));
  submit();
  await until(() => text().includes('Không ai tự cho mình'));
});

it('is lifted after asking', async () => {
  const fake = server(['restriction.manage'], [restriction()])
    .on('DELETE /api/restrictions/restriction-1')
    .on('GET /api/restrictions', { body: [] });
  open(fake, '/restrictions');
  await until(() => text().includes('Tạm giữ'));
  click(button('Bỏ quy định'));
  await until(() => text().includes('Bỏ quy định Tạm giữ?'));
  sure();
  await until(() => text().includes('Đã bỏ quy định.'));
});

it('shows an auditor everything and lets nothing be changed', async () => {
  open(dialogs(server([], [restriction()])), '/restrictions');
  await until(() => text().includes('Tạm giữ'));
  click(button('Xem'));
  await until(() => text().includes('1 Nhà tạm giữ'));
  expect(text()).not.toContain('2 Ngã tư');
  expect(document.querySelector<HTMLFieldSetElement>('dialog fieldset')?.disabled).toBe(true);
  expect(() => button('Lưu quy định')).toThrow();
});
