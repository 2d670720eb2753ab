"""The XML namespaces of ONVIF and of what it stands on."""

from typing import Final

SOAP: Final = "http://www.w3.org/2003/05/soap-envelope"
TDS: Final = "http://www.onvif.org/ver10/device/wsdl"
TRT: Final = "http://www.onvif.org/ver10/media/wsdl"
TR2: Final = "http://www.onvif.org/ver20/media/wsdl"
TEV: Final = "http://www.onvif.org/ver10/events/wsdl"
TPTZ: Final = "http://www.onvif.org/ver20/ptz/wsdl"
TSE: Final = "http://www.onvif.org/ver10/search/wsdl"
TRP: Final = "http://www.onvif.org/ver10/replay/wsdl"
TT: Final = "http://www.onvif.org/ver10/schema"
TNS1: Final = "http://www.onvif.org/ver10/topics"
WSNT: Final = "http://docs.oasis-open.org/wsn/b-2"
WSA: Final = "http://www.w3.org/2005/08/addressing"
WSSE: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
WSU: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"

USUAL_PREFIXES: Final = {
    "ter": "http://www.onvif.org/ver10/error",
    "tds": TDS,
    "trt": TRT,
    "tr2": TR2,
    "tev": TEV,
    "tptz": TPTZ,
    "tse": TSE,
    "trp": TRP,
    "tt": TT,
    "tns1": TNS1,
    "wsnt": WSNT,
    "wsa": WSA,
    "wsa5": WSA,
    "wstop": "http://docs.oasis-open.org/wsn/t-1",
    "wsrf-rw": "http://docs.oasis-open.org/wsrf/rw-2",
    "wsrf-bf": "http://docs.oasis-open.org/wsrf/bf-2",
    "wsrf-r": "http://docs.oasis-open.org/wsrf/r-2",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsd": "http://www.w3.org/2001/XMLSchema",
    "xs": "http://www.w3.org/2001/XMLSchema",
    "soap": SOAP,
    "env": SOAP,
    "s": SOAP,
    "SOAP-ENV": SOAP,
}
"""What devices mean by prefixes that they forgot to declare."""
