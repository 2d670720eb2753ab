"""How services and the device that has them fit together: handlers, and how a call finds its own."""

from collections.abc import Awaitable, Callable, Mapping

from vms_onvif.simulate.profiles import Profile
from vms_onvif.simulate.soap import Request, SoapFault

Handler = Callable[[Request], str | Awaitable[str]]
"""Takes a request, gives what goes inside of `<…Response>`. Raises `SoapFault`."""

Operations = Mapping[str, Handler]


def required(all_profiles: tuple[Profile, ...], request: Request) -> Profile:
    """The profile that the request names. Raises `SoapFault` for an unknown one, and for none."""
    token = request.text("ProfileToken")
    found = next((one for one in all_profiles if one.token == token), None)
    if found is None:
        raise SoapFault("there is no such profile", "ter:NoProfile")
    return found
