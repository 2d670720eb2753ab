/** What a tile asks of whatever brings its picture, and what it is told. Knows no transport. */

import type { EndReason } from '../api/schema';

/** Why a picture ended: as the server says it, or as only the browser can know it. */
export type Ended = EndReason | 'lost' | 'unsupported' | 'refused';

export interface PlayerEvents {
  /** Pictures move. Called once. */
  onPlaying: () => void;
  /** Nothing more comes. Called once, and never after `stop`. */
  onEnded: (reason: Ended) => void;
}

export interface Player {
  start(): void;
  stop(): void;
  /** When the picture on the screen was captured, UTC by the server's clock; null before the first. */
  readonly capture_ms: number | null;
}

/** After these it makes no sense to ask again for the same. */
export function isFinal(reason: Ended): boolean {
  return reason === 'no_right' || reason === 'unsupported';
}

/** Follow the pictures of a video element as they are shown. Returns how to stop. */
export function eachPicture(
  video: HTMLVideoElement,
  shown: (metadata: VideoFrameCallbackMetadata) => void,
): () => void {
  let handle = 0;
  const next = (_now: number, metadata: VideoFrameCallbackMetadata): void => {
    shown(metadata);
    handle = video.requestVideoFrameCallback(next);
  };
  handle = video.requestVideoFrameCallback(next);
  return () => video.cancelVideoFrameCallback(handle);
}
