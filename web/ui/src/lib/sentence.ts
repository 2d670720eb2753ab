/** The sentence that a person reads when something failed. */

import { number } from './format';
import { i18n } from './i18n/index.svelte';
import type { Failure } from './result';

/** The most exact sentence that there is: for the detail, else for the code. Codes of a newer server read as `internal`. */
export function sentence(failed: Pick<Failure, 'code' | 'detail'> & { retryAfter_s?: number | null }): string {
  const { code, detail, retryAfter } = i18n.t.errors;
  const details: Record<string, string> = detail;
  // `separation_of_duty:auditor:technician`: facts follow the word.
  const [key = '', ...facts] = failed.detail.split(':');
  const codes: Record<string, string> = code;
  const known = Object.hasOwn(details, key) ? details[key] : undefined;
  const said = (key === 'separation_of_duty' ? clash(facts) : null) ?? known ?? codes[failed.code] ?? code.internal;
  const after = failed.retryAfter_s ?? null;
  return after === null ? said : `${said} ${retryAfter(number(after, i18n.language))}`;
}

/** Which two roles exclude each other; null when the server did not say. */
function clash([held, wanted]: string[]): string | null {
  const names: Record<string, string> = i18n.t.account.role;
  const [one, other] = [names[wanted ?? ''], names[held ?? '']];
  return one && other ? i18n.t.errors.clash(one, other) : null;
}
