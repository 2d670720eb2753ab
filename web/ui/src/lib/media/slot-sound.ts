/** The sound of one camera, in the sound slot beside its picture. */

import type { Carriers, Sitter } from './carriers';
import type { Ended } from './player';
import { reasonOf, type Slot } from './transport';

export interface SlotSoundOptions {
  carriers: Carriers;
  /** The slot of the picture. */
  beside: Slot;
  camera_id: string;
  stream: 'main' | 'sub';
  audio: HTMLAudioElement;
  onEnded: (reason: Ended) => void;
}

export class SlotSound implements Sitter {
  readonly #options: SlotSoundOptions;
  readonly #slot: Slot;
  #over = false;

  constructor(options: SlotSoundOptions) {
    this.#options = options;
    this.#slot = options.carriers.takeSound(options.beside, this);
    void this.#start();
  }

  stop(): void {
    if (this.#over) return;
    this.#over = true;
    this.#options.audio.srcObject = null;
    this.#options.carriers.leave(this.#slot, this);
  }

  onTransportEnded(reason: Ended): void {
    this.#end(reason);
  }

  async #start(): Promise<void> {
    const { camera_id, stream, audio } = this.#options;
    const answer = await this.#slot.put({ camera_id, stream }, () => this.#over);
    if (this.#over || answer.kind === 'aborted') return;
    if (answer.kind === 'failed') {
      this.#end(reasonOf(answer));
      return;
    }
    audio.srcObject = new MediaStream([this.#slot.track]);
    audio.play().catch(() => this.#end('refused'));
  }

  #end(reason: Ended): void {
    if (this.#over) return;
    this.stop();
    this.#options.onEnded(reason);
  }
}
