import { expect, it } from 'vitest';
import { auditEntry, me } from '../testing/bodies';
import { FakeServer } from '../testing/fake-server';
import { button, click, open, text, type, until } from '../testing/render';

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
  expect(text()).toContain('xem từ 07:00:01 đến 07:01:01');
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
  document.querySelector('form')?.dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true }));
  await until(() => text().includes('Lò Thị Mai'));
  expect(document.querySelector<HTMLAnchorElement>('a[download]')?.getAttribute('href')).toBe(
    '/api/audit.csv?text=Mai',
  );
});
