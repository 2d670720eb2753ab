"""Finding devices: WS-Discovery by multicast and by directed probes, and ONVIF over HTTP for those that do not answer it."""

from vms_onvif.discovery.matches import Found
from vms_onvif.discovery.search import Progress, Search

__all__ = ["Found", "Progress", "Search"]
