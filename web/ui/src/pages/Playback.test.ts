import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CameraTimeline } from '$lib/api/schema';
import { camera, me, tree } from '../testing/bodies';
import { FakeServer } from '../testing/fake-server';
import { button, field, open, press, text, type, until } from '../testing/render';

const NOON_MS = Date.UTC(2026, 10, 25, 5, 0, 0);
const MINUTE_MS = 60_000;
const CAMERAS = [
  camera({ id: 'camera-00001', number: 1, name: 'Ngã tư Quyết Thắng' }),
  camera({ id: 'camera-00017', number: 17, name: 'Cầu Bản Cá' }),
];
const MAY = me({ may: ['own', 'camera.list', 'camera.view_recorded', 'recording.lock'] });

beforeEach(() => {
  // What is shown here is said by the server alone; pictures are for the real browser.
  vi.stubGlobal('MediaSource', undefined);
  HTMLMediaElement.prototype.pause = () => undefined;
  HTMLMediaElement.prototype.load = () => undefined;
  HTMLVideoElement.prototype.requestVideoFrameCallback = () => 0;
  HTMLVideoElement.prototype.cancelVideoFrameCallback = () => undefined;
});

function timeline(differs: Partial<CameraTimeline> = {}): CameraTimeline {
  return {
    from_ms: NOON_MS - 60 * MINUTE_MS,
    to_ms: NOON_MS + 60 * MINUTE_MS,
    now_ms: NOON_MS + 60 * MINUTE_MS,
    earliest_ms: 0,
    recorded: [{ start_ms: NOON_MS - 30 * MINUTE_MS, end_ms: NOON_MS + 5 * MINUTE_MS }],
    gaps: [
      {
        start_ms: NOON_MS + 5 * MINUTE_MS,
        end_ms: NOON_MS + 9 * MINUTE_MS,
        cause: 'stopped_by',
        fault: '',
        by: 'Lò Văn Kỹ',
        recovered: false,
      },
    ],
    alarms: [
      {
        id: 'alarm-0001',
        kind: 'motion',
        start_ms: NOON_MS + 60_000,
        end_ms: NOON_MS + 70_000,
        zone: '',
        acknowledged: true,
      },
    ],
    more_alarms: false,
    locks: [],
    bookmarks: [],
    ...differs,
  };
}

function server(told: unknown = timeline(), status = 200): FakeServer {
  return new FakeServer()
    .on('GET /api/session', { body: MAY })
    .always('GET /api/tree', { body: tree(CAMERAS) })
    .always('GET /api/cameras/camera-00001/timeline?*', { status, body: told })
    .always('GET /api/cameras/camera-00001/recorded?*', {
      status: 204,
      headers: { 'X-Next-Ms': String(NOON_MS + MINUTE_MS) },
    });
}

const slider = (): HTMLElement | null => document.querySelector('[role=slider]');
const at = (): number => Number(document.querySelector<HTMLElement>('[data-at-ms]')?.dataset['atMs']);

async function opened(answers = server()): Promise<void> {
  open(answers, `/playback?camera=camera-00001&at=${NOON_MS}`);
  await until(
    () => document.querySelector('[data-lane=gap] i') ?? document.querySelector('.line')?.textContent?.trim(),
  );
}

describe('playback', () => {
  it('shows the camera and the moment of the address, and every gap with its cause and who is behind it', async () => {
    await opened();
    expect(text()).toContain('1 · Ngã tư Quyết Thắng');
    expect(text()).toContain('25/11/2026 12:00:00');
    const gap = document.querySelector<HTMLElement>('[data-lane=gap] i');
    expect(gap?.title).toContain('Bị tắt ghi (Lò Văn Kỹ), 25/11/2026 12:05:00');
    expect(document.querySelectorAll('[data-lane=recorded] i')).toHaveLength(1);
    expect(document.querySelectorAll('[data-lane=motion] i')).toHaveLength(1);
    // Somebody has seen it: it does not call any more.
    expect(document.querySelectorAll('[data-lane=alarm] i')).toHaveLength(0);
  });

  it('shows apart what came later from the card of the camera, and keeps its gap', async () => {
    const [gap] = timeline().gaps;
    if (gap === undefined) throw new Error('the timeline has a gap');
    const filled = { ...gap, cause: 'link' as const, by: '', recovered: true };
    await opened(server(timeline({ gaps: [filled] })));
    const [, striped] = document.querySelectorAll<HTMLElement>('[data-lane=recorded] i');
    expect(striped?.title).toContain('Mất kết nối, 25/11/2026 12:05:00');
    expect(striped?.title).toContain('Đã lấy lại từ thẻ nhớ của camera');
    expect(striped?.classList).toContain('card');
    expect(document.querySelector('[data-lane=gap] i')?.classList).toContain('card');
  });

  it('says where nothing is recorded, and moves by keys alone', async () => {
    await opened();
    await until(() => text().includes('Không có bản ghi ở đây.'));
    press(document.body, 'ArrowRight');
    expect(at()).toBe(NOON_MS + 10_000);
    press(document.body, 'PageUp');
    expect(at()).toBe(NOON_MS + 10_000 - 24 * 60 * MINUTE_MS);
    press(document.body, 'ArrowUp');
    expect(text()).toContain('2 ×');
    const before = Number(slider()?.ariaValueMax ?? slider()?.getAttribute('aria-valuemax'));
    press(document.body, '-');
    expect(Number(slider()?.getAttribute('aria-valuemax'))).toBeGreaterThan(before);
  });

  it('goes to the next motion, and says when there is none', async () => {
    await opened();
    press(document.body, 'n');
    await until(() => at() === NOON_MS + 60_000);
    press(document.body, 'n');
    await until(() => text().includes('Không còn chuyển động nào sau lúc này.'));
  });

  it('says how far back this person looks', async () => {
    await opened(server({ code: 'beyond_reach', detail: String(NOON_MS), field: '' }, 403));
    expect(text()).toContain('Vai trò của bạn được xem lại từ 25/11/2026 12:00:00.');
  });

  it('locks a part with a reason, and tells the server exactly what is on the screen', async () => {
    const answers = server().on('POST /api/cameras/camera-00001/recording-locks', {
      status: 201,
      body: { sure_ms: 1, now_ms: 1 },
    });
    HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
      this.open = true;
    };
    HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
      this.open = false;
    };
    await opened(answers);
    press(document.body, 'l');
    await until(() => document.querySelector('dialog form'));
    const reason = field('Lý do');
    reason.value = 'Va chạm';
    reason.dispatchEvent(new Event('input', { bubbles: true }));
    document.querySelector<HTMLFormElement>('dialog form')?.requestSubmit();
    const sent = await until(() => answers.seen.find((one) => one.operation.startsWith('POST')));
    expect(sent.body).toEqual({
      from_ms: NOON_MS - 300_000,
      to_ms: NOON_MS + 300_000,
      kind: 'incident',
      reference: '',
      reason: 'Va chạm',
    });
  });

  it('says from when on a lock is sure while a recorder does not answer', async () => {
    const answers = server().on('POST /api/cameras/camera-00001/recording-locks', {
      status: 201,
      body: { sure_ms: NOON_MS + 1_800_000, now_ms: NOON_MS },
    });
    await opened(answers);
    press(document.body, 'l');
    await until(() => document.querySelector('dialog form'));
    const reason = field('Lý do');
    reason.value = 'Va chạm';
    reason.dispatchEvent(new Event('input', { bubbles: true }));
    document.querySelector<HTMLFormElement>('dialog form')?.requestSubmit();
    await until(() => text().includes('khóa chắc chắn từ 25/11/2026 12:30:00'));
  });

  it('marks a moment with a note, shows the marks in view, goes to one and removes an own one', async () => {
    HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) {
      this.open = true;
    };
    HTMLDialogElement.prototype.close ??= function close(this: HTMLDialogElement) {
      this.open = false;
    };
    const mark = {
      id: 'bookmark-0001',
      at_ms: NOON_MS + 60_000,
      note: 'Xe tải',
      name: 'Lò Văn An',
      shared: true,
      mine: true,
    };
    const answers = server(timeline({ bookmarks: [mark] }))
      .on('POST /api/cameras/camera-00001/bookmarks', { status: 201, body: mark })
      .on('DELETE /api/recording-bookmarks/bookmark-0001', { status: 204 });
    await opened(answers);
    await until(() => document.querySelector('[data-lane=bookmark] i'));
    press(document.body, 'b');
    await until(() => text().includes('Đánh dấu lúc 25/11/2026 12:00:00'));
    expect(text()).toContain('Lò Văn An, chia sẻ');
    type('Ghi chú', 'Biển 26C');
    field('Ghi chú').form?.requestSubmit();
    const sent = await until(() => answers.seen.find((one) => one.operation.startsWith('POST')));
    expect(sent.body).toEqual({ at_ms: NOON_MS, note: 'Biển 26C', shared: false });
    await until(() => text().includes('Đã đánh dấu.'));
    press(document.body, 'b');
    await until(() => text().includes('Đánh dấu lúc'));
    button('Bỏ').click();
    await until(() => text().includes('Đã bỏ dấu trang.'));
    button('Đến').click();
    await until(() => at() === NOON_MS + 60_000);
  });

  it('takes cameras away again', async () => {
    await opened();
    button('Bỏ 1 Ngã tư Quyết Thắng').click();
    await until(() => text().includes('Chọn một camera để xem lại'));
  });
});
