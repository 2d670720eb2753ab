"""Recording: units of a hub into segments on volumes, never re-encoded, never in the way of a packet (docs/adr/0025)."""
