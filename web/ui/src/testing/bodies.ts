/** Bodies of the API with plausible content; a test says only what matters to it. */

import type {
  Alarm,
  AuditEntry,
  Camera,
  CameraDetail,
  CameraTruth,
  HearingDetail,
  Me,
  RecordingSetup,
  RegistrationProgress,
  Site,
  Tick,
  Tree,
} from '$lib/api/schema';

export function me(differs: Partial<Me> = {}): Me {
  return {
    account_id: 'account-0001',
    login: 'trucban',
    name: 'Lò Văn Trực',
    roles: ['duty_officer'],
    may: ['own', 'camera.list', 'camera.read', 'camera.view_live', 'site.list', 'alarm.list', 'alarm.acknowledge'],
    must_change_password: false,
    csrf: 'csrf-of-this-session',
    language: 'vi',
    stage: 'open',
    totp: false,
    totp_required: false,
    password_expires_ms: null,
    console: false,
    ...differs,
  };
}

export function camera(differs: Partial<Camera> = {}): Camera {
  return {
    id: 'camera-00001',
    number: 1,
    name: 'Ngã tư Quyết Thắng',
    site_id: 'site-0000001',
    site: 'Quyết Thắng',
    unit: 'Công an tỉnh',
    streams: ['main', 'sub'],
    can_view: true,
    motion: true,
    ...differs,
  };
}

export function tree(cameras: Camera[] = []): Tree {
  return { nodes: [], cameras };
}

export function truth(differs: Partial<CameraTruth> = {}): CameraTruth {
  return {
    camera_id: 'camera-00001',
    liveness: 'live',
    cause: null,
    fault: null,
    since_ms: 0,
    newest_capture_ms: 0,
    moving: false,
    codec: 'H264',
    width_px: 640,
    height_px: 360,
    fps: 15,
    bitrate_bps: 500_000,
    viewers: 0,
    carrier: '',
    ...differs,
  };
}

export function tick(now_ms: number, differs: Partial<Tick> = {}): Tick {
  return { type: 'tick', now_ms, cameras: [], workers_alive: 2, volumes_troubled: 0, ...differs };
}

export function alarm(differs: Partial<Alarm> = {}): Alarm {
  return {
    id: 'alarm-0001',
    camera_id: 'camera-00001',
    camera_number: 1,
    camera_name: 'Ngã tư Quyết Thắng',
    site: 'Quyết Thắng',
    kind: 'motion',
    zone: '',
    start_ms: Date.UTC(2026, 10, 25, 5, 0, 0),
    end_ms: null,
    peak_ms: null,
    has_snapshot: false,
    acknowledged_ms: null,
    acknowledged_by: null,
    ...differs,
  };
}

export function detail(differs: Partial<CameraDetail> = {}): CameraDetail {
  return {
    ...camera(),
    manufacturer: 'Pha Đin Quang',
    model: 'PQ-Bullet 1080',
    firmware: '2.4.1',
    serial: 'SN-1',
    address: '10.20.3.7:80',
    warnings: [],
    clock_offset_ms: 0,
    sensitivity: 50,
    min_duration_s: 0.4,
    zones: [],
    registered_ms: Date.UTC(2026, 10, 20, 5, 0, 0),
    ...differs,
  };
}

export function auditEntry(differs: Partial<AuditEntry> = {}): AuditEntry {
  return {
    seq: 1,
    at_ms: 1_000_000,
    address: '10.0.0.1',
    account_id: 'account-0001',
    name: 'Lò Thị Mai',
    roles: ['duty_officer'],
    console: false,
    action: 'view.ended',
    reads: true,
    kind: 'camera',
    object_id: 'camera-00001',
    label: '1 Ngã tư Quyết Thắng',
    unit_id: 'unit-0000001',
    facts: {},
    hash: '0'.repeat(64),
    ...differs,
  };
}

export function hearing(differs: Partial<HearingDetail> = {}): HearingDetail {
  return {
    id: 'hearing-00001',
    version: 1,
    court: 'TAND tỉnh Sơn La',
    courtroom_id: 'room-0000001',
    courtroom: 'Phòng xử án số 1',
    title: 'Nguyễn Văn A – Trộm cắp tài sản',
    case_number: '12/2026/TLST-HS',
    procedure: 'criminal_first',
    begins_ms: Date.UTC(2026, 10, 25, 1, 0, 0),
    ends_ms: Date.UTC(2026, 10, 25, 4, 30, 0),
    state: 'open',
    stage: 'questioning',
    flags: [],
    cut: false,
    card: null,
    expected_ms: null,
    judge: 'Cầm Thị Hạnh',
    mine: false,
    observes: false,
    watchers: 0,
    parties: [],
    officers: [],
    angles: [],
    stages: ['preparation', 'opening', 'indictment', 'questioning', 'debate', 'deliberation', 'judgment'],
    acts: ['close_doors', 'deliberate', 'take_break', 'suspend', 'adjourn', 'end', 'cut'],
    outcome: null,
    orders: [],
    checklist: {},
    judge_id: 'account-0009',
    warnings: [],
    delay_s: 0,
    since_ms: 0,
    dropped: [],
    dumps: false,
    delay_fault: null,
    accepted: false,
    warning: '2026-1',
    watches_for: '',
    recording_purpose: null,
    recordings: [],
    purposes: [],
    now_ms: Date.UTC(2026, 10, 25, 2, 0, 0),
    ...differs,
  };
}

/** May find, register and manage cameras. */
export function technician(differs: Partial<Me> = {}): Me {
  return me({
    may: ['own', 'camera.list', 'camera.read', 'camera.manage', 'camera.register', 'device.discover', 'site.list'],
    ...differs,
  });
}

export function site(differs: Partial<Site> = {}): Site {
  return {
    id: 'site-0000001',
    name: 'Quyết Thắng',
    unit: 'Công an tỉnh',
    legacy_district: '',
    latitude: null,
    longitude: null,
    ...differs,
  };
}

/** One device of a running registration. */
export function progress(differs: Partial<RegistrationProgress> = {}): RegistrationProgress {
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

/** How a camera is recorded that nobody planned for. */
export function setup(differs: Partial<RecordingSetup> = {}): RecordingSetup {
  return {
    plan: { mode: 'never', stream: 'main', pre_roll_s: 5, post_roll_s: 10, volumes: [], schedule: [] },
    class_key: 'standard',
    own_min_days: null,
    own_max_days: null,
    min_days: 15,
    max_days: 30,
    classes: [
      { key: 'important', name: 'Quan trọng', name_en: 'Important', min_days: 30, max_days: 90, priority: 80 },
      { key: 'standard', name: 'Thông thường', name_en: 'Standard', min_days: 15, max_days: 30, priority: 50 },
    ],
    volumes_here: ['main'],
    ...differs,
  };
}
