"""Papers while the token is not there."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fakes.clock import FakeClock
from fakes.control import cheap_settings, services
from fakes.control_ports import FakePorts
from fakes.hearings import Courtroom, court
from fakes.pdf import pages
from fakes.signed_in import SignInAs
from vms.db.engine import Database
from vms.papers.fonts import load_typeface
from vms.papers.press import Press
from vms.papers.signing import SigningFault
from vms.papers.signing.signer import PaperSigner
from web.services import Services


class _NoToken:
    @contextmanager
    def signer(self) -> Iterator[Any]:
        raise SigningFault("The PKCS#11 module /opt/secret/path.so does not exist.")
        yield


@pytest.fixture
def control(database: Database, clock: FakeClock, tmp_path: Path, ports: FakePorts) -> Services:
    press = Press(load_typeface(), PaperSigner(_NoToken()), clock)
    return replace(services(database, clock, cheap_settings(tmp_path), ports), press=press)


@pytest.fixture
async def room(control: Services, people: SignInAs) -> Courtroom:
    return await court(control, people)


async def test_what_should_be_signed_is_not_handed_out_unsigned_unless_it_is_asked_for(room: Courtroom) -> None:
    path = f"/api/hearings/{await room.schedule()}/papers/timeline.pdf"
    answer = await room.clerk.get(path)
    assert (answer.status, answer.code, answer.body["detail"]) == (503, "unavailable", "signing")
    assert "/opt/secret" not in str(answer.body)
    unsigned = await room.clerk.get(f"{path}?signed=false")
    assert unsigned.status == 200
    assert "DIỄN BIẾN PHIÊN TÒA" in pages(unsigned.body)[0]
