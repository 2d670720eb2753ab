/**
 * A server for tests that answers only what it was told to answer. An unexpected request, or an expected one that never came, fails
 * the test:
 *
 *     const server = new FakeServer();
 *     server.on('GET /api/session', { body: me() });
 *     ...
 *     server.verify();   // in afterEach
 */

import type { Operations } from '$lib/api/schema';

export interface FakeAnswer {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Seen {
  operation: string;
  body: unknown;
  headers: Headers;
}

type Operation = keyof Operations;

export class FakeServer {
  readonly seen: Seen[] = [];
  readonly #answers = new Map<string, FakeAnswer[]>();
  readonly #always = new Map<string, FakeAnswer>();
  readonly #unexpected: string[] = [];

  /** The next request for this path is answered so, once. `path` is filled in, e.g. `GET /api/cameras/cam-00000001`. */
  on(path: Operation | (string & {}), answer: FakeAnswer = { status: 204 }): this {
    this.#answers.set(path, [...(this.#answers.get(path) ?? []), answer]);
    return this;
  }

  /**
   * Answered so as often as it is asked, which may be never: what surrounds the thing that a test is about. A path that ends in `?*`
   * is any query of it.
   */
  always(path: Operation | (string & {}), answer: FakeAnswer): this {
    this.#always.set(path, answer);
    return this;
  }

  /** What `createApp` takes as its network. */
  readonly fetch = async (path: string, init: RequestInit): Promise<Response> => {
    const operation = `${init.method ?? 'GET'} ${path}`;
    const headers = new Headers(init.headers);
    const json = typeof init.body === 'string' && headers.get('Content-Type') === 'application/json';
    const body: unknown = json ? JSON.parse(init.body as string) : init.body;
    this.seen.push({ operation, body, headers });
    const anyQuery = this.#always.get(`${operation.split('?')[0] ?? ''}?*`);
    const answer = this.#answers.get(operation)?.shift() ?? this.#always.get(operation) ?? anyQuery;
    if (answer === undefined) {
      this.#unexpected.push(operation);
      return new Response(null, { status: 500 });
    }
    if (init.signal?.aborted) throw new DOMException('aborted', 'AbortError');
    const status = answer.status ?? 200;
    const content = answer.body === undefined ? null : JSON.stringify(answer.body);
    return new Response(status === 204 ? null : content, { status, headers: answer.headers ?? {} });
  };

  /** Throws unless exactly what was expected was asked. */
  verify(): void {
    const missing = [...this.#answers].filter(([, left]) => left.length > 0).map(([operation]) => operation);
    if (this.#unexpected.length > 0) throw new Error(`unexpected: ${this.#unexpected.join(', ')}`);
    if (missing.length > 0) throw new Error(`never asked: ${missing.join(', ')}`);
  }
}
