"""The control process: `python -m vms.cli.control`, configuration as JSON on standard input."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import structlog
import uvloop

from streams import rtsp_out
from vms.cameras.onvif_devices import OnvifDevices
from vms.cli.compose import Control, composed
from vms.cli.logs import set_up_logs
from vms.cli.sentences import EXPECTED, sentence
from vms.clock import system_clock
from vms.processes.child import CONFIGURATION
from vms.processes.system import ControlConfig, until_told_to_stop
from vms.secrets.certificate import self_made
from vms.settings import Settings, load_settings
from web.serve import listening, tls_context

log = structlog.get_logger(__name__)

ENDS_WITHIN_S = 10
"""More than `vms serve` waits before it kills us, so that only an orphan meets it."""
_ANY = frozenset({"0.0.0.0", "::"})  # noqa: S104 compared with, not bound to


async def run(config: ControlConfig) -> None:
    """Serve until SIGTERM or SIGINT."""
    settings = load_settings(Path(config.settings_file) if config.settings_file else None)
    set_up_logs(settings.log.level, settings.log.format, "control")
    if settings.web.tls_self_made:
        _make_certificate(settings)
    async with (
        composed(settings, config.bus, _devices(settings)) as control,
        listening(settings, control.services) as address,
        _players(settings, control),
    ):
        log.info("control_started", address=address)
        token = await control.services.accounts.first_start.new_token()
        if token is not None:
            show_token(address, token)
        await until_told_to_stop(asyncio.create_task(control.run(), name="control"), ENDS_WITHIN_S)


def _make_certificate(settings: Settings) -> None:
    """For this machine's names, and those by which the settings say that browsers reach it."""
    origins = [name for origin in settings.web.origins if (name := urlsplit(origin).hostname) is not None]
    bound = [] if settings.web.host in _ANY else [settings.web.host]
    self_made(settings.data_dir / "tls", [socket.gethostname(), *bound, *origins], system_clock())


def _devices(settings: Settings) -> OnvifDevices:
    return OnvifDevices(settings.devices.parallel, discovery_timeout_s=settings.devices.discovery_timeout_s)


@asynccontextmanager
async def _players(settings: Settings, control: Control) -> AsyncIterator[None]:
    """RTSP out, when it is enabled."""
    if not settings.rtsp.enabled:
        yield
        return
    tls = tls_context(settings)
    async with rtsp_out.listening(control.rtsp_door, settings.rtsp.host, settings.rtsp.port, tls) as port:
        log.info("rtsp_out_started", host=settings.rtsp.host, port=port, tls=tls is not None)
        yield


def show_token(address: str, token: str) -> None:
    """On standard output, never in a log: whoever started the program becomes the first administrator."""
    print(f"\n  Mở / open   {address}/setup\n  Mã một lần / one-time token   {token}\n", flush=True)


def main() -> None:
    config = ControlConfig.model_validate_json(sys.stdin.buffer.read())
    try:
        uvloop.run(run(config))
    except EXPECTED as error:
        print(sentence(error), file=sys.stderr)
        sys.exit(CONFIGURATION)


if __name__ == "__main__":
    main()
