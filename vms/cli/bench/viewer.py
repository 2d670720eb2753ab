"""A viewer that costs next to nothing: ICE and DTLS as a browser does them, then every packet is counted and dropped undecrypted.

It goes on as a browser does: a connectivity check every 2.5 s, a receiver report every second.
"""

import asyncio
import re
import secrets
import socket
import struct
import sys
from binascii import crc32
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hmac import digest
from typing import Final

from OpenSSL import SSL

from streams.relay.dtls import Identity
from streams.relay.srtp import CM_SHA1_80, GCM, KEY_BYTES, SALT_BYTES, Keys, Protection, exported_bytes, protection
from streams.relay.stun import IceCredentials, check, parse_request

_MAGIC: Final = 0x2112A442
_CHECK_EVERY_S: Final = 2.5
_RETRY_EVERY_S: Final = 0.2
_REPORT_EVERY_S: Final = 1.0
_READS_AT_ONCE: Final = 256
_UDP_GRO: Final = 104  # linux/udp.h; not in the socket module
_SO_TIMESTAMPNS: Final = 35  # asm-generic/socket.h
_CONTROL_BYTES: Final = socket.CMSG_SPACE(4) + socket.CMSG_SPACE(16)
_LABEL: Final = b"EXTRACTOR-dtls_srtp"
_PICTURE: Final = "m=video 9 UDP/TLS/RTP/SAVPF 102"
_PICTURE_FORMAT: Final = (
    "a=rtpmap:102 H264/90000",
    "a=rtcp-fb:102 nack",
    "a=rtcp-fb:102 nack pli",
    "a=rtcp-fb:102 goog-remb",
    "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
)
_SOUND: Final = "m=audio 9 UDP/TLS/RTP/SAVPF 111 8 0"
_SOUND_FORMATS: Final = ("a=rtpmap:111 opus/48000/2", "a=rtpmap:8 PCMA/8000", "a=rtpmap:0 PCMU/8000")


class ClientIdentity(Identity):
    """The certificate of all viewers, as clients."""

    def client(self) -> SSL.Connection:
        context = SSL.Context(SSL.DTLS_CLIENT_METHOD)
        context.use_certificate(self.certificate)
        context.use_privatekey(self.key)
        context.set_tlsext_use_srtp(GCM + b":" + CM_SHA1_80)
        connection = SSL.Connection(context)
        connection.set_connect_state()
        connection.set_ciphertext_mtu(1200)
        return connection


@dataclass(slots=True)
class Stream:
    """What came of one SSRC. `gaps`: packets that never came, by their sequence numbers."""

    highest: int
    packets: int = 0
    gaps: int = 0


@dataclass(frozen=True, slots=True)
class Heard:
    """Of all viewers together since they began."""

    connected: int
    packets: int
    size_bytes: int
    lost: int


@dataclass(slots=True)
class Remote:
    """What an answer (or Janus's offer) says of the other side."""

    ufrag: str
    password: str = field(repr=False)
    address: tuple[str, int]

    @classmethod
    def read(cls, sdp: str) -> "Remote":
        def first(pattern: str) -> re.Match[str]:
            match = re.search(pattern, sdp)
            if match is None:
                raise ValueError(f"no {pattern} in the answer")
            return match

        candidate = first(r"a=candidate:\S+ 1 udp \d+ (\d+\.\d+\.\d+\.\d+) (\d+) typ host")
        ufrag, password = first(r"a=ice-ufrag:(\S+)")[1], first(r"a=ice-pwd:(\S+)")[1]
        return cls(ufrag, password, (candidate[1], int(candidate[2])))


class Viewer:
    """With `timed`, `ages_ms` collects how old each picture was when the kernel had its last packet.

    `on_picture(ssrc, rtp_timestamp)` is called with the last packet of each picture.
    """

    def __init__(
        self,
        identity: ClientIdentity,
        host: str,
        *,
        timed: bool = False,
        on_picture: Callable[[int, int], None] | None = None,
    ) -> None:
        self._identity = identity
        self._on_picture = on_picture
        self._loop = asyncio.get_running_loop()
        self._ice = IceCredentials.new()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)  # noqa: FBT003 the socket's own signature
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        # A network card takes the splitting of long datagrams off the sender's hands; here the receiving socket does.
        self._socket.setsockopt(socket.SOL_UDP, _UDP_GRO, 1)
        if timed:
            self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._socket.bind((host, 0))
        self._dtls = identity.client()
        self._remote: Remote | None = None
        self._protection: Protection | None = None
        self._ssrc = secrets.randbits(31) | 1
        self._retrying = False
        self.ages_ms: list[float] = []
        self._arrived_ns = 0
        self.streams: dict[bytes, Stream] = {}
        self.size_bytes = 0
        self._loop.add_reader(self._socket, self._read)

    @property
    def connected(self) -> bool:
        return self._protection is not None

    def description(
        self, sections: int = 1, *, setup: str = "active", mids: Iterable[str] = (), sounds: int = 0
    ) -> str:
        """An offer (or the answer to Janus) that takes H.264 in so many sections, and then sound in so many."""
        host, port = self._socket.getsockname()
        pictures = list(mids) or [str(number) for number in range(sections)]
        names = [*pictures, *(str(len(pictures) + number) for number in range(sounds))]
        lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=group:BUNDLE " + " ".join(names)]
        for number, mid in enumerate(names):
            lines += [
                _PICTURE if number < len(pictures) else _SOUND,
                "c=IN IP4 127.0.0.1",
                f"a=ice-ufrag:{self._ice.ufrag}",
                f"a=ice-pwd:{self._ice.password}",
                f"a=fingerprint:sha-256 {self._identity.fingerprint}",
                f"a=setup:{setup}",
                f"a=mid:{mid}",
                "a=recvonly",
                "a=rtcp-mux",
                "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
                *(_PICTURE_FORMAT if number < len(pictures) else _SOUND_FORMATS),
                f"a=candidate:1 1 udp 2130706431 {host} {port} typ host",
            ]
        return "\r\n".join([*lines, ""])

    def start(self, remote_sdp: str) -> None:
        self._remote = Remote.read(remote_sdp)
        self._check()

    def close(self) -> None:
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def _check(self) -> None:
        if self._remote is None or self._socket.fileno() < 0:
            return
        self._send(self._request(self._remote))
        self._loop.call_later(_CHECK_EVERY_S if self.connected else _RETRY_EVERY_S, self._check)

    def _request(self, remote: Remote) -> bytes:
        user = f"{remote.ufrag}:{self._ice.ufrag}".encode()
        body = struct.pack("!HH", 6, len(user)) + user + bytes(-len(user) % 4)
        body += struct.pack("!HHI", 0x24, 4, 1) + struct.pack("!HHQ", 0x802A, 8, 1) + struct.pack("!HH", 0x25, 0)
        message = struct.pack("!HHI", 1, len(body) + 24, _MAGIC) + secrets.token_bytes(12) + body
        message += struct.pack("!HH", 8, 20) + digest(remote.password.encode(), message, "sha1")
        message = message[:2] + (len(body) + 32).to_bytes(2, "big") + message[4:]
        return message + struct.pack("!HHI", 0x8028, 4, crc32(message) ^ 0x5354554E)

    def _read(self) -> None:
        receive = self._socket.recvmsg
        for _ in range(_READS_AT_ONCE):
            try:
                run, control, _, _ = receive(65_535, _CONTROL_BYTES)
            except (BlockingIOError, ConnectionRefusedError):
                return
            size = len(run)
            for level, _kind, value in control:
                if level == socket.SOL_UDP:
                    size = int.from_bytes(value[:2], sys.byteorder)
                else:
                    seconds, rest_ns = struct.unpack("=qq", value)
                    self._arrived_ns = seconds * 1_000_000_000 + rest_ns
            for start in range(0, len(run), size or 1):
                self._take(run[start : start + size])

    def _take(self, datagram: bytes) -> None:
        if datagram:
            first = datagram[0]
            if first >= 128:
                self._count(datagram)
            elif first >= 20:
                self._shake(datagram)
            else:
                self._on_stun(datagram)

    def _count(self, datagram: bytes) -> None:
        if 192 <= datagram[1] <= 223:
            return
        seq, ssrc = int.from_bytes(datagram[2:4], "big"), datagram[8:12]
        stream = self.streams.get(ssrc)
        if stream is None:
            stream = self.streams[ssrc] = Stream((seq - 1) & 0xFFFF)
        step = (seq - stream.highest) & 0xFFFF
        stream.packets += 1
        self.size_bytes += len(datagram)
        if self._arrived_ns and datagram[1] & 0x80:
            ticks = self._arrived_ns * 9 // 100_000 - int.from_bytes(datagram[4:8], "big")
            self.ages_ms.append(((ticks + 2**31) % 2**32 - 2**31) / 90)
        if self._on_picture is not None and datagram[1] & 0x80:
            self._on_picture(int.from_bytes(ssrc, "big"), int.from_bytes(datagram[4:8], "big"))
        if step < 0x8000:
            stream.gaps += step - 1
            stream.highest = seq

    def _on_stun(self, datagram: bytes) -> None:
        request = parse_request(datagram)
        if self._remote is None:
            return  # aiortc checks before its answer is here
        if request is not None:
            checked = check(request, self._ice, self._remote.ufrag, self._remote.address)
            if checked is not None:
                self._send(checked.answer)
        elif not self.connected and self._dtls.get_state_string() == b"before SSL initialization":
            self._shake(b"")

    def _shake(self, datagram: bytes) -> None:
        if self.connected:
            return
        if datagram:
            self._dtls.bio_write(datagram)
        try:
            self._dtls.do_handshake()
            self._protection = protection(self._keys())
            self._loop.call_later(_REPORT_EVERY_S, self._report)
        except SSL.WantReadError:
            if not self._retrying:
                self._retrying = True
                self._loop.call_later(_RETRY_EVERY_S, self._again)
        self._flush()

    def _again(self) -> None:
        """OpenSSL's own timer says when a flight is sent again."""
        if self.connected or self._socket.fileno() < 0:
            return
        if self._dtls.DTLSv1_get_timeout() == 0:
            self._dtls.DTLSv1_handle_timeout()
            self._flush()
        self._loop.call_later(_RETRY_EVERY_S, self._again)

    def _flush(self) -> None:
        while True:
            try:
                self._send(self._dtls.bio_read(1400))
            except SSL.WantReadError:
                return

    def _keys(self) -> Keys:
        profile = self._dtls.get_selected_srtp_profile()
        material = self._dtls.export_keying_material(_LABEL, exported_bytes(profile))
        salt = SALT_BYTES[profile]
        keys, salts = material[: 2 * KEY_BYTES], material[2 * KEY_BYTES :]
        return Keys(profile, keys[:KEY_BYTES], salts[:salt], keys[KEY_BYTES:], salts[salt : 2 * salt])

    def _report(self) -> None:
        if self._protection is None or self._socket.fileno() < 0:
            return
        blocks = b"".join(
            ssrc + bytes(4) + stream.highest.to_bytes(4, "big") + bytes(12)
            for ssrc, stream in list(self.streams.items())[:31]
        )
        head = struct.pack("!BBHI", 0x80 | len(blocks) // 24, 201, 1 + len(blocks) // 4, self._ssrc)
        self._send(self._protection.rtcp(head + blocks))
        self._loop.call_later(_REPORT_EVERY_S, self._report)

    def _send(self, datagram: bytes) -> None:
        assert self._remote is not None
        try:
            self._socket.sendto(datagram, self._remote.address)
        except OSError:
            return  # the other side is not there yet, or no more


def heard(viewers: Iterable[Viewer]) -> Heard:
    found = list(viewers)
    streams = [stream for viewer in found for stream in viewer.streams.values()]
    return Heard(
        sum(viewer.connected for viewer in found),
        sum(stream.packets for stream in streams),
        sum(viewer.size_bytes for viewer in found),
        sum(stream.gaps for stream in streams),
    )
