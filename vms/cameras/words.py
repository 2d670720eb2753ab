"""Text from devices and files, made fit to be shown and stored. Pure.

Names are data, never markup: escaping is the front end's business. Here goes what no screen can show honestly: control
characters, line breaks, and the bidirectional overrides with which a name can pretend to be another.
"""

import unicodedata

_LONGEST_NAME = 200
_KEPT_FORMATS = frozenset("\u200c\u200d")  # joiners that some scripts need


def clean(text: str, limit: int = _LONGEST_NAME) -> str:
    """`text` in NFC on one line without control, format and unassigned characters, at most `limit` characters long."""
    # Cutting first bounds the work on a megabyte of hostile name; NFC never makes a text three times as short.
    composed = unicodedata.normalize("NFC", text[: limit * 4])
    shown = "".join(_showable(character) for character in composed)
    return " ".join(shown.split())[:limit].strip()


def _showable(character: str) -> str:
    if character.isspace():
        return " "
    if character in _KEPT_FORMATS:
        return character
    # Cc control, Cf format (bidi overrides, zero width), Cs lone surrogates, Co private, Cn unassigned
    return "" if unicodedata.category(character).startswith("C") else character


def folded(text: str) -> str:
    """`text` without case, diacritics and the bar of đ: two spellings of one Vietnamese word fold to the same."""
    parts = unicodedata.normalize("NFD", clean(text).casefold().replace("đ", "d"))
    return "".join(part for part in parts if not unicodedata.combining(part))
