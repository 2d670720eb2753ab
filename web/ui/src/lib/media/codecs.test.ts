import { expect, it } from 'vitest';
import { wanted } from './codecs';

it('names only what is ever sent, so that an offer for 64 tiles stays small', () => {
  const codecs = [
    { mimeType: 'video/VP8' },
    { mimeType: 'video/rtx' },
    { mimeType: 'video/H264', sdpFmtpLine: 'packetization-mode=1;profile-level-id=42e01f' },
    { mimeType: 'video/H264', sdpFmtpLine: 'packetization-mode=0;profile-level-id=42e01f' },
    { mimeType: 'video/H265', sdpFmtpLine: 'level-id=93' },
    { mimeType: 'video/AV1' },
  ];
  expect(wanted('video', codecs).map((codec) => codec.mimeType)).toEqual(['video/rtx', 'video/H264', 'video/H265']);
  expect(wanted('audio', [{ mimeType: 'audio/opus' }, { mimeType: 'audio/red' }, { mimeType: 'audio/PCMA' }])).toEqual([
    { mimeType: 'audio/opus' },
    { mimeType: 'audio/PCMA' },
  ]);
});
