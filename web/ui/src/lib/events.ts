/** The event socket: opens it, opens it again with growing and jittered pauses, and hands on what it says. Knows no screen. */

import type { EventMessage } from './api/schema';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;
/** The server speaks every second. After this silence the socket is dead, whatever TCP believes. */
export const SILENCE_MS = 4000;
/** Every type that there is: one that is forgotten here does not compile. */
const TYPES: Record<EventMessage['type'], true> = {
  tick: true,
  alarm: true,
  tree: true,
  job: true,
  view: true,
  signed_out: true,
  hearing: true,
};

export interface EventsOptions {
  onMessage: (message: EventMessage) => void;
  /** Also called on every further failure; `connected` turns true with the first message, not with the handshake. */
  onConnection: (connected: boolean) => void;
  open?: () => WebSocket;
  random?: () => number;
}

/** How long to wait before attempt `attempt` (from 0): doubling, between half and all of it, so that 100 screens do not come at once. */
export function pause_ms(attempt: number, random: number): number {
  return Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt) * (0.5 + random / 2);
}

export class Events {
  readonly #options: EventsOptions;
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #running = false;

  constructor(options: EventsOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#open();
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
    this.#leave();
  }

  #open(): void {
    const socket = (this.#options.open ?? openSocket)();
    this.#socket = socket;
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (socket === this.#socket) this.#hear(event.data);
    };
    socket.onclose = () => {
      if (socket === this.#socket) this.#lost();
    };
    this.#watch();
  }

  #hear(data: unknown): void {
    const message = parse(data);
    if (message === null) return;
    this.#attempt = 0;
    this.#watch();
    this.#options.onConnection(true);
    // The session is over: coming again would only be refused.
    if (message.type === 'signed_out') this.stop();
    this.#options.onMessage(message);
  }

  #watch(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lost(), SILENCE_MS);
  }

  #lost(): void {
    this.#leave();
    this.#options.onConnection(false);
    clearTimeout(this.#timer);
    if (!this.#running) return;
    this.#timer = setTimeout(() => this.#open(), pause_ms(this.#attempt, (this.#options.random ?? Math.random)()));
    this.#attempt += 1;
  }

  #leave(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }
}

function openSocket(): WebSocket {
  return new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/events`);
}

/** Messages that this version does not know are passed over. */
export function parse(data: unknown): EventMessage | null {
  if (typeof data !== 'string') return null;
  try {
    const message: unknown = JSON.parse(data);
    return message !== null &&
      typeof message === 'object' &&
      'type' in message &&
      typeof message.type === 'string' &&
      Object.hasOwn(TYPES, message.type)
      ? (message as EventMessage)
      : null;
  } catch {
    return null;
  }
}
