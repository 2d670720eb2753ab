import { expect, it, vi } from 'vitest';
import { auditEntry, me } from '../testing/bodies';
import { FakeServer } from '../testing/fake-server';
import { button, click, open, submit, text, type, until } from '../testing/render';

function auditor(): FakeServer {
  return new FakeServer().on('GET /api/session', { body: me({ may: ['own', 'audit.read'] }) });
}

it('shows who watched what, and goes on with older rows', async () => {
  const seen = { began_ms: '0', ended_ms: '61000' };
  const server = auditor()
    .on('GET /api/audit', {
      body: { entries: [auditEntry({ seq: 9, facts: { ...seen, began_ms: '1000' } })], next_before: 9 },
    })
    .on('GET /api/audit?before=9', {
      body: { entries: [auditEntry({ seq: 8, action: 'sign_in.refused', name: '', label: '' })], next_before: null },
    });
  open(server, '/audit');
  await until(() => text().includes('Lò Thị Mai'));
  expect(text()).toContain('Thôi xem');
  expect(text()).toContain('xem từ 01/01/1970 07:00:01 đến 01/01/1970 07:01:01');
  click(button('Cũ hơn'));
  await until(() => text().includes('Người lạ'));
});

it('asks the server for what is searched', async () => {
  const server = auditor()
    .on('GET /api/audit', { body: { entries: [], next_before: null } })
    .on('GET /api/audit?text=Mai', { body: { entries: [auditEntry()], next_before: null } });
  open(server, '/audit');
  await until(() => text().includes('Không có dòng nào như vậy'));
  type('Người, địa chỉ, đối tượng hoặc dữ kiện', 'Mai');
  submit();
  await until(() => text().includes('Lò Thị Mai'));
  expect(document.querySelector<HTMLAnchorElement>('a[download]')?.getAttribute('href')).toBe(
    '/api/audit.csv?text=Mai',
  );
});

it('stays with what was searched while the fields change, and says so', async () => {
  const server = auditor()
    .on('GET /api/audit', { body: { entries: [auditEntry({ seq: 9 })], next_before: 9 } })
    .on('GET /api/audit?before=9', { body: { entries: [auditEntry({ seq: 8 })], next_before: null } });
  open(server, '/audit');
  await until(() => text().includes('Lò Thị Mai'));
  type('Người, địa chỉ, đối tượng hoặc dữ kiện', 'Mai');
  expect(text()).toContain('Điều kiện đã đổi nhưng chưa tìm');
  expect(document.querySelector<HTMLAnchorElement>('a[download]')?.getAttribute('href')).toBe('/api/audit.csv');
  click(button('Cũ hơn'));
  await until(() => document.querySelectorAll('tbody tr').length === 2);
});

it('says why older rows do not come, and asks for them again', async () => {
  const server = auditor()
    .on('GET /api/audit', { body: { entries: [auditEntry({ seq: 9 })], next_before: 9 } })
    .on('GET /api/audit?before=9', { status: 503, body: { code: 'unavailable', detail: 'database', field: '' } })
    .on('GET /api/audit?before=9', { body: { entries: [auditEntry({ seq: 8 })], next_before: null } });
  open(server, '/audit');
  await until(() => text().includes('Lò Thị Mai'));
  click(button('Cũ hơn'));
  await until(() => text().includes('Cơ sở dữ liệu đang bận'));
  click(button('Thử lại'));
  await until(() => document.querySelectorAll('tbody tr').length === 2);
});

it('prints everything that was searched, with who made the report', async () => {
  const print = vi.fn();
  vi.stubGlobal('print', print);
  const server = auditor()
    .on('GET /api/audit', { body: { entries: [auditEntry({ seq: 9 })], next_before: 9 } })
    .on('GET /api/audit?before=9', { body: { entries: [auditEntry({ seq: 8 })], next_before: null } });
  open(server, '/audit');
  await until(() => text().includes('Lò Thị Mai'));
  click(button('In báo cáo'));
  await until(() => print.mock.calls.length === 1);
  expect(text()).toContain('2, từ dòng 8 đến dòng 9');
  expect(text()).toContain('Lò Văn Trực (trucban)');
  expect(text()).toContain('từ đầu nhật ký đến lúc lập báo cáo');
  vi.unstubAllGlobals();
});

it('shows from when to when each watched a camera, and who still does', async () => {
  const began = { view: 'v1', began_ms: '1000' };
  const server = auditor().on('GET /api/cameras/camera-00001/watchers', {
    body: {
      entries: [
        auditEntry({ seq: 3, action: 'view.ended', facts: { ...began, ended_ms: '61000' } }),
        auditEntry({ seq: 2, action: 'view.began', name: 'Lò Văn B', facts: { view: 'v2', began_ms: '2000' } }),
        auditEntry({ seq: 1, action: 'view.began', facts: began }),
      ],
      next_before: null,
    },
  });
  open(server, '/cameras/camera-00001/watchers');
  await until(() => text().includes('Ai đã xem camera 1 Ngã tư Quyết Thắng'));
  const rows = [...document.querySelectorAll('tbody tr')].map((row) => row.textContent?.replace(/\s+/g, ' ').trim());
  expect(rows).toHaveLength(2);
  expect(rows[0]).toContain('01/01/1970 07:00:01 01/01/1970 07:01:01 01:00');
  expect(rows[1]).toContain('Lò Văn B');
  expect(rows[1]).toContain('chưa thôi xem');
});
