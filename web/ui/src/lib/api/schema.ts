// Made from the OpenAPI document by `python -m web.typescript`. Do not edit.

export interface Account {
  id: string;
  login: string;
  name: string;
  locked: boolean;
  grants: RoleGrant[];
}

export interface AccountDetail {
  id: string;
  login: string;
  name: string;
  locked: boolean;
  grants: RoleGrant[];
  created_ms: number;
  password_set_ms: number;
  must_change_password: boolean;
  totp: boolean;
  totp_required: boolean;
  sso_subject: string;
  history: HeldGrant[];
}

export type Act = "check_room" | "await_bench" | "begin" | "close_doors" | "open_doors" | "deliberate" | "back_to_questioning" | "pronounce" | "open_judgment" | "suspend_technical" | "suspend" | "take_break" | "resume" | "adjourn" | "reschedule" | "end" | "cut" | "restore";

export interface Alarm {
  id: string;
  camera_id: string;
  camera_number: number;
  camera_name: string;
  site: string;
  kind: AlarmKind;
  zone: string;
  start_ms: number;
  end_ms: number | null;
  peak_ms: number | null;
  has_snapshot: boolean;
  acknowledged_ms: number | null;
  acknowledged_by: string | null;
}

export type AlarmKind = "motion" | "tamper";

export interface AlarmMessage {
  type: "alarm";
  alarm: Alarm;
}

export interface AlarmPage {
  alarms: Alarm[];
  next_before_ms: number | null;
  unacknowledged: number;
}

/** One named picture of a courtroom. `kind` is one of accused, bench, witness, evidence. */
export interface Angle {
  kind: "accused" | "bench" | "witness" | "evidence";
  name: string;
  camera_id: string;
}

/** One row of the audit log; names are as they were then. `action` is an action of the rights, or what happened at the door or to a view (`sign_in`, `sign_in.refused`, `view.began`, `view.ended`…). `reads`: a look that changed nothing. */
export interface AuditEntry {
  seq: number;
  at_ms: number;
  address: string;
  account_id: string;
  name: string;
  roles: string[];
  console: boolean;
  action: string;
  reads: boolean;
  kind: string;
  object_id: string;
  label: string;
  unit_id: string;
  facts: Record<string, string>;
  hash: string;
}

/** The newest first. `next_before` is `before` of the next page, None at the end. */
export interface AuditPage {
  entries: AuditEntry[];
  next_before: number | null;
}

/** A rectangle as shares of the picture's width and height, from the upper left corner. */
export interface BlurredRegion {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface BodySwitch {
  on: boolean;
  reason?: string;
}

export interface Camera {
  id: string;
  number: number;
  name: string;
  site_id: string;
  site: string;
  unit: string;
  streams: StreamKind[];
  can_view: boolean;
  motion: boolean;
}

export interface CameraChoice {
  id: string;
  number: number;
  name: string;
  site: string;
}

export interface CameraDetail {
  id: string;
  number: number;
  name: string;
  site_id: string;
  site: string;
  unit: string;
  streams: StreamKind[];
  can_view: boolean;
  motion: boolean;
  manufacturer: string;
  model: string;
  firmware: string;
  serial: string;
  address: string;
  warnings: string[];
  clock_offset_ms: number | null;
  sensitivity: number;
  min_duration_s: number;
  zones: Zone[];
  registered_ms: number;
}

/** `number` is 0 for a camera that was removed since. */
export interface CameraNamed {
  id: string;
  number: number;
  name: string;
  site: string;
}

export interface CameraPatch {
  name?: string | null;
  number?: number | null;
  site_id?: string | null;
  motion?: boolean | null;
  sensitivity?: number | null;
  min_duration_s?: number | null;
  zones?: Zone[] | null;
}

/** What is there between two moments, which may be closer together than what was asked for. `earliest_ms`: nobody with this person's roles looks further back. `more_alarms`: there are more than are listed. */
export interface CameraTimeline {
  from_ms: number;
  to_ms: number;
  now_ms: number;
  earliest_ms: number;
  recorded: RecordedSpan[];
  gaps: RecordingGap[];
  alarms: TimelineAlarm[];
  more_alarms: boolean;
  locks: RecordingLock[];
  bookmarks: RecordingBookmark[];
}

/** What the server knows about a camera's picture. The tile adds what it sees itself: the age of its newest picture. */
export interface CameraTruth {
  camera_id: string;
  liveness: Liveness;
  cause: "power" | "link" | "authentication" | "format" | "stalled" | "unknown" | null;
  fault: FaultKind | null;
  since_ms: number;
  newest_capture_ms: number;
  moving: boolean;
  codec: Codec | null;
  width_px: number;
  height_px: number;
  fps: number;
  bitrate_bps: number;
  viewers: number;
  carrier: string;
}

/** What a viewer reads instead of a picture. */
export type Card = "not_begun" | "closed" | "deliberation" | "break" | "technical" | "suspended" | "cut" | "adjourned" | "ended";

export type ChangeKind = "class" | "camera" | "early" | "unlock";

export interface ChangePassword {
  old: string;
  new: string;
}

/** `sure_ms`: from when on nothing can delete the footage any more; later than `now_ms` only while a recorder does not answer. `pictures_failed`: how many pictures could not be had now. */
export interface ChangedIncident {
  incident: IncidentDetail;
  sure_ms: number;
  now_ms: number;
  pictures_failed: number;
}

export type CheckKind = "picture" | "sound" | "clock" | "storage" | "path";

export type CheckProblem = "not_live" | "frozen" | "late" | "no_camera" | "silent" | "too_quiet" | "no_sound" | "clock_off" | "clock_unknown" | "little_space" | "no_carrier";

/** `successor` takes over what is left; "" when nothing is. */
export interface CloseUnit {
  do: "close";
  key: string;
  successor?: string | "";
  day: string;
}

export type Codec = "H264" | "H265" | "AAC" | "PCMA" | "PCMU" | "OPUS";

export interface Console {
  id: string;
  name: string;
  unit_id: string;
  unit: string;
  address: string;
  wall: ConsoleWall;
  state: "waiting" | "expired" | "enrolled" | "revoked";
  created_ms: number;
  created_by: string;
  enrolled_ms: number | null;
  seen_ms: number | null;
}

/** Row by row, null for an empty tile. */
export interface ConsoleWall {
  size: 1 | 4 | 6 | 8 | 9 | 16 | 25 | 36 | 64;
  tiles: (string | null)[];
}

/** What a hearing can be scheduled with. */
export interface CourtChoice {
  court_id: string;
  court: string;
  courtrooms: CourtroomChoice[];
  judges: PersonChoice[];
  clerks: PersonChoice[];
}

export interface Courtroom {
  id: string;
  name: string;
  court: string;
  site_id: string;
  angles: Angle[];
}

export interface CourtroomChoice {
  id: string;
  name: string;
  angles: ("accused" | "bench" | "witness" | "evidence")[];
}

export interface CreateUnit {
  do: "create";
  key: string;
  kind: string;
  name: string;
  name_en?: string;
  parent: string;
  day: string;
}

export interface CreatedAccount {
  account: Account;
  first_password: string;
}

/** `token` is shown once, and good for one enrolment at that workstation until `token_expires_ms`. */
export interface CreatedConsole {
  console: Console;
  token: string;
  token_expires_ms: number;
}

/** `secret` is shown once. */
export interface CreatedStreamLogin {
  login: StreamLogin;
  secret: string;
}

export interface DecisionNote {
  note?: string;
}

/** Why a delay line shows nothing. */
export type DelayFault = "full" | "slow" | "failed";

/** What is locked stays. */
export interface DeleteEarly {
  kind: "early";
  from_ms: number;
  to_ms: number;
  document?: string;
  reason: string;
}

export interface Discovery {
  id: string;
  state: "running" | "done" | "failed";
  probed: number;
  to_probe: number;
  found: FoundDevice[];
  error: Error | null;
}

/** Any mix. `ranges` are CIDR (at most 4,096 addresses together) or "first-last"; `addresses` are hosts or host:port. */
export interface DiscoveryRequest {
  multicast?: boolean;
  ranges?: string[];
  addresses?: string[];
}

/** A line of the duty log. */
export interface DutyEntry {
  id: string;
  at_ms: number;
  by: string;
  kind: EntryKind;
  text: string;
  incident_id: string;
  incident_number: string;
  incident_title: string;
}

/** Why a running view ended, as a viewer is told. */
export type EndReason = "closed" | "no_right" | "lease_expired" | "camera_moved" | "codec" | "hearing" | "stopped";

export interface EnrolConsole {
  token: string;
}

/** `recovery_codes` are shown once; each is good for one sign-in without the authenticator. */
export interface Enrolled {
  recovery_codes: string[];
  me: Me;
}

/** To be shown now and never again. `qr_svg` is a whole SVG document of the otpauth address. */
export interface Enrolment {
  secret: string;
  uri: string;
  qr_svg: string;
}

/** `code`: the present one, when a second factor is there already. */
export interface EnrolmentRequest {
  code?: string;
}

export type EntryKind = "opened" | "note" | "part" | "picture" | "extraction" | "closed" | "reopened";

export interface Error {
  code: ErrorCode;
  detail: string;
  field: string;
}

/** The front end shows its own sentence per code, in the user's language; `detail` adds the facts. */
export type ErrorCode = "bad_request" | "not_signed_in" | "wrong_login" | "locked" | "password_expired" | "forbidden" | "not_found" | "conflict" | "too_large" | "too_many" | "bad_offer" | "no_picture" | "hearing_closed" | "codec" | "weak_password" | "wrong_token" | "code_needed" | "enrolment_needed" | "wrong_code" | "administration_closed" | "beyond_reach" | "unavailable" | "internal";

/** `most`: how many points there are. `key` names it in `EvaluationScore`s. */
export interface EvaluationCriterion {
  key: string;
  text: string;
  most: number;
}

export interface EvaluationGroup {
  title: string;
  criteria: EvaluationCriterion[];
}

/** `points` is None as long as none are given. */
export interface EvaluationScore {
  points?: number | null;
  remark?: string;
}

export type EventMessage = Tick | AlarmMessage | TreeChanged | JobProgress | ViewMessage | HearingMessage | SignedOut;

/** `fault`: why the job stands still. `mine`: asked for by who looks. */
export interface Extraction {
  id: string;
  number: string;
  state: vms__extraction__states__State;
  unit: string;
  asking_body: string;
  document: string;
  requester: string;
  purpose: string;
  requested_by: string;
  requested_ms: number;
  decided_by: string;
  decided_ms: number | null;
  decision: string;
  fault: string;
  done_bytes: number;
  total_bytes: number;
  mine: boolean;
}

/** `hidden`: how many stretches are of cameras that this person does not see. */
export interface ExtractionDetail {
  id: string;
  number: string;
  state: vms__extraction__states__State;
  unit: string;
  asking_body: string;
  document: string;
  requester: string;
  purpose: string;
  requested_by: string;
  requested_ms: number;
  decided_by: string;
  decided_ms: number | null;
  decision: string;
  fault: string;
  done_bytes: number;
  total_bytes: number;
  mine: boolean;
  incident_id: string | null;
  ready_ms: number | null;
  manifest_sha256: string;
  package_bytes: number;
  seal_number: string;
  recipient: string;
  recipient_office: string;
  medium: string;
  handed_by: string;
  handed_ms: number | null;
  received_by: string;
  received_ms: number | null;
  receipt_note: string;
  parts: ExtractionPart[];
  hidden: number;
}

export interface ExtractionPart {
  id: string;
  camera: CameraNamed;
  from_ms: number;
  to_ms: number;
  regions: BlurredRegion[];
}

/** Why a source ended. The first two together with the site's other cameras tell power from link (`vms.cameras`). */
export type FaultKind = "unreachable" | "refused" | "lost" | "authentication" | "not_found" | "format" | "stalled";

/** One thing that is wrong with a file; `line` 0 is the file as a whole. `code` has a sentence in each language. For `file` "edits" the line is the number of the edit, from 1. */
export interface FileProblem {
  file: string;
  line: number;
  code: ProblemCode;
  value: string;
}

/** Either `view` or why there is none: each slot stands for itself. */
export interface FilledSlot {
  mid: string;
  view: SlotView | null;
  error: Error | null;
}

/** In the order of the request. */
export interface FilledSlots {
  slots: FilledSlot[];
}

/** Why a hearing is not for observers. None of them: it is public. */
export type Flag = "closed" | "minor" | "state_secret" | "private_life";

export interface FootageMoment {
  camera_id: string;
  at_ms: number;
}

/** A stretch of a camera's recording. */
export interface FootagePart {
  camera_id: string;
  from_ms: number;
  to_ms: number;
}

export interface FoundDevice {
  address: string;
  xaddr: string;
  name: string;
  hardware: string;
  location: string;
  endpoint: string;
  registered_as: string | null;
}

/** Why a second that should be there is not. Control may know better than the worker (a site without power, who stopped it). */
export type GapCause = "camera_off" | "link" | "refused" | "format" | "disk" | "restart" | "stopped_by" | "plan" | "unknown";

/** `medium`: on what it is handed over; `seal_number`: of the envelope that it is sealed in. */
export interface HandOverBody {
  recipient: string;
  office: string;
  medium: string;
  seal_number: string;
}

export interface Health {
  status: "ok";
}

/** `warning`: the version that was shown. */
export interface HearingAcceptance {
  warning: string;
}

/** `version` is the one that was seen: when somebody else was faster the answer is 409 `changed`. `expected_ms`: when a pause is expected to end. `outcome`: for `end`. A CUT needs no version: it always counts (POST …/cut). */
export interface HearingActRequest {
  version: number;
  act: Act;
  expected_ms?: number | null;
  outcome?: Outcome | null;
  reason?: string;
}

/** `carrier` as in `CameraTruth`; empty when nothing carries it. `visible`: whether this very reader gets a picture now. */
export interface HearingAngle {
  kind: "accused" | "bench" | "witness" | "evidence";
  name: string;
  camera_id: string;
  sound: boolean;
  visible: boolean;
  carrier: string;
}

/** One person of a body: from when to when, through which angles, from which device, and the gaps between. */
export interface HearingAttendance {
  account_id: string;
  name: string;
  unit: string;
  address: string;
  observer: boolean;
  angles: ("accused" | "bench" | "witness" | "evidence")[];
  from_ms: number;
  to_ms: number | null;
  gaps: HearingGap[];
  accepted_ms: number | null;
}

/** In place of what there was, before the hearing begins. */
export interface HearingChange {
  courtroom_id: string;
  case_number: string;
  procedure: Procedure;
  title: string;
  parties?: HearingParty[];
  officers?: HearingOfficer[];
  judge_id: string;
  begins_ms: number;
  ends_ms: number;
  flags?: Flag[];
  checklist: Record<string, boolean>;
  delay_s?: number;
  version: number;
}

export interface HearingChoices {
  courts: CourtChoice[];
  bodies: ObserverBody[];
  prosecutors: PersonChoice[];
  stages: Record<string, Stage[]>;
}

export interface HearingCut {
  expected_ms?: number | null;
  reason?: string;
}

/** To observers `orders`, `parties` and `officers` of a closed hearing and `acts` are empty. `acts`: what the reader may do now; `stages`: those of the procedure, in order; `warnings`: codes (case_number). */
export interface HearingDetail {
  id: string;
  version: number;
  court: string;
  courtroom_id: string;
  courtroom: string;
  title: string;
  case_number: string;
  procedure: Procedure | null;
  begins_ms: number;
  ends_ms: number;
  state: vms__hearings__states__State;
  stage: Stage | null;
  flags: Flag[];
  cut: boolean;
  card: Card | null;
  expected_ms: number | null;
  judge: string;
  mine: boolean;
  observes: boolean;
  watchers: number | null;
  parties: HearingParty[];
  officers: HearingOfficer[];
  angles: HearingAngle[];
  stages: Stage[];
  acts: Act[];
  outcome: Outcome | null;
  orders: ObservationOrder[];
  checklist: Record<string, boolean>;
  judge_id: string | null;
  warnings: string[];
  accepted: boolean;
  warning: string;
  delay_s: number;
  since_ms: number;
  dropped: HearingGap[];
  dumps: boolean;
  delay_fault: DelayFault | null;
  watches_for: string;
  recording_purpose: RecordingPurpose | null;
  recordings: HearingRecording[];
  purposes: RecordingPurpose[];
  now_ms: number;
}

/** What became of an act. `confirmed`: every media worker has said so, and no picture runs that it ends. When not, the last one ends by itself at `latest_ms`, whatever happens. `took_ms`: from the request to that knowledge. */
export interface HearingDone {
  hearing: HearingDetail;
  confirmed: boolean;
  latest_ms: number;
  took_ms: number;
}

/** `seconds`: of what observers have not seen yet, the last so many; None: all of it. */
export interface HearingDump {
  seconds?: number | null;
}

/** One sheet with what it asks. `version` 0: not begun. `points` of `most`; `level` is what that is called, empty before `final_ms`. */
export interface HearingEvaluation {
  version: number;
  title: string;
  groups: EvaluationGroup[];
  name: string;
  mine: boolean;
  evaluated: string;
  scores: Record<string, EvaluationScore>;
  strengths: string;
  weaknesses: string;
  points: number;
  most: number;
  level: string;
  final_ms: number | null;
}

/** A flag that is taken away shows more: the presiding judge's alone. */
export interface HearingFlags {
  version: number;
  flags: Flag[];
  reason?: string;
}

export interface HearingGap {
  from_ms: number;
  to_ms: number;
}

/** One act of the time-line. `confirmed_ms`: when every worker had confirmed what it opened or closed. */
export interface HearingMark {
  number: number;
  at_ms: number;
  act: string;
  state: vms__hearings__states__State;
  stage: Stage | null;
  name: string;
  facts: Record<string, string>;
  confirmed_ms: number | null;
}

/** Something happened in a hearing that the reader may see: read it anew. `card` and `expected_ms` are what a viewer shows at once. */
export interface HearingMessage {
  type: "hearing";
  hearing_id: string;
  version: number;
  card: Card | null;
  expected_ms: number | null;
}

export interface HearingNote {
  id: string;
  at_ms: number;
  kind: "note" | "mark";
  stage: Stage | null;
  text: string;
  name: string;
  mine: boolean;
  shared_ms: number | null;
}

/** Who sits or acts in a hearing beside its presiding judge. */
export interface HearingOfficer {
  office: Office;
  name: string;
}

/** A party, by initials where a minor is concerned. `role` as it stands in the papers: bị cáo, nguyên đơn… */
export interface HearingParty {
  role: string;
  name: string;
}

/** A time in which the hearing was recorded; open while it is. */
export interface HearingRecording {
  purpose: RecordingPurpose;
  from_ms: number;
  to_ms: number | null;
  begun_by: string;
  ended_by: string;
}

/** Record from now on for a purpose of the policy: what observers may see, until the court stops it or the hearing is over. */
export interface HearingRecordingOrder {
  version: number;
  purpose: string;
  reason?: string;
}

/** `sheets` of the body were handed in, with so many points on average (tenths). */
export interface HearingReview {
  began_ms: number;
  ended_ms: number | null;
  place: string;
  chair: string;
  secretary: string;
  prosecutor_id: string | null;
  participants: ReviewParticipant[];
  opinions: ReviewOpinion[];
  strengths: string;
  weaknesses: string;
  conclusion: string;
  version: number;
  sheets: number;
  average_tenths: number;
  most: number;
  final_ms: number | null;
}

export interface HearingStageMark {
  version: number;
  stage: Stage;
}

/** What a list shows. Of a closed hearing, to others than the court, `title` is "Phiên kín" and case number, procedure, stage and flags are empty. `card` says why observers see nothing now; None when there is something to see. `mine`: the reader is its presiding judge. */
export interface HearingSummary {
  id: string;
  version: number;
  court: string;
  courtroom_id: string;
  courtroom: string;
  title: string;
  case_number: string;
  procedure: Procedure | null;
  begins_ms: number;
  ends_ms: number;
  state: vms__hearings__states__State;
  stage: Stage | null;
  flags: Flag[];
  cut: boolean;
  card: Card | null;
  expected_ms: number | null;
  judge: string;
  mine: boolean;
  observes: boolean;
  watchers: number | null;
}

/** Who watches now: one line for each person and place. */
export interface HearingWatcher {
  account_id: string;
  name: string;
  unit: string;
  address: string;
  observer: boolean;
  angles: ("accused" | "bench" | "witness" | "evidence")[];
  since_ms: number;
}

/** A role that an account held, holds or will hold. */
export interface HeldGrant {
  id: string;
  role: string;
  unit_id: string;
  unit: string;
  valid_from_ms: number;
  valid_to_ms: number | null;
  holds: boolean;
  granted_by: string;
  source: "" | "oidc";
}

/** What one line of a CSV file would do. `problems` are codes with facts, e.g. {"code": "bad_address", "value": "…"}. */
export interface ImportLine {
  line: number;
  name: string;
  address: string;
  ok: boolean;
  problems: Record<string, string>[];
}

export interface ImportReport {
  dry_run: boolean;
  encoding: string;
  delimiter: string;
  lines: ImportLine[];
  registration_id: string | null;
}

export interface Incident {
  id: string;
  number: string;
  kind: IncidentKind;
  state: "open" | "closed";
  title: string;
  document: string;
  unit: string;
  opened_by: string;
  opened_ms: number;
  closed_ms: number | null;
}

/** `hidden`: how many stretches and pictures are of cameras that this person does not see. */
export interface IncidentDetail {
  id: string;
  number: string;
  kind: IncidentKind;
  state: "open" | "closed";
  title: string;
  document: string;
  unit: string;
  opened_by: string;
  opened_ms: number;
  closed_ms: number | null;
  parts: IncidentPart[];
  pictures: IncidentPicture[];
  entries: DutyEntry[];
  hidden: number;
}

export type IncidentKind = "incident" | "case";

/** `locked`: nothing deletes it. */
export interface IncidentPart {
  id: string;
  camera: CameraNamed;
  from_ms: number;
  to_ms: number;
  locked: boolean;
  added_by: string;
  added_ms: number;
}

export interface IncidentPicture {
  id: string;
  camera: CameraNamed;
  capture_ms: number;
  added_by: string;
  added_ms: number;
}

export interface IncidentWords {
  text: string;
}

export interface JobProgress {
  type: "job";
  kind: "discovery" | "registration";
  id: string;
}

export interface KeepCamera {
  kind: "camera";
  class_key: string;
  min_days?: number | null;
  max_days?: number | null;
  document?: string;
  reason: string;
}

export interface KeepClass {
  kind: "class";
  class_key: string;
  min_days: number;
  max_days: number;
  priority: number;
  document?: string;
  reason: string;
}

/** `own`: its days differ from its class. `state`: what its recorder does now. */
export interface KeptCamera {
  id: string;
  number: number;
  name: string;
  mode: RecordingMode;
  state: Recording;
  class_key: string;
  own: boolean;
  min_days: number;
  max_days: number;
}

/** A saved wall: `tiles` is row by row, null for an empty tile. One layout named "" is the last one used. */
export interface Layout {
  name: string;
  size: 1 | 4 | 6 | 8 | 9 | 16 | 25 | 36 | 64;
  tiles: (string | null)[];
}

/** Last. After `camera_moved` and `codec` it is worth asking again; after `no_right` it is not. */
export interface LiveEnd {
  type: "end";
  reason: EndReason;
}

/** First. `base_ms`: what time 0 of the segments is, UTC: `base_ms` + media time is when a picture was captured. */
export interface LiveInfo {
  type: "info";
  base_ms: number;
  codec: Codec;
  sound: boolean;
  transcoded: boolean;
}

/** The next binary message is an initialisation segment; `codecs` as in RFC 6381, for `video/mp4`. */
export interface LiveInit {
  type: "init";
  codecs: string;
}

export type LiveMessage = LiveInfo | LiveInit | LiveEnd;

/** What a tile may claim. LATE is worked out where it is shown, from the newest picture's capture time. */
export type Liveness = "live" | "frozen" | "looped" | "connecting" | "down";

export type LockKind = "incident" | "case" | "hearing";

/** `may` lists the actions that the person holds anywhere, so that the menu shows no dead doors. It decides nothing. */
export interface Me {
  account_id: string;
  login: string;
  name: string;
  roles: string[];
  may: string[];
  must_change_password: boolean;
  csrf: string;
  language: "vi" | "en";
  stage: "code" | "password" | "enrolment" | "open";
  totp: boolean;
  totp_required: boolean;
  password_expires_ms: number | null;
  console: boolean;
}

export interface MoveUnit {
  do: "move";
  key: string;
  parent: string;
  day: string;
}

/** A body that an order shall name: everyone there, or only `account_ids`. */
export interface NamedBody {
  unit_id: string;
  account_ids?: string[];
}

export interface NewAccount {
  login: string;
  name: string;
  grants: RoleGrant[];
}

/** What one person proposes for a camera's recordings, and another decides. */
export interface NewCameraChange {
  change: KeepCamera | DeleteEarly | ReleaseLock;
}

/** `address` is the workstation's: an IPv4 or IPv6 address. */
export interface NewConsole {
  name: string;
  unit_id: string;
  address: string;
  wall: ConsoleWall;
}

/** `version` 0 begins the sheet. `final` hands it in: every criterion has points then, the hearing is over, and it stays as it is. */
export interface NewEvaluation {
  version: number;
  evaluated?: string;
  scores?: Record<string, EvaluationScore>;
  strengths?: string;
  weaknesses?: string;
  final?: boolean;
}

/** `asking_body` asks by the paper `document`; `requester` is who brings it. */
export interface NewExtractionBody {
  asking_body: string;
  document: string;
  requester: string;
  purpose: string;
  parts: WantedFootage[];
  incident_id?: string | null;
}

/** `checklist` answers every point; a point answered with true brings its flag. `judge_id` is a presiding judge of that court. */
export interface NewHearing {
  courtroom_id: string;
  case_number: string;
  procedure: Procedure;
  title: string;
  parties?: HearingParty[];
  officers?: HearingOfficer[];
  judge_id: string;
  begins_ms: number;
  ends_ms: number;
  flags?: Flag[];
  checklist: Record<string, boolean>;
  delay_s?: number;
}

/** `mark` is a moment without words (or with few), `note` has text. */
export interface NewHearingNote {
  kind: "note" | "mark";
  text?: string;
}

/** `version` 0 begins the minutes. `final` closes them for good; they have a conclusion then. */
export interface NewHearingReview {
  began_ms: number;
  ended_ms?: number | null;
  place?: string;
  chair?: string;
  secretary?: string;
  prosecutor_id?: string | null;
  participants?: ReviewParticipant[];
  opinions?: ReviewOpinion[];
  strengths?: string;
  weaknesses?: string;
  conclusion?: string;
  version: number;
  final?: boolean;
}

/** `alarm_id`: adds what led to the alarm, and its picture. `pictures`: the keyframes at or before these moments. */
export interface NewIncidentBody {
  kind?: IncidentKind;
  title: string;
  document?: string;
  note?: string;
  parts?: FootagePart[];
  pictures?: FootageMoment[];
  alarm_id?: string | null;
}

/** `number`: of the paper that it rests on. `version` is the hearing's, as it was seen. */
export interface NewObservationOrder {
  version: number;
  number: string;
  signer: string;
  angles: ("accused" | "bench" | "witness" | "evidence")[];
  valid_from_ms: number;
  valid_to_ms: number;
  bodies: NamedBody[];
}

/** `shared`: with whoever looks at recordings in the same unit; else one's own. */
export interface NewRecordingBookmark {
  at_ms: number;
  note?: string;
  shared?: boolean;
}

/** `reference`: the number of the incident, the case or the hearing. */
export interface NewRecordingLock {
  from_ms: number;
  to_ms: number;
  kind: LockKind;
  reference?: string;
  reason: string;
}

/** Either files (those that are not given stay as they are), or edits of the organisation as it is now, one after the other. */
export interface NewReorganisation {
  note?: string;
  files?: Record<string, string>;
  edits?: (RenameUnit | CreateUnit | CloseUnit | MoveUnit | PutSite | PutCourtroom)[];
}

export interface NewRestriction {
  name: string;
  unit_id: string;
  sensitive: boolean;
  camera_ids: string[];
  rules?: RestrictionRule[];
}

export interface NewSoundCheck {
  angle: "accused" | "bench" | "witness" | "evidence";
}

export interface NewStreamLogin {
  label: string;
}

export interface ObservationOrder {
  id: string;
  number: string;
  signer: string;
  angles: ("accused" | "bench" | "witness" | "evidence")[];
  valid_from_ms: number;
  valid_to_ms: number;
  revoked_ms: number | null;
  holds: boolean;
  bodies: OrderBody[];
}

/** A body that can be named in an order, with its people who may observe. */
export interface ObserverBody {
  unit_id: string;
  unit: string;
  people: PersonChoice[];
}

export type Office = "judge" | "juror" | "clerk" | "prosecutor";

/** A body that an order names: everyone there, or only `account_ids` (called `names`). */
export interface OrderBody {
  unit_id: string;
  unit: string;
  account_ids: string[];
  names: string[];
  on: boolean;
}

/** `number` is that of the camera that is planned. */
export interface OrganisationAngle {
  kind: "accused" | "bench" | "witness" | "evidence";
  name: string;
  number: number | null;
  channel: number;
  audio: boolean;
}

/** What is different, in names: before and after, or where it was and where it goes; who takes over is `new` of `unit_closed`. `day_ms` is when it begins to hold; None: at once. */
export interface OrganisationChange {
  what: "unit_added" | "unit_renamed" | "unit_closed" | "unit_moved" | "unit_changed" | "site_added" | "site_moved" | "site_changed" | "courtroom_added" | "courtroom_moved" | "courtroom_changed";
  name: string;
  old: string;
  new: string;
  day_ms: number | null;
}

/** `court_id` is who has it now: a successor, when the court that it was given to is gone. `site` is a key. */
export interface OrganisationCourtroom {
  id: string;
  key: string;
  name: string;
  court_id: string;
  site: string;
  angles: OrganisationAngle[];
}

/** The organisation as files of `config/province`'s form, by name. */
export interface OrganisationFiles {
  files: Record<string, string>;
}

/** Units as they were at `at_ms`; sites and courtrooms are those of now, and there are none for another moment. `may_export` and `may_reorganise` are about the whole of it. */
export interface OrganisationOutline {
  at_ms: number;
  now: boolean;
  may_export: boolean;
  may_reorganise: boolean;
  units: OrganisationUnit[];
  sites: OrganisationSite[];
  courtrooms: OrganisationCourtroom[];
}

export interface OrganisationSite {
  id: string;
  key: string;
  name: string;
  name_en: string;
  unit_id: string;
  legacy_district: string;
  latitude: number | null;
  longitude: number | null;
  owner: string;
  funding: string;
  courtrooms: string[];
}

/** One unit at a moment. Moments are the beginnings of days in Vietnam; 0 is since ever, None still, ends are excluded. */
export interface OrganisationUnit {
  id: string;
  key: string;
  kind: string;
  name: string;
  name_en: string;
  parent_id: string | null;
  valid_from_ms: number;
  valid_to_ms: number | null;
  placed_from_ms: number;
  placed_to_ms: number | null;
  successor: string;
}

/** How a hearing ended. */
export type Outcome = "judgment" | "discontinued" | "returned";

export interface PersonChoice {
  id: string;
  name: string;
}

/** `sure_ms`: from when on nothing can delete it any more; later than `now_ms` only while a recorder that may does not answer. */
export interface PlacedRecordingLock {
  id: string;
  from_ms: number;
  to_ms: number;
  kind: LockKind;
  reference: string;
  reason: string;
  placed_by: string;
  placed_ms: number;
  sure_ms: number;
  now_ms: number;
}

/** What must be answered before a hearing that is to be observed is scheduled. */
export type Point = "juvenile" | "secret" | "sexual_offence" | "privacy";

/** What can be wrong with the files; the front end has a sentence for each in both languages. */
export type ProblemCode = "no_units" | "unreadable" | "too_large" | "unknown_file" | "missing_column" | "columns" | "bad_angle" | "bad_boolean" | "bad_cell" | "bad_key" | "no_name" | "bad_date" | "bad_coordinate" | "bad_number" | "twice" | "unknown_unit" | "unknown_site" | "unknown_courtroom" | "ends_first" | "two_parents" | "circle" | "not_then" | "needs_successor" | "root";

export type Procedure = "criminal_first" | "criminal_appeal" | "civil_first" | "civil_appeal";

export type Progress = "none" | "draft" | "final";

export interface PutAngle {
  kind: "accused" | "bench" | "witness" | "evidence";
  name: string;
  number?: number | null;
  channel?: number;
  audio?: boolean;
}

/** A courtroom as it is to be; `new` adds it. Angles are added or changed; one that is not named stays. */
export interface PutCourtroom {
  do: "courtroom";
  new: boolean;
  key: string;
  name: string;
  court: string;
  site: string;
  angles?: PutAngle[];
}

/** A site as it is to be; `new` adds it. Another unit sees its cameras once the reorganisation is applied. Degrees north and east. */
export interface PutSite {
  do: "site";
  new: boolean;
  key: string;
  name: string;
  name_en?: string;
  unit: string;
  legacy_district?: string;
  latitude?: number | null;
  longitude?: number | null;
  owner?: string;
  funding?: string;
}

export interface ReceiptBody {
  received_by: string;
  note?: string;
}

/** A day in Vietnam. `owed_ms`: what the plan asked for, today up to now; `missing_ms`: what of it is not there. */
export interface RecordedDay {
  day: string;
  start_ms: number;
  recorded_ms: number;
  owed_ms: number;
  missing_ms: number;
  size_bytes: number;
}

export interface RecordedSpan {
  start_ms: number;
  end_ms: number;
}

/** What the recorder of one camera does now. */
export type Recording = "off" | "idle" | "waiting" | "running" | "suspended";

/** A moment that somebody wants to find again. `shared`: with the unit; else it is the reader's own. */
export interface RecordingBookmark {
  id: string;
  at_ms: number;
  note: string;
  name: string;
  shared: boolean;
  mine: boolean;
}

/** The minutes of a change: who proposed what and why, who decided, what was done. `wanted` has the members of its kind. */
export interface RecordingChange {
  id: string;
  kind: ChangeKind;
  camera_id: string | null;
  wanted: Record<string, number | string | null>;
  document: string;
  reason: string;
  state: "proposed" | "applied" | "rejected";
  proposed_by: string;
  proposed_ms: number;
  decided_by: string;
  decided_ms: number | null;
  minutes: string;
  done_ms: number | null;
  mine: boolean;
}

export interface RecordingClass {
  key: string;
  name: string;
  name_en: string;
  min_days: number;
  max_days: number;
  priority: number;
}

/** A stretch that should be recorded and was not. `by`: the name of whoever stopped the recording. `recovered`: it was fetched later from the camera's own card, and is there now. */
export interface RecordingGap {
  start_ms: number;
  end_ms: number;
  cause: GapCause;
  fault: FaultKind | "";
  by: string;
  recovered: boolean;
}

/** A part of a recording that nothing deletes. */
export interface RecordingLock {
  id: string;
  from_ms: number;
  to_ms: number;
  kind: LockKind;
  reference: string;
  reason: string;
  placed_by: string;
  placed_ms: number;
}

/** When a camera is recorded. A schedule says for each of its spans whether all of it is, or only motion. */
export type RecordingMode = "continuous" | "motion" | "schedule" | "never";

/** What is recorded of a camera from now on. `volumes`, best first; empty: any. */
export interface RecordingPlanBody {
  mode: RecordingMode;
  stream?: StreamKind;
  pre_roll_s?: number;
  post_roll_s?: number;
  volumes?: string[];
  schedule?: ScheduleSpan[];
}

/** A change that waits for a second person, with the camera that it is about; 0 and empty for a class. */
export interface RecordingProposal {
  id: string;
  kind: ChangeKind;
  camera_id: string | null;
  wanted: Record<string, number | string | null>;
  document: string;
  reason: string;
  state: "proposed" | "applied" | "rejected";
  proposed_by: string;
  proposed_ms: number;
  decided_by: string;
  decided_ms: number | null;
  minutes: string;
  done_ms: number | null;
  mine: boolean;
  camera_number: number;
  camera_name: string;
}

/** What hearings may be recorded for, by the court's policy. One that left the policy is named by its code. */
export interface RecordingPurpose {
  code: string;
  name: string;
  name_en: string;
}

/** How a camera is recorded and kept. `own_…` where the camera differs from its class; `volumes_here`: those of this machine. */
export interface RecordingSetup {
  plan: RecordingPlanBody;
  class_key: string;
  own_min_days: number | null;
  own_max_days: number | null;
  min_days: number;
  max_days: number;
  classes: RecordingClass[];
  volumes_here: string[];
}

/** Where recordings are, and how long they are kept: the classes, and the cameras that this person reads. */
export interface RecordingStorage {
  volumes: RecordingVolume[];
  classes: RecordingClass[];
  cameras: KeptCamera[];
}

/** `condition` null: no living recorder has this volume. `quota_bytes` 0: none; `keep_free_bytes` is what stays free. `suspended`: recordings that it does not take now. `short_bytes`: by how much it stays too full because nothing more may be deleted. */
export interface RecordingVolume {
  id: string;
  condition: VolumeCondition | null;
  since_ms: number;
  detail: string;
  total_bytes: number;
  free_bytes: number;
  used_bytes: number;
  quota_bytes: number;
  keep_free_bytes: number;
  recordings: number;
  suspended: number;
  short_bytes: number;
  oldest_ms: number | null;
}

export interface Registration {
  id: string;
  state: "running" | "done";
  items: RegistrationProgress[];
}

/** One device to register. Without `xaddr`, `rtsp_main` names an encoder that has no ONVIF. `courtroom_id` with `angle` attaches the first video source as that picture of the courtroom. */
export interface RegistrationItem {
  xaddr?: string;
  rtsp_main?: string;
  rtsp_sub?: string;
  username?: string;
  password?: string;
  name?: string;
  number?: number | null;
  site_id: string;
  courtroom_id?: string | null;
  angle?: "accused" | "bench" | "witness" | "evidence" | null;
}

export interface RegistrationProgress {
  label: string;
  step: "waiting" | "connecting" | "identity" | "profiles" | "streams" | "saved" | "failed";
  camera_ids: string[];
  warnings: string[];
  error: Error | null;
  has_snapshot: boolean;
}

export interface RegistrationRequest {
  items: RegistrationItem[];
}

export interface ReleaseLock {
  kind: "unlock";
  lock_id: string;
  document?: string;
  reason: string;
}

export interface RenameUnit {
  do: "rename";
  key: string;
  name: string;
  name_en?: string;
}

/** A proposal and its dry run. Only somebody else than who proposed it may apply it. `stale`: the organisation has changed since the dry run, it can only be proposed anew. At most 500 `changes`. */
export interface Reorganisation {
  id: string;
  note: string;
  state: "proposed" | "applied" | "rejected";
  added: number;
  changed: number;
  removed: number;
  effective_ms: number;
  changes: OrganisationChange[];
  effects: ReorganisationEffect[];
  proposed_by: string;
  proposed_ms: number;
  decided_by: string;
  decided_ms: number | null;
  mine: boolean;
  stale: boolean;
}

/** Either what is wrong with the files, or the proposal. */
export interface ReorganisationCheck {
  problems: FileProblem[];
  proposal: Reorganisation | null;
}

/** What changes for one person; at most 50 cameras and courtrooms are named in each list, the counts are of all. */
export interface ReorganisationEffect {
  account_id: string;
  login: string;
  name: string;
  gains: string[];
  loses: string[];
  gained: number;
  lost: number;
}

export interface Restriction {
  id: string;
  name: string;
  unit_id: string;
  unit: string;
  sensitive: boolean;
  camera_ids: string[];
  rules: RestrictionRule[];
}

/** For one account (or console), or for everyone with a role. `allow` opens what `sensitive` closes, else it forbids: always stronger, and everything about the camera. Neither ever gives what the role does not give. */
export interface RestrictionRule {
  account_id?: string | null;
  role?: string | null;
  allow: boolean;
  valid_from_ms?: number | null;
  valid_to_ms?: number | null;
  reason?: string;
}

export interface ReviewOpinion {
  name: string;
  text: string;
}

export interface ReviewParticipant {
  name: string;
  office?: string;
  unit?: string;
}

/** A hearing that the reader may write about, for `body`: their own `sheet`, how many `sheets` the body has handed in, its `minutes`. `people`: those of the body whose hearing it may count as. */
export interface ReviewedHearing {
  hearing: HearingSummary;
  body: string;
  sheet: Progress;
  sheets: number;
  minutes: Progress;
  prosecutor: string;
  people: PersonChoice[];
}

/** A role in a unit, from now (or `valid_from_ms`) on, until further notice (or until `valid_to_ms`, excluded). */
export interface RoleGrant {
  role: string;
  unit_id: string;
  unit?: string;
  valid_from_ms?: number | null;
  valid_to_ms?: number | null;
}

export interface RoomCheck {
  id: string;
  at_ms: number;
  name: string;
  passed: boolean;
  rows: RoomCheckRow[];
}

/** One thing that was looked at. `problem` is a code, None when all is well; `value` is what was measured, as text with its unit. */
export interface RoomCheckRow {
  kind: CheckKind;
  angle: "accused" | "bench" | "witness" | "evidence" | null;
  ok: boolean;
  problem: CheckProblem | null;
  value: string;
}

export interface RunningSession {
  id: string;
  created_ms: number;
  touched_ms: number;
  expires_ms: number;
  address: string;
  agent: string;
  current: boolean;
}

/** Local time (UTC+7). `weekdays` 1 Monday … 7 Sunday; minutes of the day, `to_min` 1440 is midnight at its end. */
export interface ScheduleSpan {
  weekdays?: number[];
  from_min?: number;
  to_min?: number;
  motion?: boolean;
}

/** Six digits, or one of the recovery codes. */
export interface SecondFactorCode {
  code: string;
}

export interface SetLanguage {
  language: "vi" | "en";
}

/** The token is printed once by `vms serve` on its first start and dies with its use. */
export interface SetupRequest {
  token: string;
  login: string;
  name: string;
  password: string;
}

export interface SetupState {
  needed: boolean;
}

/** What a view shows now: its link may not carry what was asked for. */
export type Shown = "main" | "sub" | "keyframes" | "transcoded";

export interface SignIn {
  login: string;
  password: string;
}

/** `sso` is the name of the identity provider for the button, "" without one. */
export interface SignInWays {
  sso: string;
}

/** The session ended; the socket closes after this. */
export interface SignedOut {
  type: "signed_out";
  reason: "expired" | "revoked";
}

export interface Site {
  id: string;
  name: string;
  unit: string;
  legacy_district: string;
  latitude: number | null;
  longitude: number | null;
}

export interface SlotRequest {
  camera_id: string;
  stream?: StreamKind;
}

/** A view in a slot. Pictures whose `rtpTimestamp` is `first_rtp_timestamp` or later (mod 2³²) are this camera's, none before. `shown` is what the link carries now; `ViewMessage` tells of changes. */
export interface SlotView {
  view_id: string;
  codec: Codec;
  shown: Shown;
  first_rtp_timestamp: number;
}

/** What a wall shows when it opens or is switched, in one request. No slot twice. */
export interface SlotsRequest {
  slots: WantedSlot[];
}

/** What one microphone heard, in `steps` of `step_ms`; `ok`: as loud as a microphone that is on. `wav_base64` is to be played once. */
export interface SoundCheck {
  angle: "accused" | "bench" | "witness" | "evidence";
  ok: boolean;
  step_ms: number;
  steps: SoundStep[];
  whole: SoundStep | null;
  wav_base64: string;
}

/** In dB below full scale. */
export interface SoundStep {
  rms_dbfs: number;
  peak_dbfs: number;
}

/** Where the browser goes to sign in; it comes back to GET /api/oidc/callback, which leads to / or to /sign-in?error=… */
export interface SsoStart {
  url: string;
}

/** The `sub` by which the identity provider knows this person; "" for none. */
export interface SsoSubject {
  subject: string;
}

export type Stage = "preparation" | "opening" | "indictment" | "case_presented" | "parties_present" | "appeal_presented" | "questioning" | "prosecution_closing" | "prosecutor_opinion" | "debate" | "last_words" | "deliberation" | "judgment";

export type State = "requested" | "rejected" | "cancelled" | "approved" | "running" | "stopped" | "ready" | "handed_over" | "received";

/** Which of a camera's streams: `main` is full quality, `sub` is what walls and motion use. */
export type StreamKind = "main" | "sub";

/** A login for a player that is no browser: `rtsp(s)://…/cameras/{id}?stream=main`, HTTP digest. */
export interface StreamLogin {
  id: string;
  username: string;
  label: string;
  created_ms: number;
  used_ms: number | null;
  expires_ms: number | null;
}

/** `address` is what stands before `/cameras/{id}`, "" when nothing listens for players. */
export interface StreamLogins {
  address: string;
  logins: StreamLogin[];
}

/** Every second: our clock, and the cameras whose truth changed (all of them in the first tick). */
export interface Tick {
  type: "tick";
  now_ms: number;
  cameras: CameraTruth[];
  workers_alive: number;
  volumes_troubled: number;
}

export interface TimelineAlarm {
  id: string;
  kind: AlarmKind;
  start_ms: number;
  end_ms: number | null;
  zone: string;
  acknowledged: boolean;
}

export interface Tree {
  nodes: TreeNode[];
  cameras: Camera[];
}

export interface TreeChanged {
  type: "tree";
}

/** The camera tree: units over sites; the cameras refer to their site. */
export interface TreeNode {
  id: string;
  name: string;
  kind: "unit" | "site";
  parent_id: string | null;
}

export interface UnitChoice {
  id: string;
  name: string;
  kind: string;
}

/** A view of this session shows something else because its link carries more or less (`shown`), or has ended (`ended`). */
export interface ViewMessage {
  type: "view";
  view_id: string;
  shown: Shown | null;
  ended: EndReason | null;
}

/** The worst that is true of a volume now. */
export type VolumeCondition = "ok" | "nearly_full" | "slow" | "full" | "read_only" | "gone";

/** `regions` are blurred on the copy, never on the original. */
export interface WantedFootage {
  camera_id: string;
  from_ms: number;
  to_ms: number;
  regions?: BlurredRegion[];
}

/** `mid` names the slot, as in the path of a single one. */
export interface WantedSlot {
  camera_id: string;
  stream?: StreamKind;
  mid: string;
}

/** A polygon in the picture: points are (x, y) fractions 0..1 of width and height. `mask` zones are never looked at. */
export interface Zone {
  name: string;
  points: [number, number][];
  mask?: boolean;
}

export type vms__extraction__states__State = "requested" | "rejected" | "cancelled" | "approved" | "running" | "stopped" | "ready" | "handed_over" | "received";

export type vms__hearings__states__State = "scheduled" | "room_check" | "waiting" | "open" | "closed_part" | "deliberation" | "judgment" | "suspended" | "break" | "adjourned" | "ended";

export type Action = "account.grant" | "account.list" | "account.manage" | "alarm.acknowledge" | "alarm.list" | "audit.read" | "camera.list" | "camera.manage" | "camera.read" | "camera.register" | "camera.view_live" | "camera.view_recorded" | "console.list" | "console.manage" | "console.revoke" | "courtroom.list" | "device.discover" | "evidence.approve" | "evidence.request" | "hearing.cut" | "hearing.list" | "hearing.manage" | "hearing.note" | "hearing.observe" | "hearing.switch" | "incident.list" | "incident.write" | "organisation.manage" | "organisation.read" | "own" | "recording.keep" | "recording.lock" | "restriction.list" | "restriction.manage" | "site.list";

/** What each request takes and is answered with. Bodies and answers that are not JSON are not described. */
export interface Operations {
  "GET /api/setup": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: SetupState;
  };
  "POST /api/setup": {
    params: undefined;
    query: undefined;
    body: SetupRequest;
    answer: Me;
  };
  "POST /api/session": {
    params: undefined;
    query: undefined;
    body: SignIn;
    answer: Me;
  };
  "GET /api/session": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: Me;
  };
  "DELETE /api/session": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: undefined;
  };
  "POST /api/session/password": {
    params: undefined;
    query: undefined;
    body: ChangePassword;
    answer: Me;
  };
  "PUT /api/session/language": {
    params: undefined;
    query: undefined;
    body: SetLanguage;
    answer: undefined;
  };
  "POST /api/session/totp": {
    params: undefined;
    query: undefined;
    body: SecondFactorCode;
    answer: Me;
  };
  "POST /api/session/totp/enrolment": {
    params: undefined;
    query: undefined;
    body: EnrolmentRequest;
    answer: Enrolment;
  };
  "POST /api/session/totp/enrolment/confirm": {
    params: undefined;
    query: undefined;
    body: SecondFactorCode;
    answer: Enrolled;
  };
  "GET /api/sign-in-ways": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: SignInWays;
  };
  "POST /api/oidc/start": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: SsoStart;
  };
  "GET /api/oidc/callback": {
    params: undefined;
    query: { code?: string; state?: string; error?: string; iss?: string };
    body: undefined;
    answer: Response;
  };
  "GET /api/accounts": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: Account[];
  };
  "POST /api/accounts": {
    params: undefined;
    query: undefined;
    body: NewAccount;
    answer: CreatedAccount;
  };
  "POST /api/accounts/{account_id}/lock": {
    params: { account_id: string };
    query: undefined;
    body: undefined;
    answer: Account;
  };
  "POST /api/accounts/{account_id}/unlock": {
    params: { account_id: string };
    query: undefined;
    body: undefined;
    answer: Account;
  };
  "POST /api/accounts/{account_id}/reset-password": {
    params: { account_id: string };
    query: undefined;
    body: undefined;
    answer: CreatedAccount;
  };
  "GET /api/roles": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: string[];
  };
  "GET /api/accounts/{account_id}": {
    params: { account_id: string };
    query: undefined;
    body: undefined;
    answer: AccountDetail;
  };
  "POST /api/accounts/{account_id}/grants": {
    params: { account_id: string };
    query: undefined;
    body: RoleGrant;
    answer: AccountDetail;
  };
  "DELETE /api/accounts/{account_id}/grants/{grant_id}": {
    params: { account_id: string; grant_id: string };
    query: undefined;
    body: undefined;
    answer: AccountDetail;
  };
  "POST /api/accounts/{account_id}/reset-totp": {
    params: { account_id: string };
    query: undefined;
    body: undefined;
    answer: AccountDetail;
  };
  "PUT /api/accounts/{account_id}/sso": {
    params: { account_id: string };
    query: undefined;
    body: SsoSubject;
    answer: AccountDetail;
  };
  "GET /api/sessions": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: RunningSession[];
  };
  "DELETE /api/sessions/{session_id}": {
    params: { session_id: string };
    query: undefined;
    body: undefined;
    answer: undefined;
  };
  "GET /api/accounts/{account_id}/sessions": {
    params: { account_id: string };
    query: undefined;
    body: undefined;
    answer: RunningSession[];
  };
  "DELETE /api/accounts/{account_id}/sessions/{session_id}": {
    params: { account_id: string; session_id: string };
    query: undefined;
    body: undefined;
    answer: undefined;
  };
  "GET /api/restrictions": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: Restriction[];
  };
  "POST /api/restrictions": {
    params: undefined;
    query: undefined;
    body: NewRestriction;
    answer: Restriction;
  };
  "GET /api/restrictions/cameras": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: CameraChoice[];
  };
  "PUT /api/restrictions/{restriction_id}": {
    params: { restriction_id: string };
    query: undefined;
    body: NewRestriction;
    answer: Restriction;
  };
  "DELETE /api/restrictions/{restriction_id}": {
    params: { restriction_id: string };
    query: undefined;
    body: undefined;
    answer: undefined;
  };
  "GET /api/consoles": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: Console[];
  };
  "POST /api/consoles": {
    params: undefined;
    query: undefined;
    body: NewConsole;
    answer: CreatedConsole;
  };
  "PUT /api/consoles/{console_id}/wall": {
    params: { console_id: string };
    query: undefined;
    body: ConsoleWall;
    answer: Console;
  };
  "POST /api/consoles/{console_id}/revoke": {
    params: { console_id: string };
    query: undefined;
    body: undefined;
    answer: Console;
  };
  "POST /api/console": {
    params: undefined;
    query: undefined;
    body: EnrolConsole;
    answer: Me;
  };
  "GET /api/console/wall": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: ConsoleWall;
  };
  "GET /api/units": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: UnitChoice[];
  };
  "GET /api/organisation": {
    params: undefined;
    query: { at_ms?: number | null };
    body: undefined;
    answer: OrganisationOutline;
  };
  "GET /api/audit": {
    params: undefined;
    query: { account_id?: string | null; action?: string | null; kind?: string | null; object_id?: string | null; from_ms?: number | null; to_ms?: number | null; acts_only?: boolean; text?: string; before?: number | null };
    body: undefined;
    answer: AuditPage;
  };
  "GET /api/audit.csv": {
    params: undefined;
    query: { account_id?: string | null; action?: string | null; kind?: string | null; object_id?: string | null; from_ms?: number | null; to_ms?: number | null; acts_only?: boolean; text?: string; before?: number | null };
    body: undefined;
    answer: Response;
  };
  "GET /api/cameras/{camera_id}/watchers": {
    params: { camera_id: string };
    query: { before?: number | null };
    body: undefined;
    answer: AuditPage;
  };
  "GET /api/organisation/files": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: OrganisationFiles;
  };
  "GET /api/reorganisations": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: Reorganisation[];
  };
  "POST /api/reorganisations": {
    params: undefined;
    query: undefined;
    body: NewReorganisation;
    answer: ReorganisationCheck;
  };
  "GET /api/reorganisations/{proposal_id}": {
    params: { proposal_id: string };
    query: undefined;
    body: undefined;
    answer: Reorganisation;
  };
  "POST /api/reorganisations/{proposal_id}/apply": {
    params: { proposal_id: string };
    query: undefined;
    body: undefined;
    answer: Reorganisation;
  };
  "POST /api/reorganisations/{proposal_id}/reject": {
    params: { proposal_id: string };
    query: undefined;
    body: undefined;
    answer: Reorganisation;
  };
  "GET /api/tree": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: Tree;
  };
  "GET /api/sites": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: Site[];
  };
  "GET /api/cameras/{camera_id}": {
    params: { camera_id: string };
    query: undefined;
    body: undefined;
    answer: CameraDetail;
  };
  "PATCH /api/cameras/{camera_id}": {
    params: { camera_id: string };
    query: undefined;
    body: CameraPatch;
    answer: CameraDetail;
  };
  "DELETE /api/cameras/{camera_id}": {
    params: { camera_id: string };
    query: undefined;
    body: undefined;
    answer: undefined;
  };
  "GET /api/cameras/{camera_id}/snapshot.jpg": {
    params: { camera_id: string };
    query: undefined;
    body: undefined;
    answer: Response;
  };
  "POST /api/cameras/{camera_id}/whep": {
    params: { camera_id: string };
    query: { stream?: StreamKind };
    body: BodyInit;
    answer: Response;
  };
  "PATCH /api/views/{view_id}": {
    params: { view_id: string };
    query: undefined;
    body: BodyInit;
    answer: undefined;
  };
  "DELETE /api/views/{view_id}": {
    params: { view_id: string };
    query: undefined;
    body: undefined;
    answer: undefined;
  };
  "POST /api/carriers/{carrier}": {
    params: { carrier: string };
    query: undefined;
    body: BodyInit;
    answer: Response;
  };
  "PUT /api/transports/{transport_id}/slots/{mid}": {
    params: { transport_id: string; mid: string };
    query: undefined;
    body: SlotRequest;
    answer: SlotView;
  };
  "DELETE /api/transports/{transport_id}/slots/{mid}": {
    params: { transport_id: string; mid: string };
    query: undefined;
    body: undefined;
    answer: undefined;
  };
  "PUT /api/transports/{transport_id}/slots": {
    params: { transport_id: string };
    query: undefined;
    body: SlotsRequest;
    answer: FilledSlots;
  };
  "DELETE /api/transports/{transport_id}": {
    params: { transport_id: string };
    query: undefined;
    body: undefined;
    answer: undefined;
  };
  "GET /api/cameras/{camera_id}/live": {
    params: { camera_id: string };
    query: { stream?: StreamKind; sound?: boolean; h265?: boolean };
    body: undefined;
    answer: undefined;
  };
  "GET /api/session/stream-logins": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: StreamLogins;
  };
  "POST /api/session/stream-logins": {
    params: undefined;
    query: undefined;
    body: NewStreamLogin;
    answer: CreatedStreamLogin;
  };
  "DELETE /api/session/stream-logins/{login_id}": {
    params: { login_id: string };
    query: undefined;
    body: undefined;
    answer: undefined;
  };
  "GET /api/layouts": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: Layout[];
  };
  "PUT /api/layouts/{name}": {
    params: { name: string };
    query: undefined;
    body: Layout;
    answer: Layout;
  };
  "DELETE /api/layouts/{name}": {
    params: { name: string };
    query: undefined;
    body: undefined;
    answer: undefined;
  };
  "GET /api/courtrooms": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: Courtroom[];
  };
  "GET /api/hearings": {
    params: undefined;
    query: { from_ms?: number | null; to_ms?: number | null };
    body: undefined;
    answer: HearingSummary[];
  };
  "POST /api/hearings": {
    params: undefined;
    query: undefined;
    body: NewHearing;
    answer: HearingDetail;
  };
  "GET /api/hearing-choices": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: HearingChoices;
  };
  "GET /api/hearings/{hearing_id}": {
    params: { hearing_id: string };
    query: undefined;
    body: undefined;
    answer: HearingDetail;
  };
  "PUT /api/hearings/{hearing_id}": {
    params: { hearing_id: string };
    query: undefined;
    body: HearingChange;
    answer: HearingDone;
  };
  "POST /api/hearings/{hearing_id}/acts": {
    params: { hearing_id: string };
    query: undefined;
    body: HearingActRequest;
    answer: HearingDone;
  };
  "POST /api/hearings/{hearing_id}/cut": {
    params: { hearing_id: string };
    query: undefined;
    body: HearingCut;
    answer: HearingDone;
  };
  "POST /api/hearings/{hearing_id}/dump": {
    params: { hearing_id: string };
    query: undefined;
    body: HearingDump;
    answer: HearingDone;
  };
  "POST /api/hearings/{hearing_id}/stage": {
    params: { hearing_id: string };
    query: undefined;
    body: HearingStageMark;
    answer: HearingDone;
  };
  "PUT /api/hearings/{hearing_id}/flags": {
    params: { hearing_id: string };
    query: undefined;
    body: HearingFlags;
    answer: HearingDone;
  };
  "PUT /api/hearings/{hearing_id}/recording": {
    params: { hearing_id: string };
    query: undefined;
    body: HearingRecordingOrder;
    answer: HearingDone;
  };
  "DELETE /api/hearings/{hearing_id}/recording": {
    params: { hearing_id: string };
    query: { version: number };
    body: undefined;
    answer: HearingDone;
  };
  "POST /api/hearings/{hearing_id}/orders": {
    params: { hearing_id: string };
    query: undefined;
    body: NewObservationOrder;
    answer: HearingDone;
  };
  "DELETE /api/hearings/{hearing_id}/orders/{order_id}": {
    params: { hearing_id: string; order_id: string };
    query: { version: number };
    body: undefined;
    answer: HearingDone;
  };
  "PUT /api/hearings/{hearing_id}/bodies/{unit_id}": {
    params: { hearing_id: string; unit_id: string };
    query: undefined;
    body: BodySwitch;
    answer: HearingDone;
  };
  "GET /api/hearings/{hearing_id}/timeline": {
    params: { hearing_id: string };
    query: undefined;
    body: undefined;
    answer: HearingMark[];
  };
  "POST /api/hearings/{hearing_id}/acceptance": {
    params: { hearing_id: string };
    query: undefined;
    body: HearingAcceptance;
    answer: undefined;
  };
  "GET /api/hearings/{hearing_id}/notes": {
    params: { hearing_id: string };
    query: undefined;
    body: undefined;
    answer: HearingNote[];
  };
  "POST /api/hearings/{hearing_id}/notes": {
    params: { hearing_id: string };
    query: undefined;
    body: NewHearingNote;
    answer: HearingNote;
  };
  "POST /api/hearings/{hearing_id}/notes/share": {
    params: { hearing_id: string };
    query: undefined;
    body: undefined;
    answer: undefined;
  };
  "GET /api/hearings/{hearing_id}/watchers": {
    params: { hearing_id: string };
    query: undefined;
    body: undefined;
    answer: HearingWatcher[];
  };
  "GET /api/hearings/{hearing_id}/attendance": {
    params: { hearing_id: string };
    query: undefined;
    body: undefined;
    answer: HearingAttendance[];
  };
  "GET /api/hearings/{hearing_id}/room-checks": {
    params: { hearing_id: string };
    query: undefined;
    body: undefined;
    answer: RoomCheck[];
  };
  "POST /api/hearings/{hearing_id}/room-checks": {
    params: { hearing_id: string };
    query: undefined;
    body: undefined;
    answer: RoomCheck;
  };
  "POST /api/hearings/{hearing_id}/sound-checks": {
    params: { hearing_id: string };
    query: undefined;
    body: NewSoundCheck;
    answer: SoundCheck;
  };
  "GET /api/hearings/{hearing_id}/papers/timeline.pdf": {
    params: { hearing_id: string };
    query: { signed?: boolean };
    body: undefined;
    answer: Response;
  };
  "GET /api/hearings/{hearing_id}/papers/timeline.csv": {
    params: { hearing_id: string };
    query: undefined;
    body: undefined;
    answer: Response;
  };
  "GET /api/hearings/{hearing_id}/papers/attendance.pdf": {
    params: { hearing_id: string };
    query: { signed?: boolean };
    body: undefined;
    answer: Response;
  };
  "GET /api/hearings/{hearing_id}/papers/attendance.csv": {
    params: { hearing_id: string };
    query: undefined;
    body: undefined;
    answer: Response;
  };
  "GET /api/hearings/{hearing_id}/papers/room-check.pdf": {
    params: { hearing_id: string };
    query: { signed?: boolean };
    body: undefined;
    answer: Response;
  };
  "GET /api/hearings/{hearing_id}/papers/room-check.csv": {
    params: { hearing_id: string };
    query: undefined;
    body: undefined;
    answer: Response;
  };
  "GET /api/hearings/{hearing_id}/evaluation": {
    params: { hearing_id: string };
    query: undefined;
    body: undefined;
    answer: HearingEvaluation;
  };
  "PUT /api/hearings/{hearing_id}/evaluation": {
    params: { hearing_id: string };
    query: undefined;
    body: NewEvaluation;
    answer: HearingEvaluation;
  };
  "GET /api/hearings/{hearing_id}/evaluations": {
    params: { hearing_id: string };
    query: undefined;
    body: undefined;
    answer: HearingEvaluation[];
  };
  "GET /api/hearings/{hearing_id}/review": {
    params: { hearing_id: string };
    query: undefined;
    body: undefined;
    answer: HearingReview;
  };
  "PUT /api/hearings/{hearing_id}/review": {
    params: { hearing_id: string };
    query: undefined;
    body: NewHearingReview;
    answer: HearingReview;
  };
  "GET /api/hearings/{hearing_id}/papers/evaluation.pdf": {
    params: { hearing_id: string };
    query: { signed?: boolean };
    body: undefined;
    answer: Response;
  };
  "GET /api/hearings/{hearing_id}/papers/evaluation.csv": {
    params: { hearing_id: string };
    query: undefined;
    body: undefined;
    answer: Response;
  };
  "GET /api/hearings/{hearing_id}/papers/review.pdf": {
    params: { hearing_id: string };
    query: { signed?: boolean };
    body: undefined;
    answer: Response;
  };
  "GET /api/hearings/{hearing_id}/papers/review.csv": {
    params: { hearing_id: string };
    query: undefined;
    body: undefined;
    answer: Response;
  };
  "GET /api/hearing-reviews": {
    params: undefined;
    query: { from_ms?: number | null; to_ms?: number | null };
    body: undefined;
    answer: ReviewedHearing[];
  };
  "GET /api/hearings/{hearing_id}/reviewed": {
    params: { hearing_id: string };
    query: undefined;
    body: undefined;
    answer: ReviewedHearing;
  };
  "GET /api/hearing-reports/monthly.pdf": {
    params: undefined;
    query: { signed?: boolean; year: number; month: number };
    body: undefined;
    answer: Response;
  };
  "GET /api/hearing-reports/monthly.csv": {
    params: undefined;
    query: { signed?: boolean; year: number; month: number };
    body: undefined;
    answer: Response;
  };
  "GET /api/hearing-reports/quota.pdf": {
    params: undefined;
    query: { signed?: boolean; year: number };
    body: undefined;
    answer: Response;
  };
  "GET /api/hearing-reports/quota.csv": {
    params: undefined;
    query: { signed?: boolean; year: number };
    body: undefined;
    answer: Response;
  };
  "POST /api/discoveries": {
    params: undefined;
    query: undefined;
    body: DiscoveryRequest;
    answer: Discovery;
  };
  "GET /api/discoveries/{discovery_id}": {
    params: { discovery_id: string };
    query: undefined;
    body: undefined;
    answer: Discovery;
  };
  "POST /api/registrations": {
    params: undefined;
    query: undefined;
    body: RegistrationRequest;
    answer: Registration;
  };
  "GET /api/registrations/{registration_id}": {
    params: { registration_id: string };
    query: undefined;
    body: undefined;
    answer: Registration;
  };
  "GET /api/registrations/{registration_id}/items/{n}/snapshot.jpg": {
    params: { registration_id: string; n: string };
    query: undefined;
    body: undefined;
    answer: Response;
  };
  "POST /api/imports": {
    params: undefined;
    query: { dry_run?: boolean };
    body: BodyInit;
    answer: ImportReport;
  };
  "GET /api/cameras/{camera_id}/timeline": {
    params: { camera_id: string };
    query: { from_ms: number; to_ms: number };
    body: undefined;
    answer: CameraTimeline;
  };
  "GET /api/cameras/{camera_id}/recorded-days": {
    params: { camera_id: string };
    query: { from_ms: number; to_ms: number };
    body: undefined;
    answer: RecordedDay[];
  };
  "GET /api/cameras/{camera_id}/recorded": {
    params: { camera_id: string };
    query: { from_ms: number; base_ms: number; length_ms?: number; sound?: boolean };
    body: undefined;
    answer: Response;
  };
  "GET /api/cameras/{camera_id}/recorded.jpg": {
    params: { camera_id: string };
    query: { at_ms: number; max_width_px?: number };
    body: undefined;
    answer: Response;
  };
  "GET /api/cameras/{camera_id}/recording": {
    params: { camera_id: string };
    query: undefined;
    body: undefined;
    answer: RecordingSetup;
  };
  "PUT /api/cameras/{camera_id}/recording": {
    params: { camera_id: string };
    query: undefined;
    body: RecordingPlanBody;
    answer: RecordingSetup;
  };
  "POST /api/cameras/{camera_id}/recording-locks": {
    params: { camera_id: string };
    query: undefined;
    body: NewRecordingLock;
    answer: PlacedRecordingLock;
  };
  "GET /api/cameras/{camera_id}/recording-changes": {
    params: { camera_id: string };
    query: undefined;
    body: undefined;
    answer: RecordingChange[];
  };
  "POST /api/cameras/{camera_id}/recording-changes": {
    params: { camera_id: string };
    query: undefined;
    body: NewCameraChange;
    answer: RecordingChange;
  };
  "GET /api/recording-changes": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: RecordingChange[];
  };
  "POST /api/recording-changes": {
    params: undefined;
    query: undefined;
    body: KeepClass;
    answer: RecordingChange;
  };
  "POST /api/recording-changes/{change_id}/apply": {
    params: { change_id: string };
    query: undefined;
    body: undefined;
    answer: RecordingChange;
  };
  "POST /api/recording-changes/{change_id}/reject": {
    params: { change_id: string };
    query: undefined;
    body: undefined;
    answer: RecordingChange;
  };
  "GET /api/incidents": {
    params: undefined;
    query: { state?: "open" | "closed" | null; before_ms?: number | null };
    body: undefined;
    answer: Incident[];
  };
  "POST /api/incidents": {
    params: undefined;
    query: undefined;
    body: NewIncidentBody;
    answer: ChangedIncident;
  };
  "GET /api/duty-log": {
    params: undefined;
    query: { from_ms: number; to_ms: number };
    body: undefined;
    answer: DutyEntry[];
  };
  "GET /api/incidents/{incident_id}": {
    params: { incident_id: string };
    query: undefined;
    body: undefined;
    answer: IncidentDetail;
  };
  "GET /api/incidents/{incident_id}/pictures/{picture_id}": {
    params: { incident_id: string; picture_id: string };
    query: undefined;
    body: undefined;
    answer: Response;
  };
  "POST /api/incidents/{incident_id}/parts": {
    params: { incident_id: string };
    query: undefined;
    body: FootagePart;
    answer: ChangedIncident;
  };
  "POST /api/incidents/{incident_id}/pictures": {
    params: { incident_id: string };
    query: undefined;
    body: FootageMoment;
    answer: IncidentDetail;
  };
  "POST /api/incidents/{incident_id}/notes": {
    params: { incident_id: string };
    query: undefined;
    body: IncidentWords;
    answer: IncidentDetail;
  };
  "POST /api/incidents/{incident_id}/close": {
    params: { incident_id: string };
    query: undefined;
    body: IncidentWords;
    answer: IncidentDetail;
  };
  "POST /api/incidents/{incident_id}/reopen": {
    params: { incident_id: string };
    query: undefined;
    body: IncidentWords;
    answer: IncidentDetail;
  };
  "GET /api/recording-storage": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: RecordingStorage;
  };
  "GET /api/recording-proposals": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: RecordingProposal[];
  };
  "GET /api/extractions": {
    params: undefined;
    query: { state?: State | null; before_ms?: number | null };
    body: undefined;
    answer: Extraction[];
  };
  "POST /api/extractions": {
    params: undefined;
    query: undefined;
    body: NewExtractionBody;
    answer: ExtractionDetail;
  };
  "GET /api/extractions/{extraction_id}": {
    params: { extraction_id: string };
    query: undefined;
    body: undefined;
    answer: ExtractionDetail;
  };
  "POST /api/extractions/{extraction_id}/approve": {
    params: { extraction_id: string };
    query: undefined;
    body: DecisionNote;
    answer: ExtractionDetail;
  };
  "POST /api/extractions/{extraction_id}/reject": {
    params: { extraction_id: string };
    query: undefined;
    body: DecisionNote;
    answer: ExtractionDetail;
  };
  "POST /api/extractions/{extraction_id}/cancel": {
    params: { extraction_id: string };
    query: undefined;
    body: DecisionNote;
    answer: ExtractionDetail;
  };
  "POST /api/extractions/{extraction_id}/resume": {
    params: { extraction_id: string };
    query: undefined;
    body: undefined;
    answer: ExtractionDetail;
  };
  "GET /api/extractions/{extraction_id}/package.zip": {
    params: { extraction_id: string };
    query: undefined;
    body: undefined;
    answer: Response;
  };
  "POST /api/extractions/{extraction_id}/hand-over": {
    params: { extraction_id: string };
    query: undefined;
    body: HandOverBody;
    answer: ExtractionDetail;
  };
  "GET /api/extractions/{extraction_id}/minutes.pdf": {
    params: { extraction_id: string };
    query: { signed?: boolean };
    body: undefined;
    answer: Response;
  };
  "POST /api/extractions/{extraction_id}/receipt": {
    params: { extraction_id: string };
    query: undefined;
    body: ReceiptBody;
    answer: ExtractionDetail;
  };
  "POST /api/cameras/{camera_id}/bookmarks": {
    params: { camera_id: string };
    query: undefined;
    body: NewRecordingBookmark;
    answer: RecordingBookmark;
  };
  "DELETE /api/recording-bookmarks/{bookmark_id}": {
    params: { bookmark_id: string };
    query: undefined;
    body: undefined;
    answer: undefined;
  };
  "GET /api/alarms": {
    params: undefined;
    query: { before_ms?: number | null; camera_id?: string | null; unacknowledged?: boolean };
    body: undefined;
    answer: AlarmPage;
  };
  "POST /api/alarms/{alarm_id}/acknowledge": {
    params: { alarm_id: string };
    query: undefined;
    body: undefined;
    answer: Alarm;
  };
  "GET /api/alarms/{alarm_id}/snapshot.jpg": {
    params: { alarm_id: string };
    query: undefined;
    body: undefined;
    answer: Response;
  };
  "GET /api/events": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: Tick | AlarmMessage | TreeChanged | JobProgress | ViewMessage | HearingMessage | SignedOut;
  };
  "GET /healthz": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: Health;
  };
  "GET /metrics": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: Response;
  };
  "GET /api/openapi.json": {
    params: undefined;
    query: undefined;
    body: undefined;
    answer: undefined;
  };
}
