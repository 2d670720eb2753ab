/** Rows of the audit log, the newest first, page by page. What failed stays said until it is tried again. */

import type { AuditEntry, AuditPage } from '$lib/api/schema';
import type { Failure, Result } from '$lib/result';

export class Log {
  readonly #ask: (before: number | undefined) => Promise<Result<AuditPage>>;
  #entries = $state.raw<AuditEntry[] | null>(null);
  #next = $state.raw<number | null>(null);
  #failed = $state.raw<Failure | null>(null);
  #asking = $state(false);
  #turn = 0;

  constructor(ask: (before: number | undefined) => Promise<Result<AuditPage>>) {
    this.#ask = ask;
  }

  /** Null until the first page is there. */
  get entries(): AuditEntry[] | null {
    return this.#entries;
  }

  get hasOlder(): boolean {
    return this.#next !== null;
  }

  get failed(): Failure | null {
    return this.#failed;
  }

  get asking(): boolean {
    return this.#asking;
  }

  /** From the newest on, in place of what is there. */
  async begin(): Promise<void> {
    await this.#read(undefined);
  }

  async older(): Promise<void> {
    if (this.#next !== null && !this.#asking) await this.#read(this.#next);
  }

  /** Again what failed. */
  async retry(): Promise<void> {
    await (this.#entries === null ? this.begin() : this.older());
  }

  /** On to the end, or to `most` rows; whether nothing failed on the way. */
  async through(most: number): Promise<boolean> {
    while (this.#next !== null && (this.#entries?.length ?? 0) < most) {
      await this.older();
      if (this.#failed !== null) return false;
    }
    return true;
  }

  async #read(before: number | undefined): Promise<void> {
    const turn = (this.#turn += 1);
    this.#asking = true;
    const answer = await this.#ask(before);
    // A search that began later has taken over.
    if (turn !== this.#turn) return;
    this.#asking = false;
    this.#failed = answer.kind === 'failed' ? answer : null;
    if (answer.kind !== 'ok') return;
    this.#entries = before === undefined ? answer.value.entries : [...(this.#entries ?? []), ...answer.value.entries];
    this.#next = answer.value.next_before;
  }
}
