"""Hearing a device's events: one pull point per device, and motion made of what makers call motion."""

from vms_onvif.events.motion import Motion, Sources
from vms_onvif.events.motion_events import MotionEvents

__all__ = ["Motion", "MotionEvents", "Sources"]
