"""Imprints: who can make them, who can read them, and that they are found in whatever a copy was put into."""

import io
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from fakes.imprints import IMPRINTS, KEY, stamp, view_id
from fakes.peers import missing
from fakes.pictures import coded_loop, h265_loop
from streams.imprinting import imprint_nal
from streams.types.imprint import IMPRINT_UUID, Stamp, seal
from streams.types.media import AccessUnit, Codec
from vms.db.engine import Database
from vms.db.tables import ImprintKeyRow
from vms.hearings.imprint_reading import Found, imprints_in
from vms.hearings.imprints import Imprints, load_imprints
from vms.secrets import Key, Keyring, SecretBox

AT_MS = 1_760_000_000_000
numbers = st.integers(0, 2**128 - 1)
BOX = SecretBox(Keyring((Key("k", b"s" * 32),)))


def body(number: int, at_ms: int = AT_MS, imprints: Imprints = IMPRINTS) -> bytes:
    return Stamp(imprints.of(view_id(number))).message(at_ms)[len(IMPRINT_UUID) :]


class TestTokens:
    @given(numbers, st.integers(0, 2**64 - 1))
    def test_the_view_and_the_time_are_read_with_the_key_alone(self, number: int, at_ms: int) -> None:
        made = body(number, at_ms)
        reading = IMPRINTS.read(made)
        assert reading is not None
        assert (reading.view_id, reading.capture_ms) == (view_id(number), at_ms)
        assert Imprints([b"another key" * 3]).read(made) is None
        assert Imprints([b"another key" * 3, KEY]).read(made) == reading, "an older key reads on"

    @given(numbers, st.integers(0, 255))
    def test_nothing_of_it_can_be_changed(self, number: int, bit: int) -> None:
        made = bytearray(body(number))
        made[bit // 8] ^= 1 << bit % 8
        assert IMPRINTS.read(bytes(made)) is None

    @given(numbers, numbers)
    def test_who_holds_one_imprint_can_make_no_other(self, own: int, other: int) -> None:
        if own == other:
            return
        mine, others = IMPRINTS.of(view_id(own)), IMPRINTS.of(view_id(other))
        assert (mine.token, mine.key) != (others.token, others.key)
        signed = body(other)[:24]
        assert IMPRINTS.read(signed + seal(Stamp(mine)._key, signed)) is None

    @given(st.binary(max_size=40))
    def test_whatever_is_no_imprint_is_none(self, junk: bytes) -> None:
        assert IMPRINTS.read(junk) is None

    @pytest.mark.parametrize("view", ["", "short", "!" * 22, "a" * 21, "a" * 24])
    def test_only_ids_of_ours_are_imprinted(self, view: str) -> None:
        with pytest.raises(ValueError, match="no id"):
            IMPRINTS.of(view)

    def test_the_key_of_a_view_is_not_shown(self) -> None:
        imprint = IMPRINTS.of(view_id(1))
        assert imprint.key not in repr(imprint)


class TestKeys:
    async def test_the_key_is_made_once_and_kept_sealed(self, any_database: Database) -> None:
        first = await load_imprints(any_database, BOX, lambda: 1)
        made = body(7, imprints=first)
        again = await load_imprints(any_database, BOX, lambda: 2)
        reading = again.read(made)
        assert reading is not None
        assert reading.view_id == view_id(7)
        async with any_database.session() as session:
            (row,) = (await session.exec(select(ImprintKeyRow))).all()
        assert len(BOX.open(row.sealed, f"imprint key {row.id}")) == 32

    async def test_a_key_that_no_secret_opens_is_left_alone_and_a_new_one_made(self, database: Database) -> None:
        await load_imprints(database, BOX, lambda: 1)
        other = SecretBox(Keyring((Key("other", b"o" * 32),)))
        made = body(7, imprints=await load_imprints(database, other, lambda: 2))
        both = await load_imprints(
            database, SecretBox(Keyring((Key("other", b"o" * 32), Key("k", b"s" * 32)))), lambda: 3
        )
        assert both.read(made) is not None
        assert len(both._keys) == 2


def imprinted(units: list[AccessUnit], number: int = 1) -> bytes:
    """An elementary stream with start codes, its keyframes imprinted as a worker does it."""
    parts = []
    for place, unit in enumerate(units):
        nals = list(unit.parts)
        if unit.keyframe:
            nals.insert(-1, imprint_nal(stamp(number), unit.codec, (AT_MS + 1000 * place) * 1_000_000))
        parts += [b"\0\0\0\1" + nal for nal in nals]
    return b"".join(parts)


def read(data: bytes) -> Found:
    return imprints_in(io.BytesIO(data), IMPRINTS)


@pytest.fixture(scope="module")
def streams() -> dict[Codec, tuple[bytes, int]]:
    """Imprinted streams, and how many keyframes each has."""
    loops = {Codec.H264: coded_loop(3), Codec.H265: h265_loop()}
    return {codec: (imprinted(units), sum(unit.keyframe for unit in units)) for codec, units in loops.items()}


class TestReading:
    @pytest.mark.parametrize("ending", ["mp4", "mkv", "ts", "m2ts", "mov", "flv", "avi", "h264"])
    def test_h264_is_found_after_ffmpeg_has_copied_it_into(self, ending, streams, tmp_path) -> None:
        self.copied("h264", ending, streams[Codec.H264], tmp_path)

    @pytest.mark.parametrize("ending", ["mp4", "mkv", "ts"])
    def test_h265_is_found_after_ffmpeg_has_copied_it_into(self, ending, streams, tmp_path) -> None:
        self.copied("hevc", ending, streams[Codec.H265], tmp_path)

    @staticmethod
    def copied(kind: str, ending: str, stream: tuple[bytes, int], folder: Path) -> None:
        ffmpeg = shutil.which("ffmpeg") or missing("FFmpeg")
        data, keyframes = stream
        target = folder / f"copy.{ending}"
        command = [ffmpeg, "-v", "error", "-f", kind, "-i", "-", "-c", "copy", target]
        done = subprocess.run(command, input=data, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr
        found = read(target.read_bytes())
        assert list(found.views) == [view_id(1)]
        assert len(found.views[view_id(1)].captured_ms) == keyframes
        assert found.views[view_id(1)].first_ms == AT_MS
        assert found.foreign == 0

    def test_coding_anew_leaves_nothing(self, streams, tmp_path) -> None:
        ffmpeg = shutil.which("ffmpeg") or missing("FFmpeg")
        target = tmp_path / "anew.mp4"
        command = [ffmpeg, "-v", "error", "-f", "h264", "-i", "-", "-c:v", "libx264", target]
        subprocess.run(command, input=streams[Codec.H264][0], capture_output=True, check=True)
        assert read(target.read_bytes()) == Found(sha256=read(target.read_bytes()).sha256)

    def test_every_view_of_a_file_that_was_cut_together_is_named(self) -> None:
        units = coded_loop(1)
        found = read(imprinted(units, 1) + imprinted(units, 2))
        assert set(found.views) == {view_id(1), view_id(2)}

    def test_forged_imprints_are_counted_and_name_nobody(self) -> None:
        forged = IMPRINT_UUID + b"t" * 32
        found = read(forged * 3 + IMPRINT_UUID + body(9, imprints=Imprints([b"x" * 32])))
        assert (found.views, found.foreign) == ({}, 2)

    @given(
        st.lists(
            st.one_of(
                st.binary(max_size=300),
                st.just(IMPRINT_UUID),
                st.integers(1, 9).map(lambda n: imprint_nal(stamp(n), Codec.H264, AT_MS * 1_000_000)),
                st.binary(min_size=187, max_size=187).map(lambda packet: b"\x47" + packet),
            ),
            max_size=20,
        ),
        st.lists(st.integers(1, 400), min_size=1, max_size=10),
    )
    def test_a_hostile_file_is_read_to_its_end_however_it_comes(self, parts: list[bytes], steps: list[int]) -> None:
        data = b"".join(parts)
        assert read(data) == imprints_in(Dribbling(data, steps), IMPRINTS)

    @given(st.lists(st.integers(0, 255), min_size=12, max_size=40), st.integers(0, 203))
    def test_transport_packets_with_any_header_do_no_harm(self, heads: list[int], start: int) -> None:
        packets = [bytes((0x47, head, head ^ 0x5A, head, 200)) + IMPRINT_UUID + b"x" * 167 for head in heads]
        read(b"\xff" * start + b"".join(packets))


class Dribbling(io.BytesIO):
    """Gives as much at a time as it likes."""

    def __init__(self, data: bytes, steps: list[int]) -> None:
        super().__init__(data)
        self.steps = steps

    def read(self, size: int | None = -1, /) -> bytes:
        self.steps = [*self.steps[1:], self.steps[0]]
        return super().read(self.steps[0])
