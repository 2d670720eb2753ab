"""The media half of the simulated province: drawn cameras that speak RTSP, and faults on command.

Knows no ONVIF, no database and no settings: `vms.cli` composes it with the ONVIF half.
"""
