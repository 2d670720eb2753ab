/** What a tile asks of whatever brings its picture, and what it is told. Knows no transport. */

import type { EndReason, Shown } from '../api/schema';

/**
 * Why a picture ended: as the server says it, or as only the browser can know it. `blocked`: WebRTC does not get through here.
 * `busy`: the server serves as many as it can. `no_picture`: the server has none of this camera now.
 */
export type Ended = EndReason | 'lost' | 'unsupported' | 'refused' | 'blocked' | 'busy' | 'no_picture';

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
  /** What of the camera is shown; null while that is not known. */
  readonly shown: Shown | null;
}

/** Follow the pictures of a video element as they are shown. Returns how to stop. */
export function eachPicture(
  video: HTMLVideoElement,
  shown: (metadata: Pick<VideoFrameCallbackMetadata, 'mediaTime' | 'rtpTimestamp'>) => void,
): () => void {
  // Firefox before 132.
  if (!('requestVideoFrameCallback' in video)) return eachCounted(video, shown);
  let handle = 0;
  const next = (_now: number, metadata: VideoFrameCallbackMetadata): void => {
    shown(metadata);
    handle = video.requestVideoFrameCallback(next);
  };
  handle = video.requestVideoFrameCallback(next);
  return () => video.cancelVideoFrameCallback(handle);
}

const COUNT_EVERY_MS = 200;

function eachCounted(video: HTMLVideoElement, shown: (metadata: { mediaTime: number }) => void): () => void {
  let before = 0;
  const timer = setInterval(() => {
    const pictures = video.getVideoPlaybackQuality().totalVideoFrames;
    if (pictures > before) shown({ mediaTime: video.currentTime });
    before = pictures;
  }, COUNT_EVERY_MS);
  return () => clearInterval(timer);
}
