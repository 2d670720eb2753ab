import { describe, expect, it, vi } from 'vitest';
import type { OrganisationOutline, OrganisationUnit, Reorganisation } from '$lib/api/schema';
import { me } from '../testing/bodies';
import { FakeServer } from '../testing/fake-server';
import { button, click, open, press, submit, sure, text, type, until } from '../testing/render';

const MAY = ['own', 'organisation.read', 'organisation.manage'];
const PROPOSED = '/organisation/reorganisations/proposal-001';

function unit(id: string, name: string, differs: Partial<OrganisationUnit> = {}): OrganisationUnit {
  return {
    id,
    key: id,
    kind: 'police',
    name,
    name_en: '',
    parent_id: null,
    valid_from_ms: 0,
    valid_to_ms: null,
    placed_from_ms: 0,
    placed_to_ms: null,
    successor: '',
    ...differs,
  };
}

function outline(differs: Partial<OrganisationOutline> = {}): OrganisationOutline {
  return {
    at_ms: 0,
    now: true,
    may_export: true,
    may_reorganise: true,
    units: [
      unit('unit-00001', 'Công an tỉnh'),
      unit('unit-00002', 'Công an xã', { parent_id: 'unit-00001', valid_from_ms: Date.UTC(2025, 5, 30, 17) }),
    ],
    sites: [
      {
        id: 'site-00001',
        key: 's',
        name: 'Ngã tư',
        name_en: '',
        latitude: null,
        longitude: null,
        unit_id: 'unit-00002',
        legacy_district: 'MC',
        owner: '',
        funding: '',
        courtrooms: [],
      },
    ],
    courtrooms: [],
    ...differs,
  };
}

function proposal(differs: Partial<Reorganisation> = {}): Reorganisation {
  return {
    id: 'proposal-001',
    note: 'Nghị quyết 12',
    state: 'proposed',
    added: 1,
    changed: 2,
    removed: 0,
    effective_ms: Date.UTC(2026, 11, 31, 17),
    changes: [
      { what: 'unit_moved', name: 'Công an xã', old: 'A', new: 'B', day_ms: Date.UTC(2026, 11, 31, 17) },
      { what: 'unit_renamed', name: 'C', old: 'C cũ', new: 'C', day_ms: null },
    ],
    effects: [
      { account_id: 'account-0002', login: 'truc', name: 'Lò', gains: [], loses: ['1 Ngã tư'], gained: 0, lost: 3 },
    ],
    proposed_by: 'Quản Trị',
    proposed_ms: 0,
    decided_by: '',
    decided_ms: null,
    mine: false,
    stale: false,
    ...differs,
  };
}

function server(): FakeServer {
  return new FakeServer().on('GET /api/session', { body: me({ may: MAY }) });
}

function tree(name: string): HTMLElement {
  return [...document.querySelectorAll<HTMLElement>('[role=treeitem]')].find((one) =>
    one.textContent?.includes(name),
  ) as HTMLElement;
}

describe('the organisation', () => {
  it('shows a unit with its dates and its sites, and offers nothing to whoever only reads', async () => {
    const fake = server().on('GET /api/organisation', { body: outline({ may_export: false, may_reorganise: false }) });
    open(fake, '/organisation');
    await until(() => text().includes('Công an xã'));
    expect(text()).toContain('01/07/2025 –');
    click(tree('Công an xã'));
    await until(() => text().includes('Ngã tư'));
    expect(text()).toContain('Có từ 01/07/2025');
    expect(document.querySelectorAll('dialog, .acts')).toHaveLength(0);
    expect(text()).not.toContain('Bản nháp');
  });

  it('of another day is asked for and cannot be edited', async () => {
    const fake = server()
      .on('GET /api/organisation', { body: outline() })
      .on(`GET /api/organisation?at_ms=${Date.UTC(2023, 11, 31, 17)}`, { body: outline({ now: false, sites: [] }) })
      .on('GET /api/organisation', { body: outline() });
    open(fake, '/organisation');
    await until(() => text().includes('Bản nháp'));
    type('Cơ cấu vào ngày', '1/1/2024');
    await until(() => text().includes('Cơ cấu như ngày 01/01/2024'));
    expect(text()).not.toContain('Bản nháp');
    click(button('Về hôm nay'));
    await until(() => text().includes('Bản nháp'));
  });

  it('collects edits into a draft, tries them, and leads to the proposal', async () => {
    const wrong = { file: 'edits', line: 1, code: 'needs_successor', value: 'Công an xã' };
    const fake = server()
      .on('GET /api/organisation', { body: outline() })
      .on('POST /api/reorganisations', { status: 201, body: { problems: [wrong], proposal: null } })
      .on('POST /api/reorganisations', { status: 201, body: { problems: [], proposal: proposal({ mine: true }) } })
      .on('GET /api/reorganisations/proposal-001', { body: proposal({ mine: true }) });
    open(fake, '/organisation');
    await until(() => text().includes('Bản nháp'));
    click(tree('Công an xã'));
    await until(() => text().includes('Giải thể'));
    click(button('Giải thể'));
    await until(() => text().includes('Giải thể Công an xã'));
    submit();
    await until(() => text().includes('Cần nhập ô này.'));
    type('Từ ngày', '01/01/2027');
    submit();
    await until(() => text().includes('1. Giải thể Công an xã từ 01/01/2027'));
    submit();
    await until(() => text().includes('Thay đổi 1: Công an xã còn điểm lắp đặt'));
    submit();
    await until(() => text().includes('Bạn là người đề xuất'));
    expect(fake.seen.find((one) => one.operation === 'POST /api/reorganisations')?.body).toEqual({
      note: '',
      edits: [{ do: 'close', key: 'unit-00002', successor: '', day: '2027-01-01' }],
    });
  });

  it('asks before a draft is lost', async () => {
    const asked = vi.fn(() => false);
    vi.stubGlobal('confirm', asked);
    const fake = server().on('GET /api/organisation', { body: outline() });
    open(fake, '/organisation');
    await until(() => text().includes('Bản nháp'));
    click(tree('Công an xã'));
    click(await until(() => button('Đổi tên')));
    await until(() => text().includes('Đổi tên Công an xã'));
    type('Tên', 'Công an xã Mới');
    submit();
    await until(() => text().includes('1. Đổi tên Công an xã thành Công an xã Mới'));
    click(button('Trang chủ'));
    expect(asked).toHaveBeenCalledOnce();
    expect(text()).toContain('Bản nháp');
    vi.unstubAllGlobals();
  });

  it('is opened and picked by keys', async () => {
    const fake = server().on('GET /api/organisation', { body: outline() });
    open(fake, '/organisation');
    const first = await until(() => document.querySelector('[role=treeitem]'));
    press(first, 'ArrowLeft');
    expect(document.querySelectorAll('[role=treeitem]')).toHaveLength(1);
    press(first, 'ArrowRight');
    press(first, 'Enter');
    await until(() => document.querySelector('[role=treeitem][aria-selected=true]'));
    expect(document.querySelectorAll('[role=treeitem]')).toHaveLength(2);
  });
});

describe('a proposal', () => {
  it('says what changes and who loses what, and is applied by a second person after asking', async () => {
    const fake = server()
      .on('GET /api/reorganisations/proposal-001', { body: proposal() })
      .on('POST /api/reorganisations/proposal-001/apply', {
        body: proposal({ state: 'applied', decided_by: 'Hai', decided_ms: 1 }),
      });
    open(fake, PROPOSED);
    await until(() => text().includes('Ai được và mất gì (1)'));
    expect(text()).toContain('Công an xã: chuyển trực thuộc: A → B từ 01/01/2027');
    expect(text()).toContain('C: đổi tên: C cũ → C ngay khi áp dụng');
    expect(text()).toContain('và 2 nữa');
    click(button('Áp dụng'));
    await until(() => text().includes('Áp dụng đề xuất này?'));
    sure();
    await until(() => text().includes('Đã áp dụng'));
  });

  it('that was overtaken cannot be applied, and says why', async () => {
    const fake = server().on('GET /api/reorganisations/proposal-001', { body: proposal({ stale: true }) });
    open(fake, PROPOSED);
    await until(() => text().includes('Tổ chức đã thay đổi sau lần chạy thử này'));
    expect(() => button('Áp dụng')).toThrow();
  });

  it('that somebody else decided meanwhile is shown as it stands', async () => {
    const fake = server()
      .on('GET /api/reorganisations/proposal-001', { body: proposal() })
      .on('POST /api/reorganisations/proposal-001/reject', {
        status: 409,
        body: { code: 'conflict', detail: 'decided', field: '' },
      })
      .on('GET /api/reorganisations/proposal-001', { body: proposal({ state: 'applied', decided_ms: 1 }) });
    open(fake, PROPOSED);
    await until(() => text().includes('Chờ người thứ hai'));
    click(button('Bác bỏ'));
    await until(() => text().includes('Bác đề xuất này?'));
    sure();
    await until(() => text().includes('Đề xuất này đã được áp dụng hoặc bị từ chối.'));
    await until(() => text().includes('Tình trạng Đã áp dụng'));
  });

  it('stands in the list with its state', async () => {
    const fake = server().on('GET /api/reorganisations', {
      body: [proposal({ stale: true }), proposal({ id: 'proposal-002', note: '', state: 'rejected' })],
    });
    open(fake, '/organisation/reorganisations');
    await until(() => text().includes('Đã cũ, phải chạy thử lại'));
    expect(text()).toContain('Không ghi căn cứ');
    expect(text()).toContain('Đã bác');
  });
});
