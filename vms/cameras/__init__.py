"""Cameras: found, registered, described, watched over. Knows no HTTP, no packets, and of devices only `ports`."""
