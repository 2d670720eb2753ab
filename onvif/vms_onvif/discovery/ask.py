"""Is there an ONVIF device at this address? Asked over HTTP, without a login, of what does not answer WS-Discovery."""

import aiohttp
from lxml import etree

from vms_onvif.discovery.matches import Found
from vms_onvif.envelopes import content_type, envelope
from vms_onvif.faults import OnvifFault, SoapFault
from vms_onvif.hostile_xml import local
from vms_onvif.link import Link
from vms_onvif.login import Login, strongest
from vms_onvif.namespaces import TDS
from vms_onvif.origin import DEFAULT_PATH, Origin
from vms_onvif.replies import HttpReply, read_reply

TIMEOUT_S = 2.5


async def ask(http: aiohttp.ClientSession, host: str, port: int) -> Found | None:
    """The device at `host`:`port`, or None when nothing there speaks ONVIF."""
    origin = Origin(host, port)
    question = envelope(etree.Element(f"{{{TDS}}}GetSystemDateAndTime"))
    link = Link(http, origin, Login(), timeout_s=TIMEOUT_S)
    try:
        reply = await link.post(DEFAULT_PATH, question, content_type(f"{TDS}/GetSystemDateAndTime"))
    except OnvifFault:
        return None
    return Found(host, port, origin.url(DEFAULT_PATH)) if speaks_onvif(reply) else None


def speaks_onvif(reply: HttpReply) -> bool:
    """Whether this is how a device answers: with its time, with a SOAP fault, or with its wish for HTTP digest (quirk 3)."""
    try:
        return local(read_reply(reply).payload) == "GetSystemDateAndTimeResponse"
    except SoapFault:
        return True
    except OnvifFault:
        return reply.status == 401 and strongest(reply.challenges) is not None
