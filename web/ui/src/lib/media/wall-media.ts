/**
 * How the pictures of a page come: by WebRTC, or where that does not get through, as fragments over a WebSocket. Chosen here and
 * nowhere else. Hands out one `TilePicture` for each tile.
 */

import type { Api } from '../api';
import type { CameraTruth } from '../api/schema';
import type { Live } from '../live.svelte';
import { Carriers } from './carriers';
import { FragmentPlayer, plays_h265 } from './fragments';
import type { Ended, Player, PlayerEvents } from './player';
import { SlotPlayer } from './slot-player';
import { SlotSound } from './slot-sound';
import { type Made, TilePicture, type Wish } from './tile-picture';

/** A wall that WebRTC did not get through is tried again so much later: a firewall may have been opened. */
export const BLOCKED_MS = 300_000;

export type Way = 'webrtc' | 'fragments';

export interface WallMediaOptions {
  api: Api;
  live: Live;
  /** What is known of a camera, where the event socket tells nothing of it. */
  truth?: (camera_id: string) => CameraTruth | undefined;
  tiles: () => number;
  /** From the address of the page: for measurements, and where somebody knows better. */
  forced: Way | null;
  peer?: () => RTCPeerConnection;
  openSocket?: (url: string) => WebSocket;
  monotonic_ms?: () => number;
  /** A camera that was to be heard is not. */
  onSilent?: (reason: Ended) => void;
}

export function forcedWay(query: URLSearchParams): Way | null {
  const asked = query.get('transport');
  return asked === 'fragments' || asked === 'webrtc' ? asked : null;
}

export class WallMedia {
  readonly #options: WallMediaOptions;
  readonly #carriers: Carriers;
  readonly #pictures = new Set<TilePicture>();
  readonly #players = new Set<SlotPlayer>();
  readonly #deaf: (() => void)[];
  readonly #audio = new Audio();
  #blocked_until_ms = -Infinity;

  constructor(options: WallMediaOptions) {
    this.#options = options;
    this.#carriers = new Carriers({
      api: options.api,
      tiles: options.tiles,
      ...(options.peer ? { peer: options.peer } : {}),
    });
    this.#deaf = [
      options.live.on('view', (message) => {
        for (const player of [...this.#players]) player.hear(message);
      }),
      options.live.on('tree', () => {
        for (const picture of this.#pictures) picture.askAgain();
      }),
    ];
  }

  get way(): Way {
    const { forced } = this.#options;
    if (forced !== null) return forced;
    const possible = typeof RTCPeerConnection !== 'undefined' || this.#options.peer !== undefined;
    return possible && this.#now_ms() >= this.#blocked_until_ms ? 'webrtc' : 'fragments';
  }

  /** The picture of the tile that `video` belongs to. Give it back with `leave`. */
  tile(video: HTMLVideoElement): TilePicture {
    const picture = new TilePicture({
      make: (wish, events) => this.#make(video, wish, events),
      blank: () => blank(video),
      monotonic_ms: () => this.#now_ms(),
    });
    this.#pictures.add(picture);
    return picture;
  }

  leave(picture: TilePicture): void {
    picture.stop();
    this.#pictures.delete(picture);
  }

  close(): void {
    for (const deaf of this.#deaf) deaf();
    for (const picture of this.#pictures) picture.stop();
    this.#pictures.clear();
    this.#carriers.close();
  }

  #make(video: HTMLVideoElement, wish: Wish, events: PlayerEvents): Made | null {
    const truth = (this.#options.truth ?? ((id: string) => this.#options.live.truths.get(id)))(wish.camera_id);
    return this.way === 'webrtc' ? this.#slot(video, wish, events, truth) : this.#fragments(video, wish, events);
  }

  #slot(video: HTMLVideoElement, wish: Wish, events: PlayerEvents, truth: CameraTruth | undefined): Made | null {
    if (truth === undefined || truth.carrier === '') return null;
    if (video.srcObject === null && video.src !== '') blank(video);
    video.muted = true;
    let sound: SlotSound | null = null;
    const player = new SlotPlayer({
      video,
      carriers: this.#carriers,
      carrier: truth.carrier,
      camera_id: wish.camera_id,
      stream: wish.stream,
      now_ms: () => this.#options.live.clock.now_ms(),
      onPlaying: () => {
        sound = wish.sound ? this.#sound(player, wish) : null;
        events.onPlaying();
      },
      onEnded: (reason) => {
        if (reason === 'blocked') this.#blocked_until_ms = this.#now_ms() + BLOCKED_MS;
        over();
        events.onEnded(reason);
      },
    });
    const over = (): void => {
      sound?.stop();
      this.#players.delete(player);
    };
    this.#players.add(player);
    return { player: alsoOnStop(player, over), carrier: truth.carrier };
  }

  #sound(player: SlotPlayer, wish: Wish): SlotSound | null {
    if (player.slot === null) return null;
    return new SlotSound({
      carriers: this.#carriers,
      beside: player.slot,
      camera_id: wish.camera_id,
      stream: wish.stream,
      audio: this.#audio,
      onEnded: (reason) => this.#options.onSilent?.(reason),
    });
  }

  #fragments(video: HTMLVideoElement, wish: Wish, events: PlayerEvents): Made {
    if (video.srcObject !== null) blank(video);
    video.muted = !wish.sound;
    const player = new FragmentPlayer({
      ...wish,
      ...events,
      video,
      h265: plays_h265(),
      ...(this.#options.openSocket ? { open: this.#options.openSocket } : {}),
    });
    return { player, carrier: null };
  }

  #now_ms(): number {
    return (this.#options.monotonic_ms ?? (() => performance.now()))();
  }
}

function alsoOnStop(player: SlotPlayer, over: () => void): Player {
  return {
    start: () => player.start(),
    stop: () => {
      over();
      player.stop();
    },
    get capture_ms() {
      return player.capture_ms;
    },
    get shown() {
      return player.shown;
    },
  };
}

/** Nothing of what it showed stays on the screen. */
function blank(video: HTMLVideoElement): void {
  video.srcObject = null;
  if (!video.hasAttribute('src')) return;
  video.removeAttribute('src');
  video.load();
}
