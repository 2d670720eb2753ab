"""Saved walls, one set for each account."""
