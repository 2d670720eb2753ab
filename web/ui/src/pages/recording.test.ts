import { describe, expect, it } from 'vitest';
import type { RecordingChange } from '$lib/api/schema';
import { me, setup } from '../testing/bodies';
import { FakeServer } from '../testing/fake-server';
import { button, click, field, open, text, type, until } from '../testing/render';

const CAMERA = {
  id: 'camera-00001',
  number: 1,
  name: 'Ngã tư Quyết Thắng',
  site_id: 'site-0000001',
  site: 'Quyết Thắng',
  unit: 'Công an tỉnh',
  streams: ['main', 'sub'],
  can_view: false,
  motion: true,
  manufacturer: '',
  model: '',
  firmware: '',
  serial: '',
  address: '',
  warnings: [],
  clock_offset_ms: null,
  sensitivity: 50,
  min_duration_s: 0.4,
  zones: [],
  registered_ms: 1,
};
const SETUP = setup({
  plan: { mode: 'continuous', stream: 'main', pre_roll_s: 5, post_roll_s: 10, volumes: [], schedule: [] },
});
const CHANGE: RecordingChange = {
  id: 'change-00001',
  kind: 'camera',
  camera_id: CAMERA.id,
  wanted: { class_key: 'important', min_days: 60, max_days: null },
  document: '12/CV',
  reason: 'Điểm nóng',
  state: 'proposed',
  proposed_by: 'Lò Văn Chỉ',
  proposed_ms: Date.UTC(2026, 10, 25, 5),
  decided_by: '',
  decided_ms: null,
  minutes: '',
  done_ms: null,
  mine: false,
};
const URL = '/api/cameras/camera-00001';

function server(may: string[]): FakeServer {
  return new FakeServer()
    .always('GET /api/session', { body: { ...me(), may: ['own', 'camera.list', 'camera.read', ...may] } })
    .always(`GET ${URL}`, { body: CAMERA })
    .always('GET /api/tree', { body: { nodes: [], cameras: [] } })
    .always('GET /api/sites', { body: [] })
    .always(`GET ${URL}/recording`, { body: SETUP });
}

describe('recording of a camera', () => {
  it('says what holds; whoever may not change it finds nothing to change', async () => {
    open(server([]), '/cameras/camera-00001');
    await until(() => text().includes('Thông thường: giữ chắc chắn 15 ngày, nhiều nhất 30 ngày.'));
    expect((field('Khi nào ghi') as unknown as HTMLSelectElement).disabled).toBe(true);
    expect(text()).not.toContain('Đề xuất');
  });

  it('asks before it stops a recording, and tells the server exactly the plan', async () => {
    const answers = server(['camera.manage']).on(`PUT ${URL}/recording`, {
      body: { ...SETUP, plan: { ...SETUP.plan, mode: 'never' } },
    });
    open(answers, '/cameras/camera-00001');
    await until(() => text().includes('giữ chắc chắn'));
    const mode = field('Khi nào ghi') as unknown as HTMLSelectElement;
    mode.value = 'never';
    mode.dispatchEvent(new Event('change', { bubbles: true }));
    mode.form?.requestSubmit();
    await until(() => text().includes('Dừng ghi camera này?'));
    expect(answers.seen.some((one) => one.operation.startsWith('PUT'))).toBe(false);
    click(button('Dừng ghi'));
    const sent = await until(() => answers.seen.find((one) => one.operation.startsWith('PUT')));
    expect(sent.body).toEqual({
      mode: 'never',
      stream: 'main',
      pre_roll_s: 5,
      post_roll_s: 10,
      volumes: [],
      schedule: [],
    });
  });

  it('lets somebody else apply a proposal, and proposes with a reason', async () => {
    const answers = server(['recording.keep'])
      .on(`GET ${URL}/recording-changes`, { body: [CHANGE] })
      .on('POST /api/recording-changes/change-00001/apply', { body: { ...CHANGE, state: 'applied' } })
      .on(`GET ${URL}/recording-changes`, { body: [{ ...CHANGE, state: 'applied', decided_by: 'Cầm Thị Hai' }] })
      .on(`POST ${URL}/recording-changes`, { status: 201, body: CHANGE })
      .on(`GET ${URL}/recording-changes`, { body: [] });
    open(answers, '/cameras/camera-00001');
    await until(() => text().includes('Quan trọng, 60 – theo nhóm ngày'));
    click(button('Áp dụng'));
    await until(() => text().includes('Đã áp dụng (Cầm Thị Hai)'));
    type('Ít nhất (ngày, để trống: theo nhóm)', '20');
    type('Lý do', 'Theo công văn');
    field('Lý do').form?.requestSubmit();
    const sent = await until(() => answers.seen.find((one) => one.operation === `POST ${URL}/recording-changes`));
    expect(sent.body).toEqual({
      change: {
        kind: 'camera',
        class_key: 'standard',
        min_days: 20,
        max_days: null,
        document: '',
        reason: 'Theo công văn',
      },
    });
    await until(() => text().includes('Chưa có đề xuất nào.'));
  });

  it('offers whoever proposed it to take it back, never to apply it', async () => {
    const answers = server(['recording.keep']).on(`GET ${URL}/recording-changes`, {
      body: [{ ...CHANGE, mine: true }],
    });
    open(answers, '/cameras/camera-00001');
    await until(() => text().includes('Rút lại'));
    expect(() => button('Áp dụng')).toThrow();
  });
});
