import { expect, it } from 'vitest';
import type { HearingDetail, HearingDone, HearingMessage } from '$lib/api/schema';
import { hearing, me, tick } from '../testing/bodies';
import { FakeServer } from '../testing/fake-server';
import { button, click, field, open, pick, press, text, until } from '../testing/render';

const ID = 'hearing-00001';
const AT = `GET /api/hearings/${ID}`;

function signedIn(...may: string[]): FakeServer {
  return new FakeServer()
    .on('GET /api/session', { body: me({ may: ['own', 'hearing.list', ...may], name: 'Hoàng Văn Quan' }) })
    .always(`GET /api/hearings/${ID}/watchers`, { body: [] })
    .always(`GET /api/hearings/${ID}/room-checks`, { body: [] })
    .always(`GET /api/hearings/${ID}/notes`, { body: [] });
}

function done(value: HearingDetail, differs: Partial<HearingDone> = {}): HearingDone {
  return { hearing: value, confirmed: true, latest_ms: 0, took_ms: 120, ...differs };
}

function told(differs: Partial<HearingMessage> = {}): HearingMessage {
  return { type: 'hearing', hearing_id: ID, version: 2, card: null, expected_ms: null, ...differs };
}

it('leads the clerk to the desk and an observer to the pictures', async () => {
  const server = signedIn().always('GET /api/hearings', {
    body: [hearing(), hearing({ id: 'hearing-00002', title: 'Phiên kín', observes: true, card: 'closed' })],
  });
  open(server, '/hearings');
  await until(() => text().includes('Phiên kín'));
  expect(button('Bàn thư ký').getAttribute('href')).toBe(`/hearings/${ID}`);
  expect(button('Xem').getAttribute('href')).toBe('/watch?h=hearing-00002');
  expect(document.body.textContent).not.toContain('Lên lịch phiên tòa');
});

it('cuts by one key, whatever else is being done, and says who has confirmed', async () => {
  const server = signedIn('hearing.manage', 'hearing.cut')
    .on(AT, { body: hearing() })
    .on(`POST /api/hearings/${ID}/cut`, { body: done(hearing({ version: 2, cut: true, card: 'cut', acts: ['end'] })) });
  open(server, `/hearings/${ID}`);
  await until(() => text().includes('Bước tiếp theo'));
  press(document.body, 'n');
  await until(() => text().includes('mọi máy chủ hình đã xác nhận sau 0,12 giây'));
  expect(text()).toContain('ĐÃ NGẮT TRUYỀN');
  expect(text()).toContain('Chỉ chủ tọa của phiên tòa này được cho truyền lại.');
});

it('says when a media server has not confirmed a cut, and when the last picture ends at the latest', async () => {
  const server = signedIn('hearing.manage', 'hearing.cut')
    .on(AT, { body: hearing() })
    .on(`POST /api/hearings/${ID}/cut`, {
      body: done(hearing({ version: 2, cut: true, card: 'cut' }), {
        confirmed: false,
        latest_ms: Date.UTC(2026, 10, 25, 2, 0, 9),
      }),
    });
  open(server, `/hearings/${ID}`);
  await until(() => text().includes('Bước tiếp theo'));
  press(document.body, 'N');
  await until(() => text().includes('chậm nhất lúc 09:00:09'));
});

it('marks a stage by its number, and does not repeat it while the key is held', async () => {
  const server = signedIn('hearing.manage')
    .on(AT, { body: hearing() })
    .on(`POST /api/hearings/${ID}/stage`, { body: done(hearing({ version: 2, stage: 'debate' })) });
  open(server, `/hearings/${ID}`);
  await until(() => text().includes('Giai đoạn'));
  press(document.body, '5');
  document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '5', bubbles: true, repeat: true }));
  await until(() => text().includes('Đã ghi: Tranh luận.'));
  expect(server.seen.filter((one) => one.operation.endsWith('/stage'))).toHaveLength(1);
  expect(server.seen.find((one) => one.operation.endsWith('/stage'))?.body).toEqual({ version: 1, stage: 'debate' });
});

it('tells the slower of two clerks that the other was faster, and shows what stands', async () => {
  const server = signedIn('hearing.manage')
    .on(AT, { body: hearing() })
    .on(`POST /api/hearings/${ID}/acts`, {
      status: 409,
      body: { code: 'conflict', detail: 'changed:2', field: 'version' },
    })
    .on(AT, { body: hearing({ version: 2, state: 'deliberation', card: 'deliberation', acts: ['pronounce'] }) });
  open(server, `/hearings/${ID}`);
  await until(() => text().includes('Bước tiếp theo'));
  press(document.body, '6');
  await until(() => text().includes('Có người vừa thao tác trước bạn'));
  await until(() => button('Tuyên án'));
});

it('asks the judge before anything is shown again', async () => {
  const cut = hearing({ mine: true, cut: true, card: 'cut', acts: ['restore', 'end'] });
  const server = signedIn('hearing.manage', 'hearing.cut')
    .on(AT, { body: cut })
    .on(`POST /api/hearings/${ID}/acts`, { body: done(hearing({ version: 2, mine: true })) });
  open(server, `/hearings/${ID}/bench`);
  const restore = await until(() => document.querySelector<HTMLElement>('button.restore'));
  click(restore);
  await until(() => document.querySelector('dialog form'));
  expect(server.seen.some((one) => one.operation.startsWith('POST'))).toBe(false);
  document.querySelector('dialog form')?.dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true }));
  await until(() => text().includes('ĐANG TRUYỀN'));
  expect(server.seen.find((one) => one.operation.endsWith('/acts'))?.body).toMatchObject({
    act: 'restore',
    version: 1,
  });
});

it('shows an observer no picture before the warning is accepted', async () => {
  const seen = hearing({ observes: true, watches_for: 'VKSND tỉnh Sơn La' });
  const server = signedIn('hearing.observe')
    .on(AT, { body: seen })
    .on(`POST /api/hearings/${ID}/acceptance`, { status: 204 })
    .on(AT, { body: { ...seen, accepted: true } });
  open(server, `/watch?h=${ID}`);
  await until(() => text().includes('Trước khi xem phiên tòa'));
  expect(document.querySelector('video')).toBeNull();
  click(button('Tôi đã đọc và đồng ý'));
  await until(() => text().includes('Ghi chú của tôi'));
  expect(server.seen.find((one) => one.operation.endsWith('/acceptance'))?.body).toEqual({ warning: '2026-1' });
});

it('covers the picture with a card as soon as it is told, before anything is read again', async () => {
  const angle = {
    kind: 'bench',
    name: '',
    camera_id: 'camera-00001',
    sound: false,
    visible: true,
    carrier: '',
  } as const;
  const watched = hearing({ observes: true, accepted: true, watches_for: 'VKSND tỉnh', angles: [angle] });
  const server = signedIn('hearing.observe').on(AT, { body: watched }).always(AT, { status: 503, body: null });
  const { sockets } = open(server, `/watch?h=${ID}`);
  await until(() => document.querySelector('figure[data-card=""]'));
  sockets.last.say(tick(Date.UTC(2026, 10, 25, 2, 0, 0)));
  await until(() =>
    document.querySelector('.watermark')?.textContent?.includes('Hoàng Văn Quan · VKSND tỉnh25/11/2026 09:00'),
  );
  sockets.last.say(told({ card: 'closed', expected_ms: Date.UTC(2026, 10, 25, 3, 30, 0) }));
  await until(() => document.querySelector('figure[data-card="closed"]'));
  expect(text()).toContain('Tạm ngừng truyền – phiên kín');
  expect(text()).toContain('Dự kiến truyền lại lúc 10:30');
});

it('drops the last minute that nobody has seen by one key, and says which', async () => {
  const delayed = hearing({ delay_s: 600, dumps: true, delay_fault: 'full' });
  const to_ms = Date.UTC(2026, 10, 25, 2, 30, 0);
  const server = signedIn('hearing.manage', 'hearing.cut')
    .on(AT, { body: delayed })
    .on(`POST /api/hearings/${ID}/dump`, {
      body: done({ ...delayed, version: 2, dropped: [{ from_ms: to_ms - 60_000, to_ms }] }),
    });
  open(server, `/hearings/${ID}`);
  await until(() => text().includes('Người quan sát xem chậm 10 phút.'));
  expect(text()).toContain('chỗ chờ cho phần phát chậm đã đầy');
  press(document.body, 'b');
  await until(() => text().includes('Đã bỏ đoạn 09:29:00–09:30:00: mọi máy chủ hình đã xác nhận.'));
  expect(server.seen.find((one) => one.operation.endsWith('/dump'))?.body).toEqual({ seconds: 60 });
});

it('offers the judge no dump where nothing waits to be seen', async () => {
  const server = signedIn('hearing.manage', 'hearing.cut').always(AT, { body: hearing({ mine: true, delay_s: 600 }) });
  open(server, `/hearings/${ID}/bench`);
  await until(() => text().includes('Bỏ tất cả'));
  expect(button('Bỏ tất cả')).toHaveProperty('disabled', true);
  press(document.body, 'b');
  expect(server.seen.some((one) => one.operation.endsWith('/dump'))).toBe(false);
});

it('shows an observer a card, never an old picture, until what is seen later is old enough, and where some of it was dropped', async () => {
  const now_ms = Date.UTC(2026, 10, 25, 2, 0, 0);
  const angle = {
    kind: 'bench',
    name: '',
    camera_id: 'camera-00001',
    sound: false,
    visible: true,
    carrier: '',
  } as const;
  const watched = hearing({
    observes: true,
    accepted: true,
    angles: [angle],
    delay_s: 600,
    since_ms: now_ms - 30_000,
    dropped: [{ from_ms: now_ms + 5000, to_ms: now_ms + 9000 }],
  });
  const { sockets } = open(signedIn('hearing.observe').always(AT, { body: watched }), `/watch?h=${ID}`);
  await until(() => document.querySelector('figure'));
  sockets.last.say(tick(now_ms));
  await until(() => document.querySelector('figure[data-card="filling"]'));
  expect(text()).toContain('Dự kiến truyền lại lúc 09:09:31');
  sockets.last.say(tick(now_ms + 571_000));
  await until(() => document.querySelector('figure[data-card=""]'));
  sockets.last.say(tick(now_ms + 605_000));
  await until(() => document.querySelector('figure[data-card="dropped"]'));
  expect(text()).toContain('Tòa án không cho phát đoạn này');
  expect(text()).toContain('Dự kiến truyền lại lúc 09:10:10');
});

it('records for a purpose that the court chooses, says since when, and stops', async () => {
  const purposes = [
    { code: 'review', name: 'Rút kinh nghiệm', name_en: 'Review' },
    { code: 'training', name: 'Đào tạo', name_en: 'Training' },
  ];
  const [purpose] = purposes.slice(1);
  const times = {
    purpose: purposes[1],
    from_ms: Date.UTC(2026, 10, 25, 2, 0, 5),
    to_ms: null,
    begun_by: 'A',
    ended_by: '',
  };
  const recorded = hearing({ version: 2, purposes, recording_purpose: purpose ?? null, recordings: [times as never] });
  const server = signedIn('hearing.manage', 'hearing.cut')
    .on(AT, { body: hearing({ purposes }) })
    .on(`PUT /api/hearings/${ID}/recording`, { body: done(recorded) })
    .on(`DELETE /api/hearings/${ID}/recording?version=2`, { body: done(hearing({ version: 3, purposes })) });
  open(server, `/hearings/${ID}`);
  await until(() => text().includes('Không ghi hình'));
  pick(field('Mục đích ghi') as unknown as HTMLSelectElement, 'training');
  click(button('Ghi hình'));
  const sent = await until(() => server.seen.find((one) => one.operation.startsWith('PUT')));
  expect(sent.body).toEqual({ version: 1, purpose: 'training' });
  await until(() => text().includes('Đang ghi từ 09:00:05'));
  click(button('Dừng ghi hình'));
  await until(() => text().includes('Không ghi hình'));
});

it('listens to a microphone while the room is checked, and says whether it is on', async () => {
  const bench = {
    kind: 'bench' as const,
    name: '',
    camera_id: 'camera-00009',
    sound: true,
    visible: false,
    carrier: '',
  };
  const step = { rms_dbfs: -71, peak_dbfs: -58 };
  const server = signedIn('hearing.manage')
    .on(AT, { body: hearing({ state: 'room_check', card: 'not_begun', angles: [bench] }) })
    .on(`POST /api/hearings/${ID}/sound-checks`, {
      body: { angle: 'bench', ok: false, step_ms: 100, steps: [step], whole: step, wav_base64: '' },
    });
  open(server, `/hearings/${ID}`);
  await until(() => text().includes('Nghe thử micrô'));
  click(button('Nghe 5 giây'));
  await until(() => text().includes('Micrô quá nhỏ hoặc đang tắt'));
  expect(server.seen.find((one) => one.operation.includes('sound-checks'))?.body).toEqual({ angle: 'bench' });
});

it('listens to no microphone when the hearing has begun: that would be a recording', async () => {
  const bench = { kind: 'bench' as const, name: '', camera_id: '', sound: true, visible: false, carrier: '' };
  open(signedIn('hearing.manage').on(AT, { body: hearing({ angles: [bench] }) }), `/hearings/${ID}`);
  await until(() => text().includes('Chỉ nghe thử được khi đang kiểm tra phòng.'));
  expect(button('Nghe 5 giây').hasAttribute('disabled')).toBe(true);
});
