/**
 * The one client of our HTTP API.
 *
 *     const answer = await api.call('POST /api/alarms/{alarm_id}/acknowledge', { params: { alarm_id } });
 *     if (answer.kind === 'ok') show(answer.value);
 *
 * Adds the CSRF token, and tells its owner when the session has ended. `call` is for JSON, `send` for everything else.
 */

import type { Operations } from './api/schema';
import { failure, type Failure, type FailureCode, type Result } from './result';

type Given<O extends { params: unknown; query: unknown; body: unknown }> = {
  [Member in 'params' | 'query' | 'body' as undefined extends O[Member] ? never : Member]: O[Member];
};
type Asked = { signal?: AbortSignal; headers?: Record<string, string> };
type Arguments<O extends { params: unknown; query: unknown; body: unknown }> = keyof Given<O> extends never
  ? [input?: Asked]
  : [input: Given<O> & Asked];

interface Anything extends Asked {
  params?: Record<string, string>;
  query?: Record<string, string | number | boolean | null | undefined>;
  body?: unknown;
}

export interface ApiOptions {
  fetch: (path: string, init: RequestInit) => Promise<Response>;
  csrf: () => string;
  onSignedOut: () => void;
  /** The session now waits for something first: a password that expired, a second factor. */
  onWaiting?: () => void;
}

const WAITING: ReadonlySet<FailureCode> = new Set(['password_expired', 'code_needed', 'enrolment_needed']);

export class Api {
  readonly #options: ApiOptions;

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  /** Sends JSON and reads JSON. */
  async call<K extends keyof Operations>(
    operation: K,
    ...[input]: Arguments<Operations[K]>
  ): Promise<Result<Operations[K]['answer']>> {
    const given: Anything = (input as Anything | undefined) ?? {};
    const sent = await this.#send(operation, given, given.body);
    return sent.kind === 'ok' ? await read(sent.value) : sent;
  }

  /** Sends `body` as it is and gives the answer as it came: SDP, files, pictures. */
  async send(operation: keyof Operations, input: Anything & { body?: BodyInit } = {}): Promise<Result<Response>> {
    return await this.#send(operation, input, input.body);
  }

  async #send(operation: string, input: Anything, body: unknown): Promise<Result<Response>> {
    const [method = 'GET', pattern = ''] = operation.split(' ');
    const headers: Record<string, string> = { Accept: 'application/json', ...input.headers };
    if (method !== 'GET') headers['X-CSRF-Token'] = this.#options.csrf();
    const json = isPlain(body);
    if (json) headers['Content-Type'] ??= 'application/json';
    try {
      const response = await this.#options.fetch(path(pattern, input), {
        method,
        headers,
        credentials: 'same-origin',
        body: json ? JSON.stringify(body) : ((body as BodyInit | undefined) ?? null),
        signal: input.signal ?? null,
      });
      return response.ok ? { kind: 'ok', value: response } : this.#told(await failureOf(response));
    } catch {
      return input.signal?.aborted ? { kind: 'aborted' } : failure('offline');
    }
  }

  #told(failed: Failure): Failure {
    if (failed.code === 'not_signed_in') this.#options.onSignedOut();
    if (WAITING.has(failed.code)) this.#options.onWaiting?.();
    return failed;
  }
}

function isPlain(body: unknown): boolean {
  return (
    body !== null &&
    typeof body === 'object' &&
    [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(body))
  );
}

/** `{name}` is filled in; what is null or undefined is left out of the query. */
export function path(pattern: string, input: Pick<Anything, 'params' | 'query'>): string {
  const filled = pattern.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(input.params?.[name] ?? ''));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query ?? {})) {
    if (value !== null && value !== undefined) query.set(name, String(value));
  }
  return query.size > 0 ? `${filled}?${query}` : filled;
}

async function read<T>(response: Response): Promise<Result<T>> {
  try {
    const text = await response.text();
    return { kind: 'ok', value: (text === '' ? undefined : JSON.parse(text)) as T };
  } catch (error) {
    return error instanceof DOMException && error.name === 'AbortError' ? { kind: 'aborted' } : failure('unreadable');
  }
}

async function failureOf(response: Response): Promise<Failure> {
  const after = Number(response.headers.get('Retry-After') ?? Number.NaN);
  try {
    const body: unknown = await response.json();
    if (body !== null && typeof body === 'object' && 'code' in body && typeof body.code === 'string') {
      const told = body as Failure;
      return failure(told.code, told.detail ?? '', told.field ?? '', Number.isFinite(after) ? after : null);
    }
  } catch {
    // Not from us: a proxy, or a server that is going down.
  }
  return failure(response.status >= 500 ? 'unavailable' : 'unreadable');
}
