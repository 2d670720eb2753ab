"""The simulated province as a process: media and ONVIF together, told by a socket what to break. Knows no database and no API."""
