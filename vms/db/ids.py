"""Ids that cannot be guessed or counted."""

import secrets


def new_id() -> str:
    """128 random bits as 22 characters of URL-safe base64."""
    return secrets.token_urlsafe(16)
