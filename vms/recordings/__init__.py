"""Recordings as control knows them: what is there, what is missing and why, how long it is kept, and the proof that it is as written."""
