"""Footage taken out for others: original bytes, and copies that any player opens. Runs as a process of its own, of the lowest priority."""
