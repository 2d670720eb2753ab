/** Which codecs an offer names. Every section repeats every codec, and only these are ever sent: the rest is dead weight. */

const VIDEO = new Set(['video/h264', 'video/h265', 'video/rtx']);
const AUDIO = new Set(['audio/opus', 'audio/pcma', 'audio/pcmu']);

export interface CodecLike {
  mimeType: string;
  sdpFmtpLine?: string;
}

/** Those of a browser's codecs that we send. Fragmented H.264 only: our packets are FU-A (RFC 6184, packetization-mode 1). */
export function wanted<C extends CodecLike>(kind: 'video' | 'audio', codecs: readonly C[]): C[] {
  const names = kind === 'video' ? VIDEO : AUDIO;
  return codecs.filter((codec) => {
    const name = codec.mimeType.toLowerCase();
    return names.has(name) && (name !== 'video/h264' || (codec.sdpFmtpLine ?? '').includes('packetization-mode=1'));
  });
}

/** Leaves a transceiver as it is where the browser cannot say what it has. */
export function prefer(kind: 'video' | 'audio', transceiver: RTCRtpTransceiver): void {
  const codecs = wanted(kind, RTCRtpReceiver.getCapabilities(kind)?.codecs ?? []);
  if (codecs.length > 0) transceiver.setCodecPreferences(codecs);
}
