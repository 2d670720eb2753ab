import { describe, expect, it, vi } from 'vitest';
import { i18n } from '$lib/i18n/index.svelte';
import { SILENCE_MS } from '$lib/events';
import { camera, me, tick, tree, truth } from './testing/bodies';
import { FakeServer } from './testing/fake-server';
import { button, click, field, open, text, type, until } from './testing/render';

const NOT_SIGNED_IN = { status: 401, body: { code: 'not_signed_in', detail: '', field: '' } };
const NOON_MS = Date.UTC(2026, 10, 25, 5, 0, 0);

function submit(): void {
  const form = document.querySelector('form');
  form?.dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true }));
}

const NO_SSO = { body: { sso: '' } };

/** What the account page and the sign-in page ask besides. */
function beside(server: FakeServer): FakeServer {
  return server
    .always('GET /api/sign-in-ways', NO_SSO)
    .always('GET /api/sessions', { body: [] })
    .always('GET /api/session/stream-logins', { body: { address: '', logins: [] } });
}

function signedIn(differs: Parameters<typeof me>[0] = {}, cameras = [camera()]): FakeServer {
  const server = beside(new FakeServer()).on('GET /api/session', { body: me(differs) });
  return (differs.may ?? me().may).includes('camera.list')
    ? server.on('GET /api/tree', { body: tree(cameras) })
    : server;
}

describe('the first start', () => {
  it('makes the administrator with the one-time token and goes home', async () => {
    const server = new FakeServer()
      .on('GET /api/session', NOT_SIGNED_IN)
      .on('GET /api/setup', { body: { needed: true } })
      .on('POST /api/setup', { body: me({ may: ['own', 'account.manage'] }) });
    open(server, '/setup');
    await until(() => text().includes('Thiết lập lần đầu'));
    type('Mã một lần', ' token ');
    type('Tên đăng nhập', 'quantri');
    type('Họ và tên', 'Lò Thị Quản Trị');
    type('Mật khẩu mới', 'Đêm nay trực ban 24');
    type('Nhập lại mật khẩu mới', 'Đêm nay trực ban 24');
    submit();
    await until(() => text().includes('Tạo tài khoản cho mọi người'));
    expect(server.seen.at(-1)?.body).toEqual({
      token: 'token',
      login: 'quantri',
      name: 'Lò Thị Quản Trị',
      password: 'Đêm nay trực ban 24',
    });
    expect(location.pathname).toBe('/');
  });

  it('does not send a password that was typed differently the second time', async () => {
    const server = new FakeServer()
      .on('GET /api/session', NOT_SIGNED_IN)
      .on('GET /api/setup', { body: { needed: true } });
    open(server, '/setup');
    await until(() => text().includes('Thiết lập lần đầu'));
    type('Mật khẩu mới', 'Đêm nay trực ban 24');
    type('Nhập lại mật khẩu mới', 'Đêm nay trực ban 25');
    submit();
    await until(() => text().includes('Hai lần nhập không giống nhau.'));
    expect(server.seen).toHaveLength(2);
  });

  it('says at the field what is wrong with it', async () => {
    const server = new FakeServer()
      .on('GET /api/session', NOT_SIGNED_IN)
      .on('GET /api/setup', { body: { needed: true } })
      .on('POST /api/setup', { status: 400, body: { code: 'weak_password', detail: 'contains_login', field: '' } });
    open(server, '/setup');
    await until(() => text().includes('Thiết lập lần đầu'));
    submit();
    await until(() => text().includes('Mật khẩu không được chứa tên đăng nhập.'));
    expect(field('Mật khẩu mới').getAttribute('aria-invalid')).toBe('true');
  });
});

describe('signing in', () => {
  it('goes where the person wanted to go, and sends the CSRF token afterwards', async () => {
    const server = beside(new FakeServer())
      .on('GET /api/session', NOT_SIGNED_IN)
      .on('GET /api/setup', { body: { needed: false } })
      .on('POST /api/session', { body: me() })
      .on('DELETE /api/session');
    open(server, '/account');
    await until(() => text().includes('Đăng nhập'));
    type('Tên đăng nhập', 'trucban');
    type('Mật khẩu', 'Đêm nay trực ban 24');
    submit();
    await until(() => text().includes('Đổi mật khẩu'));
    click(button('Đăng xuất'));
    await until(() => document.querySelector('form input[autocomplete=username]'));
    const signedOut = server.seen.find((one) => one.operation === 'DELETE /api/session');
    expect(signedOut?.headers.get('X-CSRF-Token')).toBe('csrf-of-this-session');
  });

  it('keeps the login, forgets the password and says why it failed', async () => {
    const server = beside(new FakeServer())
      .on('GET /api/session', NOT_SIGNED_IN)
      .on('GET /api/setup', { body: { needed: false } })
      .on('POST /api/session', { status: 401, body: { code: 'wrong_login', detail: '', field: '' } });
    open(server);
    await until(() => text().includes('Đăng nhập'));
    type('Tên đăng nhập', 'trucban');
    type('Mật khẩu', 'sai');
    submit();
    await until(() => text().includes('Sai tên đăng nhập hoặc mật khẩu.'));
    expect(field('Tên đăng nhập').value).toBe('trucban');
    expect(field('Mật khẩu').value).toBe('');
  });

  it('saves the language that was chosen before', async () => {
    const server = beside(new FakeServer())
      .on('GET /api/session', NOT_SIGNED_IN)
      .on('GET /api/setup', { body: { needed: false } })
      .on('POST /api/session', { body: me({ may: ['own'] }) })
      .on('PUT /api/session/language');
    open(server);
    await until(() => text().includes('Đăng nhập'));
    click(document.querySelector<HTMLInputElement>('input[value=en]')!);
    await until(() => text().includes('Sign in'));
    type('Login', 'trucban');
    type('Password', 'x');
    submit();
    await until(() => text().includes('Welcome'));
    expect(i18n.language).toBe('en');
    expect(server.seen.at(-1)?.body).toEqual({ language: 'en' });
  });

  it('asks for a password of one’s own first', async () => {
    const server = beside(new FakeServer())
      .on('GET /api/session', { body: me({ must_change_password: true, stage: 'password' }) })
      .on('POST /api/session/password', { body: me({ may: ['own'] }) });
    const { sockets } = open(server);
    await until(() => text().includes('Mật khẩu này do người khác cấp.'));
    expect(sockets.opened).toHaveLength(0);
    type('Mật khẩu hiện tại', 'a');
    type('Mật khẩu mới', 'b');
    type('Nhập lại mật khẩu mới', 'b');
    submit();
    await until(() => text().includes('Xin chào'));
    expect(server.seen.at(-1)?.body).toEqual({ old: 'a', new: 'b' });
  });
});

describe('the second factor', () => {
  it('is asked for after the password, and a wrong code says so', async () => {
    const server = beside(new FakeServer())
      .on('GET /api/session', { body: me({ stage: 'code', may: ['own'] }) })
      .on('POST /api/session/totp', { status: 403, body: { code: 'wrong_code', detail: '', field: '' } })
      .on('POST /api/session/totp', { body: me({ may: ['own'] }) });
    const { sockets } = open(server);
    await until(() => text().includes('Mã xác thực'));
    expect(sockets.opened).toHaveLength(0);
    type('Mã 6 chữ số hoặc mã dự phòng', '111111');
    submit();
    await until(() => text().includes('Mã xác thực không đúng hoặc đã được dùng.'));
    type('Mã 6 chữ số hoặc mã dự phòng', '222222');
    submit();
    await until(() => text().includes('Xin chào'));
    expect(server.seen.at(-1)?.body).toEqual({ code: '222222' });
  });

  it('is set up before anything else when a role needs it, and the recovery codes wait until they are kept', async () => {
    const server = beside(new FakeServer())
      .on('GET /api/session', { body: me({ stage: 'enrolment', may: ['own'] }) })
      .on('POST /api/session/totp/enrolment', { body: { secret: 'ABCDEFGH', uri: 'otpauth://x', qr_svg: '<svg/>' } })
      .on('POST /api/session/totp/enrolment/confirm', {
        body: { recovery_codes: ['aaaa-1111', 'bbbb-2222'], me: me({ may: ['own'], totp: true }) },
      });
    open(server);
    await until(() => text().includes('Vai trò của bạn bắt buộc dùng xác thực hai lớp'));
    submit();
    await until(() => text().includes('ABCD EFGH'));
    expect(document.querySelector('img')?.src).toBe('data:image/svg+xml,%3Csvg%2F%3E');
    type('Mã 6 chữ số mà ứng dụng đang hiện', '123456');
    submit();
    await until(() => text().includes('bbbb-2222'));
    click(button('Tôi đã cất các mã'));
    await until(() => text().includes('Xin chào'));
    expect(document.body.textContent).not.toContain('bbbb-2222');
  });
});

describe('the home page', () => {
  it('sends a technician of an empty system to find cameras', async () => {
    open(signedIn({ may: ['own', 'camera.list', 'device.discover', 'camera.register'] }, []));
    await until(() => text().includes('Hệ thống chưa có camera nào. Việc cần làm tiếp:'));
    expect(text()).toContain('Tìm camera trên mạng');
    expect(text()).not.toContain('Tạo tài khoản cho mọi người');
  });

  it('counts what is live once there are cameras', async () => {
    const { sockets } = open(signedIn());
    await until(() => text().includes('Tình trạng hiện nay'));
    sockets.last.say(tick(NOON_MS, { cameras: [truth({ liveness: 'frozen' })] }));
    await until(() => /Đứng hình 1/.test(text()));
  });

  it('warns a week before the password expires, not earlier', async () => {
    const { app, sockets } = open(signedIn({ may: ['own'], password_expires_ms: NOON_MS + 7 * 86_400_000 }));
    await until(() => text().includes('Xin chào'));
    sockets.last.say(tick(NOON_MS - 2000));
    app.live.beat();
    await until(() => text().includes('25/11/2026'));
    expect(text()).not.toContain('hết hạn');
    sockets.last.say(tick(NOON_MS + 4000));
    app.live.beat();
    await until(() => text().includes('Mật khẩu của bạn hết hạn ngày 02/12/2026.'));
  });

  it('goes to what the session waits for when a right needs it in mid-shift', async () => {
    const server = beside(new FakeServer())
      .on('GET /api/session', { body: me() })
      .on('GET /api/tree', { status: 403, body: { code: 'password_expired', detail: '', field: '' } })
      .on('GET /api/session', { body: me({ stage: 'password', must_change_password: true }) });
    open(server);
    await until(() => text().includes('Mật khẩu hiện tại'));
  });

  it('loads anew when the tree changes', async () => {
    const { server, sockets } = open(signedIn({}, []));
    await until(() => text().includes('Hệ thống chưa có camera nào') || text().includes('chưa có camera'));
    server.on('GET /api/tree', { body: tree([camera()]) });
    sockets.last.say({ type: 'tree' });
    await until(() => text().includes('Tình trạng hiện nay'));
  });

  it('says what failed and tries again on request', async () => {
    const server = beside(new FakeServer())
      .on('GET /api/session', { body: me() })
      .on('GET /api/tree', { status: 503, body: { code: 'unavailable', detail: 'database', field: '' } })
      .on('GET /api/tree', { body: tree([camera()]) });
    open(server);
    await until(() => text().includes('Cơ sở dữ liệu đang bận.'));
    click(button('Thử lại'));
    await until(() => text().includes('Tình trạng hiện nay'));
  });
});

describe('the shell', () => {
  it('shows the server’s time in UTC+7', async () => {
    const { app, sockets } = open(signedIn({ may: ['own'] }));
    await until(() => text().includes('Chưa có giờ máy chủ'));
    sockets.last.say(tick(NOON_MS));
    app.live.beat();
    await until(() => text().includes('25/11/202612:00:00'));
  });

  it('says that the screen may be old when the socket is lost, and stops when it is back', async () => {
    const { server, sockets } = open(signedIn({ may: ['own'] }));
    await until(() => text().includes('Xin chào'));
    sockets.last.say(tick(NOON_MS));
    server.on('GET /api/session', { body: me() });
    sockets.last.drop();
    await until(() => text().includes('Mất kết nối máy chủ từ 12:00:00'));
  });

  it('leaves for the sign-in screen when the session is revoked', async () => {
    const { sockets } = open(signedIn({ may: ['own'] }));
    await until(() => text().includes('Xin chào'));
    sockets.last.say({ type: 'signed_out', reason: 'revoked' });
    await until(() => text().includes('Phiên làm việc đã hết hạn hoặc bị thu hồi.'));
    expect(sockets.last.closed).toBe(true);
  });

  it('says when no worker is alive', async () => {
    const { sockets } = open(signedIn({ may: ['own'] }));
    await until(() => text().includes('Xin chào'));
    sockets.last.say(tick(NOON_MS, { workers_alive: 0 }));
    await until(() => text().includes('mọi camera đều mất hình'));
  });

  it('says on the first page that a place for recordings is in trouble, to whoever may read cameras', async () => {
    const { sockets } = open(signedIn({ may: ['own', 'camera.read'] }));
    await until(() => text().includes('Xin chào'));
    sockets.last.say(tick(NOON_MS, { volumes_troubled: 1 }));
    await until(() => text().includes('1 ổ lưu trữ có vấn đề'));
    expect(button('Xem lưu trữ').getAttribute('href')).toBe('/storage');
    sockets.last.say(tick(NOON_MS + 1000));
    await until(() => !text().includes('ổ lưu trữ có vấn đề'));
  });

  it('follows links without leaving the page, and says when there is no such page', async () => {
    const { app } = open(signedIn({ may: ['own'] }));
    await until(() => text().includes('Xin chào'));
    click(button('Tài khoản'));
    await until(() => text().includes('Đổi mật khẩu'));
    app.router.go('/no-such-page');
    await until(() => text().includes('Không có trang này'));
  });

  it('shows every component in both languages', async () => {
    open(signedIn({ may: ['own'] }), '/components');
    await until(() => text().includes('Trạng thái hình'));
    i18n.language = 'en';
    await until(() => text().includes('States of a picture'));
  });
});

it('comes back by itself when the server was away at the start', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const server = beside(new FakeServer())
    .on('GET /api/session', { status: 502 })
    .on('GET /api/session', { body: me({ may: ['own'] }) });
  open(server);
  await until(() => text().includes('Không kết nối được máy chủ'));
  vi.advanceTimersByTime(2 * SILENCE_MS);
  vi.useRealTimers();
  await until(() => text().includes('Xin chào'));
});
