/** One hearing as a page follows it: what the server says of it, what it told meanwhile, and how something is done in it. */

import type { Api } from '$lib/api';
import type { Act, Card, Flag, HearingDetail, HearingDone, Outcome, Stage } from '$lib/api/schema';
import { number, time } from '$lib/format';
import { i18n } from '$lib/i18n/index.svelte';
import type { Live } from '$lib/live.svelte';
import { Remote } from '$lib/remote.svelte';
import type { Result } from '$lib/result';
import type { Status } from '$lib/status.svelte';

export interface Facts {
  expected_ms?: number | null;
  outcome?: Outcome | null;
  reason?: string;
}

interface Told {
  version: number;
  card: Card | null;
  expected_ms: number | null;
}

export class OpenHearing {
  readonly id: string;
  readonly remote: Remote<HearingDetail>;
  readonly #api: Api;
  readonly #live: Live;
  readonly #status: Status | null;
  #told = $state.raw<Told | null>(null);
  #busy = $state(false);

  constructor(given: { id: string; api: Api; live: Live; status?: Status }) {
    this.id = given.id;
    this.#api = given.api;
    this.#live = given.live;
    this.#status = given.status ?? null;
    this.remote = new Remote((signal) =>
      given.api.call('GET /api/hearings/{hearing_id}', { params: { hearing_id: this.id }, signal }),
    );
  }

  get value(): HearingDetail | null {
    return this.remote.value;
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** Why nothing is shown. What was told after the last reading counts: a card comes before the new reading does. */
  get card(): Card | null {
    return this.#newest()?.card ?? null;
  }

  get expected_ms(): number | null {
    return this.#newest()?.expected_ms ?? null;
  }

  /** A fit for `$effect`. */
  follow(): () => void {
    const still = this.remote.follow();
    const deaf = [
      this.#live.on('hearing', (message) => {
        if (message.hearing_id !== this.id) return;
        this.#told = message;
        void this.remote.nudge();
      }),
      this.#live.on('tree', () => void this.remote.nudge()),
    ];
    return () => {
      still();
      for (const one of deaf) one();
    };
  }

  act(act: Act, facts: Facts = {}): Promise<HearingDone | null> {
    const body = {
      version: this.#version(),
      act,
      expected_ms: facts.expected_ms ?? null,
      outcome: facts.outcome ?? null,
      reason: facts.reason ?? '',
    };
    return this.#do(i18n.t.hearings.act[act], () =>
      this.#api.call('POST /api/hearings/{hearing_id}/acts', { params: { hearing_id: this.id }, body }),
    );
  }

  /** Counts whatever anybody else does meanwhile, and while something else is still being done. */
  async cut(): Promise<void> {
    const answer = await this.#api.call('POST /api/hearings/{hearing_id}/cut', {
      params: { hearing_id: this.id },
      body: {},
    });
    if (answer.kind === 'failed') this.#status?.fail(answer);
    if (answer.kind !== 'ok') return;
    const { hearing, confirmed, latest_ms, took_ms } = answer.value;
    this.#take(hearing);
    const t = i18n.t.hearings;
    if (confirmed) this.#status?.say(t.cutDone(number(took_ms / 1000, i18n.language, 2)), 'done');
    else this.#status?.say(t.cutLate(time(latest_ms)), 'failed');
  }

  /** Like a cut: counts whatever anybody else does meanwhile. */
  async dump(seconds: number | null): Promise<void> {
    const answer = await this.#api.call('POST /api/hearings/{hearing_id}/dump', {
      params: { hearing_id: this.id },
      body: { seconds },
    });
    if (answer.kind === 'failed') {
      this.#status?.fail(answer);
      void this.remote.nudge();
    }
    if (answer.kind !== 'ok') return;
    this.#take(answer.value.hearing);
    const t = i18n.t.hearings;
    const span = answer.value.hearing.dropped.at(-1);
    if (!answer.value.confirmed) this.#status?.say(t.dumpLate, 'failed');
    else if (span !== undefined) this.#status?.say(t.dumpDone(time(span.from_ms), time(span.to_ms)), 'done');
  }

  mark(stage: Stage): Promise<HearingDone | null> {
    const body = { version: this.#version(), stage };
    return this.#do(i18n.t.hearings.stage[stage], () =>
      this.#api.call('POST /api/hearings/{hearing_id}/stage', { params: { hearing_id: this.id }, body }),
    );
  }

  flags(flags: Flag[], reason = ''): Promise<HearingDone | null> {
    const body = { version: this.#version(), flags, reason };
    return this.#do(i18n.t.hearings.flags, () =>
      this.#api.call('PUT /api/hearings/{hearing_id}/flags', { params: { hearing_id: this.id }, body }),
    );
  }

  record(purpose: string): Promise<HearingDone | null> {
    const body = { version: this.#version(), purpose };
    return this.#do(i18n.t.hearings.record, () =>
      this.#api.call('PUT /api/hearings/{hearing_id}/recording', { params: { hearing_id: this.id }, body }),
    );
  }

  stopRecording(): Promise<HearingDone | null> {
    const query = { version: this.#version() };
    return this.#do(i18n.t.hearings.stopRecording, () =>
      this.#api.call('DELETE /api/hearings/{hearing_id}/recording', { params: { hearing_id: this.id }, query }),
    );
  }

  /** Something that the server answers with the hearing as it is then. One at a time: the second press of a key is none. */
  async #do(what: string, ask: () => Promise<Result<HearingDone>>): Promise<HearingDone | null> {
    if (this.#busy) return null;
    this.#busy = true;
    const answer = await ask();
    this.#busy = false;
    return this.done(what, answer);
  }

  /** Takes the answer in, and says it. */
  done(what: string, answer: Result<HearingDone>): HearingDone | null {
    const t = i18n.t.hearings;
    if (answer.kind === 'failed') {
      const faster = answer.detail.startsWith('changed');
      if (faster) this.#status?.say(t.changed, 'failed');
      else this.#status?.fail(answer);
      void this.remote.nudge();
    }
    if (answer.kind !== 'ok') return null;
    this.#take(answer.value.hearing);
    if (answer.value.confirmed) this.#status?.say(t.done(what), 'done');
    else this.#status?.say(t.unconfirmed(time(answer.value.latest_ms)), 'failed');
    return answer.value;
  }

  #version(): number {
    return this.remote.value?.version ?? 0;
  }

  /** An answer that was overtaken on its way is not taken. */
  #take(hearing: HearingDetail): void {
    if (hearing.version >= this.#version()) this.remote.value = hearing;
  }

  #newest(): { card: Card | null; expected_ms: number | null } | null {
    const value = this.remote.value;
    const told = this.#told;
    return told !== null && (value === null || told.version > value.version) ? told : value;
  }
}
