import { expect, it } from 'vitest';
import type { ExtractionDetail } from '$lib/api/schema';
import { me } from '../testing/bodies';
import { FakeServer } from '../testing/fake-server';
import { button, click, field, open, submit, text, type, until } from '../testing/render';

const ID = 'extraction-0001';
const MAY = ['own', 'evidence.request'] as const;

function extraction(differs: Partial<ExtractionDetail> = {}): ExtractionDetail {
  return {
    id: ID,
    number: '7/2026',
    state: 'requested',
    unit: 'Công an tỉnh',
    asking_body: 'Cơ quan CSĐT',
    document: '125/CV-CSĐT',
    requester: 'Lò Văn Anh',
    purpose: 'Xác minh',
    requested_by: 'Trực ban',
    requested_ms: 1,
    decided_by: '',
    decided_ms: null,
    decision: '',
    fault: '',
    done_bytes: 0,
    total_bytes: 0,
    mine: false,
    incident_id: null,
    ready_ms: null,
    manifest_sha256: '',
    package_bytes: 0,
    seal_number: '',
    recipient: '',
    recipient_office: '',
    medium: '',
    handed_by: '',
    handed_ms: null,
    received_by: '',
    received_ms: null,
    receipt_note: '',
    parts: [],
    hidden: 0,
    ...differs,
  };
}

function server(one: ExtractionDetail, may: readonly string[] = [...MAY, 'evidence.approve']): FakeServer {
  return new FakeServer()
    .on('GET /api/session', { body: me({ may: [...may] }) })
    .on(`GET /api/extractions/${ID}`, { body: one });
}

it('offers approval to whoever may, and never to whoever asked', async () => {
  open(server(extraction({ mine: true })), `/extractions/${ID}`);
  await until(() => text().includes('Người lập không tự duyệt'));
  expect(() => button('Duyệt')).toThrow();
  expect(button('Hủy yêu cầu')).toBeTruthy();
});

it('hands over with a seal number, and prints the minutes then', async () => {
  const ready = extraction({ state: 'ready', ready_ms: 2, manifest_sha256: 'ab'.repeat(32), package_bytes: 5_000_000 });
  const handed = { ...ready, state: 'handed_over' as const, handed_ms: 3, seal_number: 'NP-1', handed_by: 'Chỉ huy' };
  const fake = server(ready).on(`POST /api/extractions/${ID}/hand-over`, { body: handed });
  open(fake, `/extractions/${ID}`);
  await until(() => text().includes('ab'.repeat(32)));
  expect(button('Tải gói (ZIP)').getAttribute('href')).toBe(`/api/extractions/${ID}/package.zip`);
  click(button('Giao dữ liệu'));
  await until(() => field('Người nhận').value === 'Lò Văn Anh');
  type('Vật chứa', 'USB 64 GB');
  type('Số niêm phong', 'NP-1');
  submit();
  await until(() => text().includes('Đã ghi việc giao. Hãy in biên bản.'));
  expect(fake.seen.find((one) => one.operation.startsWith('POST'))?.body).toEqual({
    recipient: 'Lò Văn Anh',
    office: 'Cơ quan CSĐT',
    medium: 'USB 64 GB',
    seal_number: 'NP-1',
  });
  expect(button('Biên bản giao nhận (PDF)').getAttribute('href')).toBe(`/api/extractions/${ID}/minutes.pdf`);
});

it('says in words why a job stands still, and lets it go on', async () => {
  const stopped = extraction({ state: 'stopped', fault: 'disk_full', done_bytes: 5_000_000, total_bytes: 9_000_000 });
  const fake = server(stopped, MAY).on(`POST /api/extractions/${ID}/resume`, {
    body: extraction({ state: 'ready', ready_ms: 1 }),
  });
  open(fake, `/extractions/${ID}`);
  await until(() => text().includes('Ổ đĩa chứa gói đã đầy.'));
  click(button('Chạy tiếp'));
  await until(() => text().includes('Đã có gói'));
});
