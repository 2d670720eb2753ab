import { describe, expect, it } from 'vitest';
import type { RecordingProposal, RecordingStorage, RecordingVolume } from '$lib/api/schema';
import { me, setup } from '../testing/bodies';
import { FakeServer } from '../testing/fake-server';
import { button, click, field, open, text, type, until } from '../testing/render';

function volume(differs: Partial<RecordingVolume> = {}): RecordingVolume {
  return {
    id: 'main',
    condition: 'ok',
    since_ms: 1,
    detail: '',
    total_bytes: 10e12,
    free_bytes: 2e12,
    used_bytes: 7.5e12,
    quota_bytes: 8e12,
    keep_free_bytes: 0.5e12,
    recordings: 240,
    suspended: 0,
    short_bytes: 0,
    oldest_ms: Date.UTC(2026, 9, 25, 5),
    ...differs,
  };
}

function stored(differs: Partial<RecordingStorage> = {}): RecordingStorage {
  const camera = {
    mode: 'continuous',
    state: 'running',
    class_key: 'standard',
    own: false,
    min_days: 15,
    max_days: 30,
  } as const;
  return {
    volumes: [volume()],
    classes: setup().classes,
    cameras: [
      { ...camera, id: 'camera-00001', number: 1, name: 'Ngã tư Quyết Thắng' },
      { ...camera, id: 'camera-00017', number: 17, name: 'Cầu Bản Cá', state: 'suspended', own: true, min_days: 60 },
    ],
    ...differs,
  };
}

const PROPOSAL: RecordingProposal = {
  id: 'change-00001',
  kind: 'early',
  camera_id: 'camera-00017',
  camera_number: 17,
  camera_name: 'Cầu Bản Cá',
  wanted: { from_ms: Date.UTC(2026, 10, 25, 5), to_ms: Date.UTC(2026, 10, 25, 6) },
  document: '12/CV',
  reason: 'Quay nhầm',
  state: 'proposed',
  proposed_by: 'Lò Văn Chỉ',
  proposed_ms: Date.UTC(2026, 10, 25, 7),
  decided_by: '',
  decided_ms: null,
  minutes: '',
  done_ms: null,
  mine: false,
};

function server(may: string[], told = stored()): FakeServer {
  return new FakeServer()
    .always('GET /api/session', { body: { ...me(), may: ['own', 'camera.list', 'camera.read', ...may] } })
    .always('GET /api/recording-storage', { body: told });
}

describe('storage of recordings', () => {
  it('says of each volume how it is, what is on it and what its quota is; who may only look finds nothing to change', async () => {
    open(server([]), '/storage');
    await until(() => text().includes('7,5 TB'));
    for (const said of ['Bình thường', '2,0 TB', '8,0 TB', '240 / 0', '25/10/2026 12:00:00'])
      expect(text()).toContain(said);
    expect(text()).not.toContain('Chờ người thứ hai');
    expect(() => button('Đề xuất đổi…')).toThrow();
  });

  it.each([
    [{ condition: 'full', suspended: 240 }, 'Ổ main đã đầy: không ghi được gì. Đang tạm ngừng: 240 camera.'],
    [{ condition: 'gone' }, 'Ổ main không thấy hoặc báo lỗi: không ghi được gì.'],
    [{ condition: null }, 'Ổ main không có máy ghi nào đang chạy dùng ổ này.'],
    [{ suspended: 3 }, 'Ổ main có camera đang tạm ngừng ghi. Đang tạm ngừng: 3 camera.'],
    [{ short_bytes: 12e9 }, 'Ổ main thiếu 12,0 GB: mọi bản ghi còn lại đang bị khóa'],
  ] as const)('says what is wrong with a volume: %o', async (differs, sentence) => {
    open(server([], stored({ volumes: [volume(differs)] })), '/storage');
    await until(() => text().includes(sentence));
  });

  it('shows which cameras are suspended and which have days of their own', async () => {
    open(server([]), '/storage');
    await until(() => text().includes('Tạm ngừng vì ổ đĩa'));
    click(field('Có thời hạn riêng'));
    await until(() => !text().includes('Ngã tư Quyết Thắng'));
    expect(text()).toContain('Cầu Bản Cá');
  });

  it('lets a second person decide what was proposed about any camera', async () => {
    const answers = server(['recording.keep'])
      .on('GET /api/recording-proposals', { body: [PROPOSAL] })
      .on('POST /api/recording-changes/change-00001/apply', { body: { ...PROPOSAL, state: 'applied' } })
      .on('GET /api/recording-proposals', { body: [] });
    open(answers, '/storage');
    await until(() => text().includes('17 · Cầu Bản Cá'));
    expect(text()).toContain('12/CV: Quay nhầm');
    click(button('Áp dụng'));
    await until(() => text().includes('Không có đề xuất nào đang chờ.'));
  });

  it('proposes other days for a class with a reason, and tells the server exactly that', async () => {
    HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
      this.open = true;
    };
    HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
      this.open = false;
    };
    const answers = server(['recording.keep'])
      .always('GET /api/recording-proposals', { body: [] })
      .on('POST /api/recording-changes', { status: 404, body: { code: 'not_found', detail: '', field: '' } })
      .on('POST /api/recording-changes', { status: 201, body: { ...PROPOSAL, kind: 'class' } });
    open(answers, '/storage');
    await until(() => text().includes('Quan trọng'));
    click(button('Đề xuất đổi…'));
    await until(() => text().includes('Đổi thời hạn của nhóm Quan trọng'));
    const form = field('Lý do').form;
    type('Nhiều nhất (ngày)', '20');
    await until(() => text().includes('nhiều nhất không được ít hơn ít nhất'));
    type('Nhiều nhất (ngày)', '120');
    type('Lý do', 'Theo công văn');
    form?.requestSubmit();
    await until(() => text().includes('Chỉ người phụ trách toàn tỉnh'));
    form?.requestSubmit();
    const sent = await until(() => answers.seen.filter((one) => one.operation === 'POST /api/recording-changes')[1]);
    expect(sent.body).toEqual({
      kind: 'class',
      class_key: 'important',
      min_days: 30,
      max_days: 120,
      priority: 80,
      document: '',
      reason: 'Theo công văn',
    });
    await until(() => text().includes('Đã gửi đề xuất'));
  });
});
