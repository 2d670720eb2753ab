import { describe, expect, it } from 'vitest';
import { me, tree } from '../../testing/bodies';
import { FakeServer } from '../../testing/fake-server';
import { button, click, open, text, type, until } from '../../testing/render';

const NOT_SIGNED_IN = { status: 401, body: { code: 'not_signed_in', detail: '', field: '' } };
const DAY_MS = Date.UTC(2026, 10, 25, 1, 0, 0);

function stranger(): FakeServer {
  return new FakeServer()
    .on('GET /api/session', NOT_SIGNED_IN)
    .on('GET /api/setup', { body: { needed: false } })
    .on('GET /api/sign-in-ways', { body: { sso: 'Cổng Công an tỉnh' } });
}

function submit(): void {
  document.querySelector('form')?.dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true }));
}

function running(id: string, current: boolean): object {
  const agent = 'Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36';
  return { id, created_ms: DAY_MS, touched_ms: DAY_MS, expires_ms: DAY_MS, address: '10.1.0.7', agent, current };
}

describe('single sign-on', () => {
  it('is offered by the name of its provider', async () => {
    open(stranger());
    await until(() => text().includes('Đăng nhập bằng Cổng Công an tỉnh'));
  });

  it.each([
    ['sso_unknown_person', 'Bạn chưa có tài khoản ở đây.'],
    ['locked', 'Tài khoản đang bị khóa.'],
    ['<b>unknown</b>', 'Máy chủ trả lời không đúng định dạng.'],
  ])('says why it came back with %s', async (code, words) => {
    open(stranger(), `/sign-in?error=${encodeURIComponent(code)}`);
    await until(() => text().includes(words));
  });
});

describe('a wall console', () => {
  it('is enrolled with its token, and has its wall and nothing else', async () => {
    const wall = { size: 1, tiles: [null] };
    const server = new FakeServer()
      .on('GET /api/session', NOT_SIGNED_IN)
      .on('GET /api/setup', { body: { needed: false } })
      .on('POST /api/console', { body: me({ console: true, may: ['camera.list'] }) })
      .on('GET /api/console/wall', { body: wall })
      .on('GET /api/tree', { body: tree() });
    const { app } = open(server, '/console');
    await until(() => text().includes('Đăng ký máy trạm tường camera'));
    type('Mã một lần của máy trạm', ' token-of-console ');
    submit();
    await until(() => text().includes('Tường này chưa được giao camera nào'));
    expect(server.seen.find((one) => one.operation === 'POST /api/console')?.body).toEqual({
      token: 'token-of-console',
    });
    expect(location.pathname).toBe('/wall');
    app.router.go('/account');
    await until(() => location.pathname === '/wall');
  });
});

describe('the own account', () => {
  function account(): FakeServer {
    return new FakeServer().on('GET /api/session', { body: me({ may: ['own'] }) });
  }

  it('lists where one is signed in, and ends what is not this session', async () => {
    const server = account()
      .always('GET /api/session/stream-logins', { body: { address: '', logins: [] } })
      .on('GET /api/sessions', { body: [running('session-0001', true), running('session-0002', false)] })
      .on('DELETE /api/sessions/session-0002')
      .on('GET /api/sessions', { body: [running('session-0001', true)] });
    open(server, '/account');
    await until(() => text().includes('Chrome trên Windows'));
    expect(text()).toContain('Phiên này');
    click(button('Kết thúc'));
    await until(() => text().includes('Đã kết thúc phiên đăng nhập.'));
  });

  it('makes a login for a decoder, shows its secret once, and deletes it after asking', async () => {
    const login = {
      id: 'login-000001',
      username: 'v-abc',
      label: 'Đầu giải mã',
      created_ms: DAY_MS,
      used_ms: null,
      expires_ms: null,
    };
    const address = 'rtsp://10.0.0.2:8554';
    const server = account()
      .on('GET /api/sessions', { body: [] })
      .on('GET /api/session/stream-logins', { body: { address, logins: [] } })
      .on('POST /api/session/stream-logins', { status: 201, body: { login, secret: 'only-once' } })
      .on('GET /api/session/stream-logins', { body: { address, logins: [login] } })
      .on('DELETE /api/session/stream-logins/login-000001')
      .on('GET /api/session/stream-logins', { body: { address, logins: [] } });
    open(server, '/account');
    await until(() => text().includes('Chưa có đăng nhập nào.'));
    type('Dùng ở đâu', 'Đầu giải mã');
    const form = [...document.querySelectorAll('form')].at(-1);
    form?.dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true }));
    await until(() => text().includes('only-once'));
    expect(text()).toContain('rtsp://10.0.0.2:8554/cameras/camera-id?stream=main');
    click(button('Tôi đã chép'));
    await until(() => !text().includes('only-once'));
    click(button('Xóa'));
    await until(() => text().includes('Xóa đăng nhập “Đầu giải mã”?'));
    click([...document.querySelectorAll<HTMLElement>('dialog[open] footer button')].at(-1) as HTMLElement);
    await until(() => text().includes('Đã xóa đăng nhập.'));
  });
});
