/** How a request ends. Nothing here is thrown: whoever asks must look. */

import type { ErrorCode } from './api/schema';

/** What the server answers, and what keeps it from answering. */
export type FailureCode = ErrorCode | 'offline' | 'unreadable';

export interface Failure {
  kind: 'failed';
  code: FailureCode;
  detail: string;
  /** The member of the body that is wrong, e.g. `login` or `items.3`. */
  field: string;
  retryAfter_s: number | null;
}

export type Result<T> = { kind: 'ok'; value: T } | Failure | { kind: 'aborted' };

export function failure(code: FailureCode, detail = '', field = '', retryAfter_s: number | null = null): Failure {
  return { kind: 'failed', code, detail, field, retryAfter_s };
}
