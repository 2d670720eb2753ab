"""Incidents and cases: cameras, times, pictures and notes bundled, their footage locked, every step a line of the duty log."""
