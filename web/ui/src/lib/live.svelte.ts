/** What the event socket says, as state that screens follow: truths of cameras, the server's clock, the connection. */

import { SvelteMap } from 'svelte/reactivity';
import type { CameraTruth, EventMessage } from './api/schema';
import { Events, type EventsOptions } from './events';
import { ServerClock } from './server-clock';

type Kind = EventMessage['type'];
type Of<K extends Kind> = Extract<EventMessage, { type: K }>;
type Listener = (message: EventMessage) => void;

/** When the two clocks of a computer part by this much between two beats, it slept (or was set): nothing known is new any more. */
const SLEPT_MS = 2000;

export type Connection = { kind: 'connecting' } | { kind: 'connected' } | { kind: 'lost'; since_ms: number | null };

export interface LiveOptions {
  onSignedOut: () => void;
  /** The socket broke or could not be opened: perhaps because the session is over. */
  onRefused: () => void;
  open?: EventsOptions['open'];
}

export class Live {
  readonly clock = new ServerClock();
  readonly truths = new SvelteMap<string, CameraTruth>();
  readonly #events: Events;
  readonly #options: LiveOptions;
  readonly #listeners = new Set<Listener>();
  #connection = $state.raw<Connection>({ kind: 'connecting' });
  #workersAlive = $state<number | null>(null);
  #volumesTroubled = $state(0);
  #second_ms = $state<number | null>(null);
  #heard_ms: number | null = null;
  #apart_ms: number | null = null;

  constructor(options: LiveOptions) {
    this.#options = options;
    this.#events = new Events({
      onMessage: (message) => this.#hear(message),
      onConnection: (connected) => this.#connected(connected),
      ...(options.open ? { open: options.open } : {}),
    });
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** Null before the first tick. */
  /** Places for recordings where somebody should look. */
  get volumesTroubled(): number {
    return this.#volumesTroubled;
  }

  get workersAlive(): number | null {
    return this.#workersAlive;
  }

  /** The server's time, to the second, as state: for clocks on the screen. Exact: `clock.now_ms()`. */
  get second_ms(): number | null {
    return this.#second_ms;
  }

  /** How long ago the server last told its time; null when it never did, or before a sleep. */
  get heard_ms_ago(): number | null {
    return this.#heard_ms === null ? null : performance.now() - this.#heard_ms;
  }

  start(): void {
    this.#connection = { kind: 'connecting' };
    this.#events.start();
  }

  stop(): void {
    this.#events.stop();
    this.truths.clear();
    this.#workersAlive = null;
    this.#volumesTroubled = 0;
    this.#heard_ms = null;
  }

  /** Moves `second_ms` on. Called several times a second by the one clock of the screen. */
  beat(): void {
    const apart_ms = Date.now() - performance.now();
    if (this.#apart_ms !== null && Math.abs(apart_ms - this.#apart_ms) > SLEPT_MS) this.#heard_ms = null;
    this.#apart_ms = apart_ms;
    const now_ms = this.clock.now_ms();
    this.#second_ms = now_ms === null ? null : Math.floor(now_ms / 1000) * 1000;
  }

  /** Calls back for each message of a type; returns how to stop that. `tree` is also told after a reconnection. */
  on<K extends Kind>(type: K, listener: (message: Of<K>) => void): () => void {
    const wrapped: Listener = (message) => {
      if (message.type === type) listener(message as Of<K>);
    };
    this.#listeners.add(wrapped);
    return () => this.#listeners.delete(wrapped);
  }

  #hear(message: EventMessage): void {
    if (message.type === 'tick') {
      this.clock.hear(message.now_ms);
      this.#heard_ms = performance.now();
      this.#workersAlive = message.workers_alive;
      this.#volumesTroubled = message.volumes_troubled;
      for (const truth of message.cameras) this.truths.set(truth.camera_id, truth);
    }
    if (message.type === 'signed_out') this.#options.onSignedOut();
    this.#tell(message);
  }

  #connected(connected: boolean): void {
    const before = this.#connection.kind;
    if (connected && before !== 'connected') {
      this.#connection = { kind: 'connected' };
      // What changed while nobody listened was never told. Rights may have changed too: old truths must not linger.
      this.truths.clear();
      if (before === 'lost') this.#tell({ type: 'tree' });
    }
    if (!connected) {
      if (before !== 'lost') this.#connection = { kind: 'lost', since_ms: this.clock.now_ms() };
      this.#options.onRefused();
    }
  }

  #tell(message: EventMessage): void {
    for (const listener of [...this.#listeners]) listener(message);
  }
}
