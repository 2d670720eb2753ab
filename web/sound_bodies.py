"""What a microphone heard, as pages take it. Pure."""

import io
import wave
from base64 import b64decode, b64encode

from streams.types.sound import HEARD_HZ, STEP_MS, SoundHeard, SoundLevel
from vms.hearings.checking import loud_enough
from web.wire import AngleKind, SoundCheck, SoundStep


def sound_body(angle: AngleKind, heard: SoundHeard) -> SoundCheck:
    return SoundCheck(
        angle=angle,
        ok=heard.whole is not None and loud_enough(heard.whole),
        step_ms=STEP_MS,
        steps=[_step(step) for step in heard.steps],
        whole=None if heard.whole is None else _step(heard.whole),
        wav_base64=b64encode(_wav(b64decode(heard.pcm_base64))).decode() if heard.pcm_base64 else "",
    )


def _step(level: SoundLevel) -> SoundStep:
    return SoundStep(rms_dbfs=level.rms_dbfs, peak_dbfs=level.peak_dbfs)


def _wav(pcm: bytes) -> bytes:
    """RIFF around mono samples of 16 bits."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(HEARD_HZ)
        sound.writeframes(pcm)
    return file.getvalue()
