import { describe, expect, it } from 'vitest';
import { camera, detail, me, tree } from '../testing/bodies';
import { FakeServer } from '../testing/fake-server';
import { button, click, open, press, text, type, until } from '../testing/render';

const JOB = 'job-00000001';
const TECHNICIAN = me({
  may: ['own', 'camera.list', 'camera.read', 'camera.manage', 'camera.register', 'device.discover', 'site.list'],
});
const SITE = {
  id: 'site-0000001',
  name: 'Quyết Thắng',
  unit: 'Công an tỉnh',
  legacy_district: '',
  latitude: null,
  longitude: null,
};
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

function progress(differs: object): object {
  return {
    label: 'Cổng chợ',
    step: 'saved',
    camera_ids: [],
    warnings: [],
    error: null,
    has_snapshot: false,
    ...differs,
  };
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

describe('the import', () => {
  it('says per line what is wrong, in words', async () => {
    const lines = [
      {
        line: 2,
        name: 'A',
        address: '',
        ok: false,
        problems: [{ code: 'unknown_site', column: 'site', value: 'Chợ' }],
      },
    ];
    const server = new FakeServer().on('GET /api/session', { body: TECHNICIAN }).on('POST /api/imports?dry_run=true', {
      body: { dry_run: true, encoding: 'utf-8', delimiter: ';', lines, registration_id: null },
    });
    open(server, '/import');
    await until(() => text().includes('Nhập camera từ tệp CSV'));
    const input = document.querySelector<HTMLInputElement>('input[type=file]') as HTMLInputElement;
    Object.defineProperty(input, 'files', { value: [new File(['x'], 'a.csv')], configurable: true, writable: true });
    input.dispatchEvent(new Event('change', { bubbles: true }));
    submit();
    await until(() => text().includes('Không có điểm lắp đặt “Chợ” mà bạn được đăng ký.'));
    expect(() => button('Đăng ký 1 camera')).toThrow();
  });
});

describe('a camera', () => {
  it('draws a zone by keys and saves it', async () => {
    const server = new FakeServer()
      .on('GET /api/session', { body: TECHNICIAN })
      .on('GET /api/cameras/camera-00001', { body: detail({ can_view: false, warnings: ['clock_off'] }) })
      .on('GET /api/sites', { body: [SITE] })
      .on('PATCH /api/cameras/camera-00001', { body: detail({ can_view: false }) });
    open(server, '/cameras/camera-00001');
    await until(() => text().includes('Đồng hồ của thiết bị sai.'));
    click(button('Thêm vùng che'));
    press(button('Điểm 1 của Che 1'), 'ArrowRight');
    await until(() => text().includes('Có thay đổi chưa lưu.'));
    submit(-1);
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
