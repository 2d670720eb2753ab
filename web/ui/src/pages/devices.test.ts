import { describe, expect, it, vi } from 'vitest';
import { camera, detail, me, progress, setup, site, technician, tick, tree, truth } from '../testing/bodies';
import { FakeServer } from '../testing/fake-server';
import { button, click, field, open, pick, press, text, type, until } from '../testing/render';

const NOON_MS = Date.UTC(2026, 10, 25, 5, 0, 0);
const JOB = 'job-00000001';
const TECHNICIAN = technician();
const SITE = site();
const FOUND = {
  address: '10.20.3.7:80',
  xaddr: 'http://10.20.3.7/onvif/device_service',
  name: '<b>Cổng chợ</b>',
  hardware: 'PQ-1',
  location: '',
  endpoint: '',
  registered_as: null,
};

function submit(index = 0): void {
  const form = [...document.querySelectorAll('form')].at(index);
  form?.dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true }));
}

function discovery(state: 'running' | 'done', found: object[]): object {
  return { id: JOB, state, probed: 3, to_probe: 4, found, error: null };
}

describe('discovery', () => {
  it('finds devices while it runs, and registers a chosen one with the login that was typed', async () => {
    const server = new FakeServer()
      .on('GET /api/session', { body: TECHNICIAN })
      .on('GET /api/sites', { body: [SITE] })
      .on('POST /api/discoveries', { status: 202, body: discovery('running', []) })
      .on(`GET /api/discoveries/${JOB}`, { body: discovery('running', []) })
      .on(`GET /api/discoveries/${JOB}`, {
        body: discovery('done', [FOUND, { ...FOUND, address: '10.20.3.8:80', registered_as: 'camera-00001' }]),
      })
      .on('POST /api/registrations', { status: 202, body: { id: 'reg-00000001', state: 'running', items: [] } })
      .always('GET /api/registrations/reg-00000001', {
        body: {
          id: 'reg-00000001',
          state: 'done',
          items: [
            progress({ camera_ids: ['camera-00001'], warnings: ['factory_password'] }),
            progress({ step: 'failed', error: { code: 'bad_request', detail: 'authentication', field: '' } }),
          ],
        },
      });
    const { sockets } = open(server, '/discovery');
    await until(() => text().includes('1. Tìm ở đâu'));
    type('Dải địa chỉ', '10.20.3.0/24\n\n 10.20.4.1 - 10.20.4.9 ');
    submit();
    await until(() => text().includes('Chưa có thiết bị nào trả lời…'));
    expect(server.seen.find((one) => one.operation === 'POST /api/discoveries')?.body).toEqual({
      multicast: true,
      ranges: ['10.20.3.0/24', '10.20.4.1-10.20.4.9'],
      addresses: [],
    });
    sockets.last.say({ type: 'job', kind: 'discovery', id: JOB });
    await until(() => text().includes('<b>Cổng chợ</b>'));
    expect(text()).toContain('Đã đăng ký');
    click(document.querySelector<HTMLElement>('td input[type=checkbox]:not(:disabled)') as HTMLElement);
    click(button('Đăng ký 1 thiết bị…'));
    await until(() => text().includes('được thử đúng một lần'));
    type('Điểm lắp đặt', 'quyet');
    press(document.querySelector('[role=combobox]') as Element, 'Enter');
    type('Tên đăng nhập của thiết bị', 'admin');
    type('Mật khẩu của thiết bị', 'secret');
    submit(-1);
    await until(() => text().includes('Còn dùng mật khẩu xuất xưởng'));
    expect(text()).toContain('Thiết bị từ chối tên đăng nhập hoặc mật khẩu.');
    expect(server.seen.find((one) => one.operation === 'POST /api/registrations')?.body).toEqual({
      items: [{ username: 'admin', password: 'secret', xaddr: FOUND.xaddr, name: FOUND.name, site_id: SITE.id }],
    });
  });
});

describe('an address that is typed', () => {
  const ROOM = { id: 'room-00000001', name: 'Phòng xử án 1', court: 'TAND tỉnh', site_id: SITE.id, angles: [] };

  /** The dialog for one RTSP address, open. */
  async function manual(server: FakeServer) {
    const screen = open(server, '/discovery');
    await until(() => text().includes('1. Tìm ở đâu'));
    click(button('Thêm bằng địa chỉ RTSP'));
    await until(() => text().includes('Thêm camera hoặc đầu mã hóa bằng địa chỉ RTSP'));
    type('Luồng chính', ' rtsp://10.20.3.9:554/main ');
    type('Luồng phụ (nếu có)', 'rtsp://10.20.3.9:554/sub');
    type('Tên camera', 'Camera cổng sau');
    type('Tên đăng nhập của thiết bị', 'admin');
    type('Mật khẩu của thiết bị', 'secret');
    type('Điểm lắp đặt', 'quyet');
    press(field('Điểm lắp đặt'), 'Enter');
    return screen;
  }

  it('is registered with its streams, place and number', async () => {
    const server = new FakeServer()
      .on('GET /api/session', { body: TECHNICIAN })
      .on('GET /api/sites', { body: [SITE] })
      .on('POST /api/registrations', { status: 202, body: { id: 'reg-00000001', state: 'running', items: [] } })
      .on('GET /api/registrations/reg-00000001', {
        body: { id: 'reg-00000001', state: 'running', items: [progress()] },
      });
    await manual(server);
    type('Số camera', '12a');
    submit(-1);
    await until(() => text().includes('Số từ 1 đến 9999.'));
    type('Số camera', '12');
    submit(-1);
    await until(() => location.pathname === '/registrations/reg-00000001');
    expect(server.seen.find((one) => one.operation === 'POST /api/registrations')?.body).toEqual({
      items: [
        {
          username: 'admin',
          password: 'secret',
          rtsp_main: 'rtsp://10.20.3.9:554/main',
          rtsp_sub: 'rtsp://10.20.3.9:554/sub',
          number: 12,
          name: 'Camera cổng sau',
          site_id: SITE.id,
        },
      ],
    });
  });

  it('becomes a named picture of a courtroom', async () => {
    const server = new FakeServer()
      .on('GET /api/session', { body: technician({ may: [...TECHNICIAN.may, 'courtroom.list'] }) })
      .on('GET /api/sites', { body: [SITE] })
      .on('GET /api/courtrooms', { body: [ROOM] })
      .on('POST /api/registrations', { status: 202, body: { id: 'reg-00000001', state: 'running', items: [] } })
      .on('GET /api/registrations/reg-00000001', {
        body: { id: 'reg-00000001', state: 'running', items: [progress()] },
      });
    await manual(server);
    type('Phòng xử án', 'phong xu an 1');
    press(field('Phòng xử án'), 'Enter');
    const angle = await until(() => document.querySelector<HTMLSelectElement>('dialog select'));
    pick(angle, 'witness');
    submit(-1);
    await until(() => location.pathname === '/registrations/reg-00000001');
    expect(server.seen.find((one) => one.operation === 'POST /api/registrations')?.body).toMatchObject({
      items: [{ courtroom_id: ROOM.id, angle: 'witness', rtsp_main: 'rtsp://10.20.3.9:554/main' }],
    });
  });

  it('that was refused stays in the form, with the reason', async () => {
    const server = new FakeServer()
      .on('GET /api/session', { body: TECHNICIAN })
      .on('GET /api/sites', { body: [SITE] })
      .on('POST /api/registrations', {
        status: 400,
        body: { code: 'bad_request', detail: 'bad_address', field: 'items.0.rtsp_main' },
      });
    await manual(server);
    submit(-1);
    await until(() => document.querySelector('dialog[open] .failed, dialog[open] [role=alert]'));
    expect(field('Luồng chính').value).toContain('rtsp://10.20.3.9:554/main');
    expect(location.pathname).toBe('/discovery');
  });
});

describe('a range of addresses', () => {
  it('that cannot be one is marked where it was typed', async () => {
    const server = new FakeServer()
      .on('GET /api/session', { body: TECHNICIAN })
      .on('GET /api/sites', { body: [SITE] })
      .on('POST /api/discoveries', {
        status: 400,
        body: { code: 'bad_request', detail: 'too_many', field: 'ranges' },
      });
    open(server, '/discovery');
    await until(() => text().includes('1. Tìm ở đâu'));
    type('Dải địa chỉ', '10.0.0.0/8');
    submit();
    await until(() => field('Dải địa chỉ').getAttribute('aria-invalid') === 'true');
  });
});

describe('a registration', () => {
  it('is followed device by device, and says of each that failed why', async () => {
    const at = '/registrations/reg-00000001';
    const job = (state: string, items: object[]) => ({ body: { id: 'reg-00000001', state, items } });
    const server = new FakeServer()
      .on('GET /api/session', { body: TECHNICIAN })
      .on(
        `GET /api${at}`,
        job('running', [progress({ step: 'streams' }), progress({ step: 'waiting', label: 'Cầu' })]),
      );
    const { sockets } = open(server, at);
    await until(() => text().includes('Thử hình'));
    expect(text()).toContain('0 đã lưu, 0 không được');
    const unreachable = { code: 'bad_request', detail: 'unreachable', field: '' } as const;
    server.on(
      `GET /api${at}`,
      job('done', [
        progress({ camera_ids: ['camera-00001'] }),
        progress({ step: 'failed', label: 'Cầu', error: unreachable }),
      ]),
    );
    sockets.last.say({ type: 'job', kind: 'registration', id: 'another-job' });
    sockets.last.say({ type: 'job', kind: 'registration', id: 'reg-00000001' });
    await until(() => text().includes('Đã xong. 1 đã lưu, 1 không được'));
    expect(document.querySelector('li.failed')?.textContent).toContain('Không liên lạc được với thiết bị.');
    expect(button('Mở camera').getAttribute('href')).toBe('/cameras/camera-00001');
  });

  it('that is not there (any more) is said to be so', async () => {
    const server = new FakeServer()
      .on('GET /api/session', { body: TECHNICIAN })
      .on('GET /api/registrations/reg-00000009', { status: 404, body: { code: 'not_found', detail: '', field: '' } });
    open(server, '/registrations/reg-00000009');
    await until(() => document.querySelector('main [role=alert], main .failed'));
  });
});

describe('a camera', () => {
  it('is deleted only after a question, and then is on the list no more', async () => {
    const server = new FakeServer()
      .on('GET /api/session', { body: TECHNICIAN })
      .on('GET /api/cameras/camera-00001', { body: detail({ can_view: false }) })
      .always('GET /api/cameras/camera-00001/recording', { body: setup() })
      .on('GET /api/sites', { body: [SITE] });
    open(server, '/cameras/camera-00001');
    await until(() => text().includes('Pha Đin Quang'));
    click(button('Xóa camera'));
    await until(() => text().includes('Xóa camera “Ngã tư Quyết Thắng”?'));
    const answers = () => [...document.querySelectorAll<HTMLElement>('dialog[open] footer button')];
    click(answers()[0] as HTMLElement);
    await until(() => answers().length === 0);
    expect(server.seen.some((one) => one.operation.startsWith('DELETE'))).toBe(false);
    server.on('DELETE /api/cameras/camera-00001').on('GET /api/tree', { body: tree([]) });
    click(button('Xóa camera'));
    await until(() => answers().length > 0);
    click(answers().at(-1) as HTMLElement);
    await until(() => location.pathname === '/cameras');
    await until(() => server.seen.at(-1)?.operation === 'GET /api/tree');
    expect(text()).toContain('Đã xóa camera.');
  });

  it('shows what it sees now, with the same words as a tile of the wall', async () => {
    // No way for pictures: what is shown here is said by the server alone.
    vi.stubGlobal('RTCPeerConnection', undefined);
    vi.stubGlobal('MediaSource', undefined);
    const server = new FakeServer()
      .on('GET /api/session', { body: me() })
      .always('GET /api/cameras/camera-00001/recording', { body: setup() })
      .on('GET /api/cameras/camera-00001', { body: detail() });
    const { sockets } = open(server, '/cameras/camera-00001');
    const tile = await until(() => document.querySelector<HTMLElement>('[data-tile]'));
    expect(tile.dataset['cameraId']).toBe('camera-00001');
    expect(tile.querySelector('button')).toBeNull();
    sockets.last.say(tick(NOON_MS, { cameras: [truth({ liveness: 'down', cause: 'power', since_ms: NOON_MS })] }));
    await until(() => tile.dataset['state'] === 'down');
    expect(tile.textContent).toContain('mất điện tại điểm lắp đặt');
  });

  it('draws a zone by keys and saves it', async () => {
    const server = new FakeServer()
      .on('GET /api/session', { body: TECHNICIAN })
      .on('GET /api/cameras/camera-00001', { body: detail({ can_view: false, warnings: ['clock_off'] }) })
      .always('GET /api/cameras/camera-00001/recording', { body: setup() })
      .on('GET /api/sites', { body: [SITE] })
      .on('PATCH /api/cameras/camera-00001', { body: detail({ can_view: false }) });
    open(server, '/cameras/camera-00001');
    await until(() => text().includes('Đồng hồ của thiết bị sai.'));
    click(button('Thêm vùng che'));
    press(button('Điểm 1 của Che 1'), 'ArrowRight');
    await until(() => text().includes('Có thay đổi chưa lưu.'));
    submit(-2); // behind it is how the camera is recorded
    await until(() => text().includes('Đã lưu.'));
    expect(server.seen.at(-1)?.body).toMatchObject({
      zones: [
        {
          name: 'Che 1',
          mask: true,
          points: [
            [0.31, 0.3],
            [0.7, 0.3],
            [0.7, 0.7],
            [0.3, 0.7],
          ],
        },
      ],
    });
  });

  it('is found in the list without accents', async () => {
    const server = new FakeServer()
      .on('GET /api/session', { body: me() })
      .on('GET /api/tree', { body: tree([camera(), camera({ id: 'camera-00002', number: 2, name: 'Cầu Trắng' })]) });
    open(server, '/cameras');
    await until(() => text().includes('2 trong 2 camera'));
    const search = document.querySelector<HTMLInputElement>('main input[type=text]') as HTMLInputElement;
    search.value = 'cau trang';
    search.dispatchEvent(new Event('input', { bubbles: true }));
    await until(() => text().includes('1 trong 2 camera'));
  });
});
