import { expect, it } from 'vitest';
import type { HearingEvaluation, ReviewedHearing } from '$lib/api/schema';
import { hearing, me } from '../testing/bodies';
import { FakeServer } from '../testing/fake-server';
import { button, click, open, text, until } from '../testing/render';

const ID = 'hearing-00001';
const AT = `/api/hearings/${ID}`;
const SHEET: HearingEvaluation = {
  version: 0,
  title: 'Phiếu nhận xét',
  groups: [{ title: 'Tại phiên tòa', criteria: [{ key: 'manner', text: 'Tác phong', most: 10 }] }],
  name: '',
  mine: true,
  evaluated: '',
  scores: {},
  strengths: '',
  weaknesses: '',
  points: 0,
  most: 10,
  level: '',
  final_ms: null,
};

function reviewed(differs: Partial<ReviewedHearing> = {}): ReviewedHearing {
  return {
    hearing: hearing({ state: 'ended', observes: true }),
    body: 'Viện kiểm sát',
    sheet: 'none',
    sheets: 0,
    minutes: 'none',
    prosecutor: 'Quàng Thị Ngữ',
    people: [],
    ...differs,
  };
}

function observing(value = reviewed()): FakeServer {
  return new FakeServer()
    .on('GET /api/session', { body: me({ may: ['own', 'hearing.list', 'hearing.note'] }) })
    .always(`GET ${AT}/reviewed`, { body: value })
    .on(`GET ${AT}/evaluation`, { body: SHEET });
}

function type(label: string, value: string): void {
  const field = document.querySelector<HTMLInputElement>(`input[aria-label="${label}"]`);
  if (field === null) throw new Error(`no field ${label}`);
  field.value = value;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

it('hands in a sheet only when every criterion has its points, and asks first', async () => {
  const server = observing().on(`PUT ${AT}/evaluation`, {
    body: { ...SHEET, version: 1, scores: { manner: { points: 9, remark: '' } }, points: 9, final_ms: 1 },
  });
  open(server, `/hearings/${ID}/review`);
  await until(() => text().includes('Tác phong'));
  click(button('Nộp phiếu'));
  await until(() => text().includes('Hãy chấm điểm mọi tiêu chí trước khi nộp.'));
  type('Điểm: Tác phong', '9');
  click(button('Nộp phiếu'));
  await until(() => text().includes('Nộp phiếu nhận xét?'));
  click(document.querySelector<HTMLElement>('dialog button.danger') ?? document.body);
  await until(() => text().includes('Đã nộp phiếu nhận xét.'));
  const sent = server.seen.find((one) => one.operation.startsWith('PUT'))?.body;
  expect(sent).toMatchObject({
    version: 0,
    final: true,
    evaluated: 'Quàng Thị Ngữ',
    scores: { manner: { points: 9, remark: '' } },
  });
});

it('keeps what was typed, and says so, when somebody else saved another version', async () => {
  const server = observing().on(`PUT ${AT}/evaluation`, {
    status: 409,
    body: { code: 'conflict', detail: 'changed:2', field: 'version' },
  });
  open(server, `/hearings/${ID}/review`);
  await until(() => text().includes('Tác phong'));
  type('Điểm: Tác phong', '7');
  click(button('Lưu nháp'));
  await until(() => text().includes('Có người vừa lưu bản khác.'));
  expect(document.querySelector<HTMLInputElement>('input[aria-label="Điểm: Tác phong"]')?.value).toBe('7');
});

it('hands in nothing before the hearing is over', async () => {
  open(observing(reviewed({ hearing: hearing({ state: 'open', observes: true }) })), `/hearings/${ID}/review`);
  await until(() => text().includes('Nộp được sau khi phiên tòa kết thúc.'));
  expect(button('Nộp phiếu').hasAttribute('disabled')).toBe(true);
});

it('offers a paper without a signature when the server cannot sign, and takes it only when told to', async () => {
  const path = `GET ${AT}/papers/evaluation.pdf`;
  const server = observing()
    .on(path, { status: 503, body: { code: 'unavailable', detail: 'signing', field: '' } })
    .on(`${path}?signed=false`, { body: 'pdf' });
  URL.createObjectURL = () => 'blob:paper';
  URL.revokeObjectURL = () => undefined;
  HTMLAnchorElement.prototype.click = () => undefined;
  open(server, `/hearings/${ID}/review`);
  await until(() => text().includes('Tác phong'));
  click(button('In (PDF)'));
  await until(() => text().includes('Không ký số được'));
  expect(server.seen.some((one) => one.operation.includes('signed=false'))).toBe(false);
  click(document.querySelector<HTMLElement>('dialog button.danger') ?? document.body);
  await until(() => text().includes('Đã tải evaluation.pdf.'));
});
