"""The WSDLs of onvif-zeep and our own one for Media2, parsed once per process, and services of devices that share what was parsed.

The only module that imports `onvif` and `zeep`, and only when the first device is asked: the import takes half a second, and sets up
logging as a side effect. Measured: a camera of the stock library parses four files, 0.3 s and 11 MB each time; a copy of a parsed
client costs 8 ms and 0.1 MB. Thread-safe; runs on threads, never on the event loop.
"""

import copy
import logging
from collections.abc import Callable
from enum import Enum
from importlib import resources
from importlib.metadata import files
from pathlib import Path
from threading import Lock
from typing import Any, Final

from vms_onvif import namespaces as ns
from vms_onvif.faults import FaultKind, OnvifFault

_OURS: Final = "media2.wsdl"


class Service(Enum):
    """A service of a device: its namespace, its WSDL file, its binding."""

    DEVICE = (ns.TDS, "devicemgmt.wsdl", "DeviceBinding")
    MEDIA = (ns.TRT, "media.wsdl", "MediaBinding")
    MEDIA2 = (ns.TR2, _OURS, "Media2Binding")
    PTZ = (ns.TPTZ, "ptz.wsdl", "PTZBinding")
    SEARCH = (ns.TSE, "search.wsdl", "SearchBinding")
    REPLAY = (ns.TRP, "replay.wsdl", "ReplayBinding")

    @property
    def namespace(self) -> str:
        return self.value[0]

    @property
    def file(self) -> str:
        return self.value[1]

    @property
    def binding(self) -> str:
        return f"{{{self.value[0]}}}{self.value[2]}"


class RawReply:
    """What zeep looks at of an HTTP answer."""

    encoding = "utf-8"

    def __init__(self, content: bytes) -> None:
        self.status_code = 200
        self.content = content
        self.headers = {"Content-Type": "application/soap+xml"}


Post = Callable[[Any, str], bytes]
"""Send an envelope with a content type, and return the envelope of a good answer; raises `OnvifFault` for any other."""


class _Wire:
    """The transport of one call. onvif-zeep calls a second time after a TypeError of its own: that is stopped here."""

    def __init__(self, post: Post) -> None:
        self._post = post
        self.sent = False

    def post_xml(self, address: str, envelope: Any, headers: dict[str, str]) -> RawReply:  # noqa: ARG002 zeep's signature
        if self.sent:
            raise OnvifFault(FaultKind.GARBAGE, "the answer does not fit the request")
        self.sent = True
        return RawReply(self._post(envelope, headers["Content-Type"]))


class _Files:
    """Loads WSDLs and schemas for zeep from the disk and from nowhere else."""

    def load(self, url: str) -> bytes:
        path = Path(url)
        if "://" in url or not path.is_file():
            raise ValueError(f"a schema refers to {url}, which is not part of the installation")
        return path.read_bytes()


class Stubs:
    """Built once per process by the composition root."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._parsed: dict[Service, tuple[Any, Path]] = {}
        self._onvif: Any = None

    def call(self, service: Service, url: str, operation: str, params: dict[str, Any], post: Post) -> Any:
        """Call one operation through onvif-zeep. Raises `OnvifFault`; an answer that does not fit the schema is GARBAGE."""
        parsed, path = self._client(service)
        # A service that is given a ready client uses the transport of that client: hence one copy per call.
        client = copy.copy(parsed)
        wire = client.transport = _Wire(post)
        stub = self._onvif.ONVIFService(url, "", "", str(path), zeep_client=client, binding_name=service.binding)
        try:
            return getattr(stub, operation)(params)
        except self._onvif.ONVIFError as error:
            inner = error.__context__
            if isinstance(inner, OnvifFault):
                raise inner from None
            if not wire.sent and inner is not None:
                raise inner from None  # our own request was wrong: a bug
            raise OnvifFault(FaultKind.GARBAGE, f"{operation}: {type(inner).__name__}") from inner

    def _client(self, service: Service) -> tuple[Any, Path]:
        with self._lock:
            if self._onvif is None:
                self._onvif = _import_onvif()
            if service not in self._parsed:
                path = wsdl_path(service)
                self._parsed[service] = _parse(path), path
            return self._parsed[service]


def wsdl_path(service: Service) -> Path:
    """Raises FileNotFoundError."""
    if service.file == _OURS:
        with resources.as_file(resources.files("vms_onvif") / "wsdl" / _OURS) as ours:
            return ours
    # onvif-zeep looks for its files under the Python version that its wheel was built with; the list of its files is right.
    for file in files("onvif-zeep") or ():
        if file.name == service.file:
            return Path(str(file.locate())).resolve()
    raise FileNotFoundError(f"onvif-zeep is installed without {service.file}")


def _parse(path: Path) -> Any:
    from zeep import Client, Settings  # noqa: PLC0415 see the module's docstring

    # Not strict: devices leave out what the schema demands, and add what it does not know.
    client: Any = Client  # it has no types
    return client(str(path), transport=_Files(), settings=Settings(strict=False, xml_huge_tree=False))


def _import_onvif() -> Any:
    """Import onvif-zeep without its effect on logging (it calls `logging.basicConfig` at INFO)."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    import onvif  # noqa: PLC0415 see the module's docstring

    root.handlers[:] = handlers
    root.setLevel(level)
    return onvif
