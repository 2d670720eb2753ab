"""Why a paper could not be signed."""


class SigningFault(Exception):
    """One sentence, never with a passphrase or PIN."""
