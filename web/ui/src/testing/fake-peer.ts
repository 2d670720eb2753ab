/** A peer connection that a test plays by hand: connects, loses and fails on command. */

class FakeTransceiver {
  readonly receiver: { track: MediaStreamTrack; getSynchronizationSources: () => { rtpTimestamp: number }[] };
  mid: string | null = null;

  constructor(readonly kind: string) {
    this.receiver = { track: { kind } as unknown as MediaStreamTrack, getSynchronizationSources: () => [] };
  }

  setCodecPreferences(): void {
    // Nothing to choose from.
  }
}

export class FakePeer {
  readonly transceivers: FakeTransceiver[] = [];
  connectionState = 'new';
  onconnectionstatechange: (() => void) | null = null;
  localDescription: { sdp: string } | null = null;
  remote = '';
  closed = false;

  addTransceiver(kind: string): FakeTransceiver {
    const made = new FakeTransceiver(kind);
    this.transceivers.push(made);
    return made;
  }

  createOffer(): Promise<{ sdp: string }> {
    return Promise.resolve({ sdp: 'v=0 offer' });
  }

  setLocalDescription(offer: { sdp: string }): Promise<void> {
    this.localDescription = offer;
    this.transceivers.forEach((transceiver, index) => (transceiver.mid = String(index)));
    return Promise.resolve();
  }

  setRemoteDescription(answer: { sdp: string }): Promise<void> {
    this.remote = answer.sdp;
    return Promise.resolve();
  }

  become(state: string): void {
    this.connectionState = state;
    this.onconnectionstatechange?.();
  }

  close(): void {
    this.closed = true;
  }
}

/** What a wall asks of `peer`. */
export class FakePeers {
  readonly made: FakePeer[] = [];

  readonly make = (): RTCPeerConnection => {
    const peer = new FakePeer();
    this.made.push(peer);
    return peer as unknown as RTCPeerConnection;
  };

  get last(): FakePeer {
    const peer = this.made.at(-1);
    if (peer === undefined) throw new Error('no peer connection was made');
    return peer;
  }
}

/** A video element whose pictures a test shows by hand. */
export class FakeVideo {
  srcObject: MediaStream | null = null;
  sources = 0;
  #next: ((now: number, metadata: VideoFrameCallbackMetadata) => void) | null = null;

  constructor() {
    let stream: MediaStream | null = null;
    Object.defineProperty(this, 'srcObject', {
      get: () => stream,
      set: (value: MediaStream | null) => {
        stream = value;
        this.sources += 1;
      },
    });
  }

  get element(): HTMLVideoElement {
    return this as unknown as HTMLVideoElement;
  }

  play(): Promise<void> {
    return Promise.resolve();
  }

  requestVideoFrameCallback(next: (now: number, metadata: VideoFrameCallbackMetadata) => void): number {
    this.#next = next;
    return 1;
  }

  cancelVideoFrameCallback(): void {
    this.#next = null;
  }

  show(rtpTimestamp: number): void {
    const next = this.#next;
    this.#next = null;
    next?.(0, { rtpTimestamp } as VideoFrameCallbackMetadata);
  }
}

/** happy-dom's streams take only its own tracks. */
export class FakeStream {
  constructor(readonly tracks: MediaStreamTrack[]) {}
  getVideoTracks(): MediaStreamTrack[] {
    return this.tracks;
  }
}
