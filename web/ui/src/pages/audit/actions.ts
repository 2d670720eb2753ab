/**
 * Every code that the log may hold, and which of our words it has. A code that ends with a dot stands for all that begin so; of
 * several that fit, the longest counts. A test of the server holds this table against the codes that it writes. Pure.
 */

export const CODES = {
  sign_in: ['sign_in', 'sign_in.sso'],
  refused: ['sign_in.refused', 'sign_in.paused', 'sign_in.locked'],
  sign_out: ['sign_out'],
  session_ended: ['end_session'],
  first_start: ['first_start'],
  password: ['password.changed', 'change_password'],
  second_factor: ['second_factor.', 'give_code', 'begin_enrolment', 'confirm_enrolment'],
  second_factor_refused: ['second_factor.refused'],
  stream_login: ['create_stream_login', 'delete_stream_login'],
  own: ['own', 'own.', 'set_language', 'save_layout', 'delete_layout', 'remove_bookmark'],
  began: ['view.began'],
  ended: ['view.ended'],
  live: ['camera.view_live'],
  carrying: ['fill_slot', 'fill_slots', 'empty_slot', 'close_transport', 'close_view', 'trickle_view'],
  recorded: ['camera.view_recorded'],
  recording: ['recording.'],
  ptz: ['camera.ptz'],
  read: ['camera.list', 'camera.read', 'camera.'],
  manage: ['camera.manage'],
  register: ['camera.register'],
  test: ['camera.test'],
  device: ['device.'],
  site: ['site.', 'courtroom.'],
  alarm: ['alarm.'],
  hearing: ['hearing.'],
  imprint: ['hearing.imprint_read'],
  incident: ['incident.'],
  evidence: ['evidence.'],
  account_read: ['account.list'],
  account: ['account.'],
  grant: ['account.grant'],
  organisation_read: ['organisation.read'],
  organisation: ['organisation.'],
  restriction_read: ['restriction.list'],
  restriction: ['restriction.'],
  console_read: ['console.list'],
  console: ['console.'],
  misused: ['console.misused'],
  audit: ['audit.'],
  rotated: ['secrets.rotated'],
} as const satisfies Record<string, readonly string[]>;

export type ActionKey = keyof typeof CODES;

/** The word for a code; null when there is none, and the code itself is shown. */
export function actionKey(action: string): ActionKey | null {
  let best: ActionKey | null = null;
  let length = 0;
  for (const [key, codes] of Object.entries(CODES) as [ActionKey, readonly string[]][]) {
    for (const code of codes) {
      const fits = code.endsWith('.') ? action.startsWith(code) : action === code;
      if (fits && code.length > length) [best, length] = [key, code.length];
    }
  }
  return best;
}

/** What a request did, where its action alone does not say it: the words of these stand in `audit.deed`. */
export const DEEDS = {
  'POST /api/accounts': 'account_created',
  'POST /api/accounts/{account_id}/lock': 'account_locked',
  'POST /api/accounts/{account_id}/unlock': 'account_unlocked',
  'POST /api/accounts/{account_id}/reset-password': 'password_reset',
  'POST /api/accounts/{account_id}/reset-totp': 'second_factor_reset',
  'PUT /api/accounts/{account_id}/sso': 'sso_bound',
  'GET /api/accounts/{account_id}/sessions': 'sessions_seen',
  'DELETE /api/accounts/{account_id}/sessions/{session_id}': 'session_ended',
  'POST /api/accounts/{account_id}/grants': 'role_given',
  'DELETE /api/accounts/{account_id}/grants/{grant_id}': 'role_ended',
  'POST /api/reorganisations': 'reorganisation_proposed',
  'POST /api/reorganisations/{proposal_id}/apply': 'reorganisation_applied',
  'POST /api/reorganisations/{proposal_id}/reject': 'reorganisation_rejected',
  'POST /api/restrictions': 'restriction_made',
  'PUT /api/restrictions/{restriction_id}': 'restriction_changed',
  'DELETE /api/restrictions/{restriction_id}': 'restriction_lifted',
  'POST /api/consoles': 'console_made',
  'PUT /api/consoles/{console_id}/wall': 'console_wall',
  'POST /api/consoles/{console_id}/revoke': 'console_revoked',
  'POST /api/alarms/{alarm_id}/acknowledge': 'alarm_acknowledged',
  'DELETE /api/cameras/{camera_id}': 'camera_removed',
} as const;

export type DeedKey = (typeof DEEDS)[keyof typeof DEEDS];

export function deedKey(route: string): DeedKey | null {
  const deeds: Record<string, DeedKey> = DEEDS;
  return Object.hasOwn(deeds, route) ? (deeds[route] ?? null) : null;
}
