/** The transports of a page, and who sits in which slot. Opens what is needed, keeps what is used, closes what is not. */

import type { Api } from '../api';
import type { Ended } from './player';
import { type Slot, Transport } from './transport';

/** Cameras are swapped and walls are switched: an unused transport is kept a little. */
export const IDLE_MS = 20_000;
const MOST_PICTURES = 64;
const FEWEST_PICTURES = 4;

export interface CarriersOptions {
  api: Api;
  /** How many tiles the wall has now: as many may come to sit on one carrier. */
  tiles: () => number;
  peer?: () => RTCPeerConnection;
}

/** Whoever sits in a slot is told when its transport ends. */
export interface Sitter {
  onTransportEnded(reason: Ended): void;
}

export class Carriers {
  readonly #options: CarriersOptions;
  #transports: Transport[] = [];
  readonly #idle = new Map<Transport, ReturnType<typeof setTimeout>>();
  #proven = false;

  constructor(options: CarriersOptions) {
    this.#options = options;
  }

  get transports(): readonly Transport[] {
    return this.#transports;
  }

  /** A slot for a picture; the one where `seat` was last, if it is free. Opens a transport when all are taken. */
  take(carrier: string, sitter: Sitter, seat: object): Slot {
    const here = this.#transports.filter((transport) => transport.carrier === carrier);
    const free = here.flatMap((transport) => transport.pictures).filter((slot) => slot.owner === null);
    const slot =
      free.find((one) => one.seat === seat) ?? free.find((one) => one.seat === null) ?? free[0] ?? this.#open(carrier);
    return this.#sit(slot, sitter, seat);
  }

  /** The slot for the sound of what is seen in `beside`; whoever sat there must leave. */
  takeSound(beside: Slot, sitter: Sitter): Slot {
    return this.#sit(beside.transport.sound, sitter, beside.transport.sound);
  }

  /** Silent from the next turn on, unless somebody takes the seat at once: then it is a swap. */
  leave(slot: Slot, sitter: Sitter): void {
    if (slot.owner !== sitter) return;
    slot.owner = null;
    setTimeout(() => {
      if (slot.owner === null && !slot.transport.ended) void slot.empty();
    });
    this.#watch(slot.transport);
  }

  close(): void {
    for (const timer of this.#idle.values()) clearTimeout(timer);
    this.#idle.clear();
    for (const transport of this.#transports) transport.close();
    this.#transports = [];
  }

  #sit(slot: Slot, sitter: Sitter, seat: object): Slot {
    slot.owner = sitter;
    slot.seat = seat;
    this.#watch(slot.transport);
    return slot;
  }

  #open(carrier: string): Slot {
    const transport = new Transport({
      api: this.#options.api,
      carrier,
      pictures: Math.min(MOST_PICTURES, Math.max(FEWEST_PICTURES, this.#options.tiles())),
      proven: this.#proven,
      peer: this.#options.peer ?? (() => new RTCPeerConnection()),
      onConnected: () => (this.#proven = true),
      onEnded: (reason) => this.#ended(transport, reason),
    });
    this.#transports = [...this.#transports, transport];
    const first = transport.pictures[0];
    if (first === undefined) throw new Error('a transport without slots');
    return first;
  }

  #ended(transport: Transport, reason: Ended): void {
    this.#forget(transport);
    for (const slot of [...transport.pictures, transport.sound]) {
      const sitter = slot.owner as Sitter | null;
      slot.owner = null;
      sitter?.onTransportEnded(reason);
    }
  }

  #watch(transport: Transport): void {
    clearTimeout(this.#idle.get(transport));
    this.#idle.delete(transport);
    if (transport.ended || [...transport.pictures, transport.sound].some((slot) => slot.owner !== null)) return;
    const timer = setTimeout(() => {
      this.#forget(transport);
      transport.close();
    }, IDLE_MS);
    this.#idle.set(transport, timer);
  }

  #forget(transport: Transport): void {
    clearTimeout(this.#idle.get(transport));
    this.#idle.delete(transport);
    this.#transports = this.#transports.filter((other) => other !== transport);
  }
}
