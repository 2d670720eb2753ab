"""Alarms: what the workers saw move, kept, listed and acknowledged."""
