"""Media plane: packets in, packets out.

Knows no database, no HTTP route and no ONVIF. The worker process is `streams.worker`.
"""
