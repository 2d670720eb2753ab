/** The sentence that a person reads when something failed. */

import { number } from './format';
import { i18n } from './i18n/index.svelte';
import type { Failure } from './result';

/** The most exact sentence that there is: for the detail, else for the code. Codes of a newer server read as `internal`. */
export function sentence(failed: Pick<Failure, 'code' | 'detail'> & { retryAfter_s?: number | null }): string {
  const { code, detail, retryAfter } = i18n.t.errors;
  const details: Record<string, string> = detail;
  // `separation_of_duty:auditor`: a fact follows the word.
  const key = failed.detail.split(':')[0] ?? '';
  const codes: Record<string, string> = code;
  const said = (Object.hasOwn(details, key) ? details[key] : undefined) ?? codes[failed.code] ?? code.internal;
  const after = failed.retryAfter_s ?? null;
  return after === null ? said : `${said} ${retryAfter(number(after, i18n.language))}`;
}
