"""What control would hand to a worker for an observer's view."""

import base64

from streams.types.imprint import Stamp
from vms.hearings.imprints import Imprints

KEY = b"k" * 32
IMPRINTS = Imprints([KEY])


def view_id(number: int) -> str:
    """As long as a real one."""
    return base64.urlsafe_b64encode(number.to_bytes(16, "big")).decode().rstrip("=")


def stamp(number: int = 1) -> Stamp:
    return Stamp(IMPRINTS.of(view_id(number)))
