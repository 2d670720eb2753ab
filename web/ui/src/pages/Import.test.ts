import { describe, expect, it } from 'vitest';
import { progress, technician } from '../testing/bodies';
import { FakeServer } from '../testing/fake-server';
import { button, click, open, text, until } from '../testing/render';

const REGISTRATION = 'reg-00000001';

function line(number: number, problems: object[] = []) {
  return { line: number, name: `Camera ${number}`, address: `10.20.3.${number}`, ok: problems.length === 0, problems };
}

function report(lines: object[], registration_id: string | null = null) {
  return { body: { dry_run: registration_id === null, encoding: 'utf-8', delimiter: ';', lines, registration_id } };
}

function server(): FakeServer {
  return new FakeServer().on('GET /api/session', { body: technician() });
}

/** The page with a file chosen and checked. */
async function checked(mine: FakeServer) {
  const screen = open(mine, '/import');
  await until(() => text().includes('Nhập camera từ tệp CSV'));
  choose();
  check();
  return screen;
}

function choose(): void {
  const input = document.querySelector<HTMLInputElement>('input[type=file]') as HTMLInputElement;
  Object.defineProperty(input, 'files', { value: [new File(['x'], 'a.csv')], configurable: true, writable: true });
  input.dispatchEvent(new Event('change', { bubbles: true }));
}

function check(): void {
  document.querySelector('form')?.dispatchEvent(new SubmitEvent('submit', { bubbles: true, cancelable: true }));
}

describe('the import', () => {
  it('says per line what is wrong, in words, and registers nothing', async () => {
    const wrong = { code: 'unknown_site', column: 'site', value: 'Chợ' };
    await checked(server().on('POST /api/imports?dry_run=true', report([line(2), line(3, [wrong])])));
    await until(() => text().includes('Không có điểm lắp đặt “Chợ” mà bạn được đăng ký.'));
    expect(text()).toContain('1 trong 2 dòng có lỗi.');
    // Only what must be repaired is shown, until the rest is wanted.
    expect(text()).not.toContain('Camera 2');
    click(document.querySelector<HTMLElement>('main input[type=checkbox]') as HTMLElement);
    await until(() => text().includes('Camera 2'));
    expect(() => button('Đăng ký 1 camera')).toThrow();
  });

  it('registers after a check without fault, and follows how that goes', async () => {
    const mine = server().on('POST /api/imports?dry_run=true', report([line(2), line(3)]));
    const { sockets } = await checked(mine);
    await until(() => text().includes('Cả 2 dòng đều đúng. Chưa có gì được đăng ký.'));
    const job = (items: object[], state = 'running') => ({ body: { id: REGISTRATION, state, items } });
    mine
      .on('POST /api/imports?dry_run=false', report([line(2), line(3)], REGISTRATION))
      .on(
        `GET /api/registrations/${REGISTRATION}`,
        job([progress({ step: 'connecting' }), progress({ step: 'waiting' })]),
      );
    click(button('Đăng ký 2 camera'));
    await until(() => location.pathname === `/registrations/${REGISTRATION}`);
    await until(() => text().includes('Đang kết nối'));
    const bar = () => document.querySelector<HTMLProgressElement>('progress, [role=progressbar]');
    await until(() => bar());
    mine.on(`GET /api/registrations/${REGISTRATION}`, job([progress(), progress({ step: 'streams' })]));
    sockets.last.say({ type: 'job', kind: 'registration', id: REGISTRATION });
    await until(() => text().includes('1 đã lưu, 0 không được'));
    mine.on(`GET /api/registrations/${REGISTRATION}`, job([progress(), progress()], 'done'));
    sockets.last.say({ type: 'job', kind: 'registration', id: REGISTRATION });
    await until(() => text().includes('Đã xong. 2 đã lưu, 0 không được'));
  });

  it('registers nothing when what was right is so no more', async () => {
    const taken = { code: 'number_taken', column: 'number', value: '3' };
    const mine = server().on('POST /api/imports?dry_run=true', report([line(2)]));
    await checked(mine);
    await until(() => text().includes('Cả 1 dòng đều đúng.'));
    mine.on('POST /api/imports?dry_run=false', report([line(2, [taken])]));
    click(button('Đăng ký 1 camera'));
    await until(() => text().includes('Dữ liệu đã đổi từ lúc kiểm tra'));
    expect(text()).toContain('Số 3 đã có camera khác.');
    expect(location.pathname).toBe('/import');
  });

  it('forgets what it said of one file when another is chosen', async () => {
    await checked(server().on('POST /api/imports?dry_run=true', report([line(2)])));
    await until(() => text().includes('Cả 1 dòng đều đúng.'));
    choose();
    await until(() => !text().includes('Cả 1 dòng đều đúng.'));
    expect(() => button('Đăng ký 1 camera')).toThrow();
  });
});
