/** An account locked or unlocked, and the question before. */

import type { Question } from '$components/Sure.svelte';
import type { App } from '$lib/app.svelte';
import type { Account } from '$lib/api/schema';
import { i18n } from '$lib/i18n/index.svelte';

/** Says how it went. */
export async function setLocked({ api, status }: Pick<App, 'api' | 'status'>, id: string, locked: boolean) {
  const t = i18n.t.people;
  const params = { account_id: id };
  const answer = locked
    ? await api.call('POST /api/accounts/{account_id}/lock', { params })
    : await api.call('POST /api/accounts/{account_id}/unlock', { params });
  if (answer.kind === 'failed') status.fail(answer);
  if (answer.kind === 'ok') status.say(locked ? t.nowLocked : t.nowUnlocked, 'done');
}

export function lockQuestion({ name }: Pick<Account, 'name'>, onsure: () => void): Question {
  const t = i18n.t.people;
  return { title: t.lockTitle(name), why: t.lockWhy, act: t.lock, onsure };
}
