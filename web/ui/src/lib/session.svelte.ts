/** Who is signed in, and which of the few screens before the real ones is due. */

import type { Api } from './api';
import type { Action, Me } from './api/schema';
import { i18n, type Language } from './i18n/index.svelte';
import type { Failure, Result } from './result';

export type SessionState =
  | { kind: 'starting' }
  | { kind: 'unreachable'; failure: Failure }
  | { kind: 'setup' }
  /** `console`: it was the session of a wall console, which nobody ends at the screen itself. */
  | { kind: 'signed_out'; byServer: boolean; console: boolean }
  /** Signed in so far that only what leads on is answered. */
  | { kind: 'waiting'; me: Me; stage: Exclude<Me['stage'], 'open'> }
  | { kind: 'signed_in'; me: Me };

export class Session {
  readonly #api: Api;
  #state = $state.raw<SessionState>({ kind: 'starting' });
  /** A language chosen before signing in is the person's wish and goes to the account. */
  #chosen: Language | null = null;

  constructor(api: Api) {
    this.#api = api;
  }

  get state(): SessionState {
    return this.#state;
  }

  get me(): Me | null {
    const state = this.#state;
    return state.kind === 'signed_in' || state.kind === 'waiting' ? state.me : null;
  }

  get csrf(): string {
    return this.me?.csrf ?? '';
  }

  /** Whether the person holds this right anywhere. Hides dead doors; the server decides. */
  may(action: Action): boolean {
    return this.me?.may.includes(action) ?? false;
  }

  async start(): Promise<void> {
    const read = await this.#api.call('GET /api/session');
    if (read.kind === 'ok') return this.accept(read.value);
    if (read.kind === 'failed' && read.code !== 'not_signed_in') this.#state = { kind: 'unreachable', failure: read };
    if (read.kind === 'failed' && read.code === 'not_signed_in') await this.#before();
  }

  async #before(): Promise<void> {
    const setup = await this.#api.call('GET /api/setup');
    if (setup.kind === 'failed') this.#state = { kind: 'unreachable', failure: setup };
    if (setup.kind === 'ok')
      this.#state = setup.value.needed ? { kind: 'setup' } : { kind: 'signed_out', byServer: false, console: false };
  }

  async setUp(body: { token: string; login: string; name: string; password: string }): Promise<Result<Me>> {
    return this.#entered(await this.#api.call('POST /api/setup', { body }));
  }

  async signIn(login: string, password: string): Promise<Result<Me>> {
    return this.#entered(await this.#api.call('POST /api/session', { body: { login, password } }));
  }

  async giveCode(code: string): Promise<Result<Me>> {
    return this.#entered(await this.#api.call('POST /api/session/totp', { body: { code } }));
  }

  async changePassword(old: string, fresh: string): Promise<Result<Me>> {
    return this.#entered(await this.#api.call('POST /api/session/password', { body: { old, new: fresh } }));
  }

  /** The screen is cleared even when the server cannot be told. */
  async signOut(): Promise<void> {
    await this.#api.call('DELETE /api/session');
    this.#state = { kind: 'signed_out', byServer: false, console: false };
  }

  /** The server said that the session is over. */
  ended(): void {
    const me = this.me;
    if (me !== null) this.#state = { kind: 'signed_out', byServer: true, console: me.console };
  }

  /** Asks whether the session still stands, e.g. after the event socket broke. A network fault changes nothing. */
  async check(): Promise<void> {
    await this.#api.call('GET /api/session');
  }

  /** At once here, and for the account when there is one. */
  async setLanguage(language: Language): Promise<Result<undefined>> {
    i18n.language = language;
    const me = this.me;
    if (me === null || me.console) {
      this.#chosen = me === null ? language : null;
      return { kind: 'ok', value: undefined };
    }
    return await this.#api.call('PUT /api/session/language', { body: { language } });
  }

  #entered(answer: Result<Me>): Result<Me> {
    if (answer.kind === 'ok') this.accept(answer.value);
    return answer;
  }

  /** The person as the server now sees them. */
  accept(me: Me): void {
    this.#state = me.stage === 'open' ? { kind: 'signed_in', me } : { kind: 'waiting', me, stage: me.stage };
    const chosen = this.#chosen;
    this.#chosen = null;
    // A console has no account to keep a language in: its screen does.
    if (me.console) return;
    if (chosen !== null && chosen !== me.language) void this.setLanguage(chosen);
    else i18n.language = me.language;
  }
}
