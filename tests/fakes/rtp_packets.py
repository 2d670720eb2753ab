"""Build RTP packets and pictures for tests, written apart from the code under test."""

import struct

SPS_640X360 = bytes.fromhex("6742c016da0280bfe5840000030004000003007a3c58ba80")
SPS_1280X720 = bytes.fromhex("6742c01fda014016e8400000030040000007a3c60ca8")
SPS_1920X1080 = bytes.fromhex("6742c028da01e0089f9610000003001000000301e8f1832a")
PPS = bytes.fromhex("68ce0fc8")
H265_VPS = bytes.fromhex("40010c01ffff01600000030090000003000003003fba0240")
H265_SPS = bytes.fromhex("42010101600000030090000003000003003fa005020171f2e5ba4a4c2e68080000030008000003007840")
H265_PPS = bytes.fromhex("4401c0718312")
IDR = b"\x65\x88" + bytes(range(1, 251)) * 12
P = b"\x41\x9a" + bytes(range(1, 200))


def rtp(
    payload: bytes, sequence: int, timestamp: int, *, marker: bool = False, ssrc: int = 7, payload_type: int = 96
) -> bytes:
    second = payload_type | (0x80 if marker else 0)
    return struct.pack("!BBHII", 0x80, second, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc) + payload


def fragment_h264(nal: bytes, size: int) -> list[bytes]:
    chunks = [nal[1:][at : at + size] for at in range(0, len(nal) - 1, size)]
    indicator = bytes((nal[0] & 0xE0 | 28,))
    flags = [(0x80 if at == 0 else 0) | (0x40 if at == len(chunks) - 1 else 0) for at in range(len(chunks))]
    return [indicator + bytes((flag | nal[0] & 0x1F,)) + chunk for flag, chunk in zip(flags, chunks, strict=True)]


def fragment_h265(nal: bytes, size: int) -> list[bytes]:
    chunks = [nal[2:][at : at + size] for at in range(0, len(nal) - 2, size)]
    header = bytes((nal[0] & 0x81 | 49 << 1, nal[1]))
    flags = [(0x80 if at == 0 else 0) | (0x40 if at == len(chunks) - 1 else 0) for at in range(len(chunks))]
    kind = nal[0] >> 1 & 0x3F
    return [header + bytes((flag | kind,)) + chunk for flag, chunk in zip(flags, chunks, strict=True)]


def aggregate(nals: list[bytes], header: bytes = b"\x78") -> bytes:
    return header + b"".join(struct.pack("!H", len(nal)) + nal for nal in nals)


class Camera:
    """Numbers the packets of successive H.264 pictures."""

    def __init__(self, *, sequence: int = 0, timestamp: int = 0, ssrc: int = 7, step: int = 6000) -> None:
        self.sequence = sequence
        self.timestamp = timestamp
        self.ssrc = ssrc
        self._step = step

    def picture(self, *nals: bytes, size: int = 1000) -> list[bytes]:
        payloads = [piece for nal in nals for piece in (fragment_h264(nal, size) if len(nal) > size + 1 else [nal])]
        packets = []
        for index, payload in enumerate(payloads):
            last = index == len(payloads) - 1
            packets.append(rtp(payload, self.sequence, self.timestamp, marker=last, ssrc=self.ssrc))
            self.sequence += 1
        self.timestamp += self._step
        return packets


def sender_report(seconds_utc: float, timestamp: int, ssrc: int = 7) -> bytes:
    ntp = int((seconds_utc + 2_208_988_800) * (1 << 32))
    return struct.pack("!BBHIQIII", 0x80, 200, 6, ssrc, ntp & 0xFFFFFFFFFFFFFFFF, timestamp & 0xFFFFFFFF, 1, 1)


def framed(channel: int, packet: bytes) -> bytes:
    return b"$" + struct.pack("!BH", channel, len(packet)) + packet
