"""Hearings: what may be done in them, who watches them, and what their courtroom shows. Closed unless clearly open."""
