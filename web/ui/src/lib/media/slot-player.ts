/** One camera's picture in one slot of a transport. Two of them in a row at one video element are a swap. */

import type { EndReason, Shown, ViewMessage } from '../api/schema';
import type { Carriers, Sitter } from './carriers';
import { eachPicture, type Ended, type Player, type PlayerEvents } from './player';
import { captured_ms, isFrom } from './rtp-time';
import { reasonOf, type Slot } from './transport';

export interface SlotPlayerOptions extends PlayerEvents {
  video: HTMLVideoElement;
  carriers: Carriers;
  carrier: string;
  camera_id: string;
  stream: 'main' | 'sub';
  /** The server's clock, to read capture times near it. */
  now_ms: () => number | null;
}

export class SlotPlayer implements Player, Sitter {
  readonly #options: SlotPlayerOptions;
  #slot: Slot | null = null;
  #view_id = '';
  #first: number | null = null;
  #capture_ms: number | null = null;
  #shown: Shown | null = null;
  #over = false;
  #unfollow = (): void => undefined;

  constructor(options: SlotPlayerOptions) {
    this.#options = options;
  }

  get capture_ms(): number | null {
    return this.#capture_ms;
  }

  get shown(): Shown | null {
    return this.#shown;
  }

  get carrier(): string {
    return this.#options.carrier;
  }

  /** Where its picture is; null when it has none (any more). */
  get slot(): Slot | null {
    return this.#slot;
  }

  start(): void {
    const { carriers, carrier, video } = this.#options;
    const slot = carriers.take(carrier, this, video);
    this.#slot = slot;
    attach(video, slot.track);
    this.#unfollow = eachPicture(video, (metadata) => this.#picture(metadata.rtpTimestamp));
    void this.#fill(slot);
  }

  stop(): void {
    this.#over = true;
    this.#unfollow();
    const slot = this.#slot;
    this.#slot = null;
    if (slot !== null) this.#options.carriers.leave(slot, this);
  }

  onTransportEnded(reason: Ended): void {
    this.#slot = null;
    this.#end(reason);
  }

  /** What the event socket says of a view, ours or another's. */
  hear(message: ViewMessage): void {
    if (message.view_id !== this.#view_id || this.#over) return;
    if (message.shown !== null) this.#shown = message.shown;
    if (message.ended !== null) this.#end(message.ended satisfies EndReason);
  }

  async #fill(slot: Slot): Promise<void> {
    if (!(await slot.transport.answered) || this.#over) return;
    const { camera_id, stream } = this.#options;
    const answer = await slot.put({ camera_id, stream }, () => this.#over);
    if (this.#over || answer.kind === 'aborted') return;
    if (answer.kind === 'failed') {
      this.#end(reasonOf(answer));
      return;
    }
    this.#view_id = answer.value.view_id;
    this.#first = answer.value.first_rtp_timestamp;
    this.#shown = answer.value.shown;
  }

  #picture(told: number | undefined): void {
    const now_ms = this.#options.now_ms();
    // Firefox tells it of the receiver only.
    const rtp = told ?? this.#slot?.transceiver.receiver.getSynchronizationSources()[0]?.rtpTimestamp;
    // Before the answer, and before the first picture that it names, the screen shows another camera.
    if (rtp === undefined || now_ms === null || this.#first === null || !isFrom(rtp, this.#first)) return;
    const playing = this.#capture_ms !== null;
    this.#capture_ms = captured_ms(rtp, now_ms);
    if (!playing) this.#options.onPlaying();
  }

  #end(reason: Ended): void {
    if (this.#over) return;
    this.stop();
    this.#options.onEnded(reason);
  }
}

function attach(video: HTMLVideoElement, track: MediaStreamTrack): void {
  const shown = video.srcObject instanceof MediaStream ? video.srcObject.getVideoTracks()[0] : undefined;
  if (shown === track) return;
  video.srcObject = new MediaStream([track]);
  video.play().catch(() => undefined);
}
