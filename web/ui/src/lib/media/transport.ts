/**
 * One peer connection to one carrier, with many slots (docs/api.md, "One transport for a wall"). Opened once; cameras are then put
 * into its slots and swapped there without a handshake.
 */

import type { Api } from '../api';
import type { SlotView } from '../api/schema';
import { failure, type Failure, type Result } from '../result';
import { prefer } from './codecs';
import type { Ended } from './player';

/** Time enough for ICE and DTLS on any network that lets them through. */
export const CONNECT_MS = 3000;
/** After it has worked once, slowness is not taken for a wall. */
const PATIENT_MS = 10_000;
/** Chromium gives up on a silent path after half a minute: too long for a wall. */
const DISCONNECTED_MS = 5000;

/** As many slots as one request may fill. */
const MOST_AT_ONCE = 64;

export type PutInto = { camera_id: string; stream: 'main' | 'sub' };

interface Waiting {
  mid: string;
  what: PutInto;
  answer: (result: Result<SlotView>) => void;
}

export class Slot {
  /** Whoever shows something here. */
  owner: object | null = null;
  /** The video element that showed this slot last: it changes cameras here without a new source. */
  seat: object | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(
    readonly transport: Transport,
    readonly transceiver: RTCRtpTransceiver,
  ) {}

  get track(): MediaStreamTrack {
    return this.transceiver.receiver.track;
  }

  /** One after the other: what was asked last is what is shown. `stale` is looked at when its turn has come. */
  put(what: PutInto, stale: () => boolean): Promise<Result<SlotView>> {
    return this.#turn(async () =>
      stale() ? { kind: 'aborted' as const } : await this.transport.put(this.transceiver.mid ?? '', what),
    );
  }

  /** Silence it, unless somebody has taken it meanwhile. */
  async empty(): Promise<void> {
    await this.#turn(async () => {
      if (this.owner === null) await this.transport.remove(this.transceiver.mid ?? '');
    });
  }

  #turn<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

export interface TransportOptions {
  api: Api;
  carrier: string;
  /** How many sections for pictures. */
  pictures: number;
  /** Whether WebRTC has worked on this page. */
  proven: boolean;
  peer: () => RTCPeerConnection;
  onConnected: () => void;
  /** Once, and not after `close`. */
  onEnded: (reason: Ended) => void;
}

export class Transport {
  readonly pictures: readonly Slot[];
  /** One for all of a carrier: at a wall one camera is listened to at a time. */
  readonly sound: Slot;
  /** Whether the offer was answered: from then on slots can be filled. */
  readonly answered: Promise<boolean>;
  readonly #options: TransportOptions;
  readonly #peer: RTCPeerConnection;
  #id = '';
  #waiting: Waiting[] = [];
  #ended = false;
  #proven: boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#proven = options.proven;
    this.#peer = options.peer();
    this.pictures = Array.from({ length: options.pictures }, () => this.#slot('video'));
    this.sound = this.#slot('audio');
    this.#peer.onconnectionstatechange = () => this.#changed();
    this.answered = this.#open();
  }

  get carrier(): string {
    return this.#options.carrier;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** What is put in the same turn goes in one request: a wall that opens or is switched asks once. */
  put(mid: string, what: PutInto): Promise<Result<SlotView>> {
    return new Promise((answer) => {
      if (this.#waiting.push({ mid, what, answer }) === 1) setTimeout(() => void this.#putAll());
    });
  }

  async #putAll(): Promise<void> {
    const all = this.#waiting;
    this.#waiting = [];
    if (this.#ended) {
      for (const { answer } of all) answer({ kind: 'aborted' });
      return;
    }
    for (let first = 0; first < all.length; first += MOST_AT_ONCE) {
      const some = all.slice(first, first + MOST_AT_ONCE);
      const [one] = some;
      await (one !== undefined && some.length === 1 ? this.#putOne(one) : this.#putMany(some));
    }
  }

  async #putOne({ mid, what, answer }: Waiting): Promise<void> {
    const result = await this.#options.api.call('PUT /api/transports/{transport_id}/slots/{mid}', {
      params: { transport_id: this.#id, mid },
      body: what,
    });
    this.#look(result);
    answer(result);
  }

  async #putMany(some: readonly Waiting[]): Promise<void> {
    const result = await this.#options.api.call('PUT /api/transports/{transport_id}/slots', {
      params: { transport_id: this.#id },
      body: { slots: some.map(({ mid, what }) => ({ mid, ...what })) },
    });
    this.#look(result);
    for (const [index, { answer }] of some.entries()) {
      const filled = result.kind === 'ok' ? result.value.slots[index] : undefined;
      if (result.kind !== 'ok') answer(result);
      else if (filled?.view) answer({ kind: 'ok', value: filled.view });
      else
        answer(
          filled?.error ? failure(filled.error.code, filled.error.detail, filled.error.field) : failure('unreadable'),
        );
    }
  }

  /** The server does not know this transport (any more): it started anew, or ended it while we slept. */
  #look(result: Result<unknown>): void {
    if (result.kind === 'failed' && result.code === 'not_found' && result.field !== 'camera_id') this.end('lost');
  }

  async remove(mid: string): Promise<void> {
    if (this.#ended) return;
    await this.#options.api.call('DELETE /api/transports/{transport_id}/slots/{mid}', {
      params: { transport_id: this.#id, mid },
    });
  }

  /** For good, and without telling whoever uses it. */
  close(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#peer.onconnectionstatechange = null;
    this.#peer.close();
    if (this.#id === '') return;
    void this.#options.api.call('DELETE /api/transports/{transport_id}', { params: { transport_id: this.#id } });
  }

  end(reason: Ended): void {
    if (this.#ended) return;
    this.close();
    this.#options.onEnded(reason);
  }

  #slot(kind: 'video' | 'audio'): Slot {
    const transceiver = this.#peer.addTransceiver(kind, { direction: 'recvonly' });
    prefer(kind, transceiver);
    return new Slot(this, transceiver);
  }

  async #open(): Promise<boolean> {
    try {
      await this.#peer.setLocalDescription(await this.#peer.createOffer());
      const answer = await this.#options.api.send('POST /api/carriers/{carrier}', {
        params: { carrier: this.carrier },
        headers: { 'Content-Type': 'application/sdp', Accept: 'application/sdp' },
        body: this.#peer.localDescription?.sdp ?? '',
      });
      if (this.#ended) return false;
      if (answer.kind !== 'ok') {
        this.end(answer.kind === 'failed' ? reasonOf(answer) : 'lost');
        return false;
      }
      this.#id = answer.value.headers.get('Location')?.split('/').at(-1) ?? '';
      await this.#peer.setRemoteDescription({ type: 'answer', sdp: await answer.value.text() });
      this.#expect(this.#proven ? PATIENT_MS : CONNECT_MS, this.#proven ? 'lost' : 'blocked');
      this.#changed();
      return !this.ended;
    } catch {
      // An answer that this browser does not take, or a peer connection that it refuses to make.
      this.end('blocked');
      return false;
    }
  }

  #changed(): void {
    const state = this.#peer.connectionState;
    if (state === 'connected') {
      clearTimeout(this.#timer);
      this.#proven = true;
      this.#options.onConnected();
    }
    if (state === 'disconnected') this.#expect(DISCONNECTED_MS, 'lost');
    if (state === 'failed') this.end(this.#proven ? 'lost' : 'blocked');
    if (state === 'closed') this.end('lost');
  }

  #expect(within_ms: number, otherwise: Ended): void {
    clearTimeout(this.#timer);
    if (!this.#ended && this.#peer.connectionState !== 'connected')
      this.#timer = setTimeout(() => this.end(otherwise), within_ms);
  }
}

/** What a refused request means for a picture. */
export function reasonOf(failed: Failure): Ended {
  switch (failed.code) {
    case 'not_found':
      return failed.field === 'camera_id' ? 'no_right' : 'camera_moved';
    case 'forbidden':
    case 'not_signed_in':
      return 'no_right';
    case 'codec':
      return 'codec';
    case 'hearing_closed':
      return 'hearing';
    case 'no_picture':
      return 'no_picture';
    case 'too_many':
      return 'busy';
    case 'bad_offer':
      return 'blocked';
    default:
      return failed.detail === 'not_owner' ? 'camera_moved' : 'lost';
  }
}
