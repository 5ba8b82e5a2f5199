"""Keeps secrets out of whatever leaves the provider as text: messages, reasons, log lines.

No message is written with a secret in it on purpose. This is for the accidents: a service that repeats a token in
its error, an exception of a library that holds a header.
"""

from __future__ import annotations

from typing import Final

SHORTEST: Final = 6
"""Characters. A shorter text is no token, and replacing it would make nonsense of messages."""

REPLACEMENT: Final = '[secret]'


class Redaction:
    """The secrets that this process has seen, and texts without them."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()

    def add(self, secret: str) -> None:
        """Never show this text again."""
        if len(secret) >= SHORTEST:
            self._secrets.add(secret)

    def clean(self, text: str, *more: str) -> str:
        """The text with every secret replaced, those in `more` for this once."""
        # Longest first: one secret may be part of another.
        for secret in sorted({*self._secrets, *more}, key=len, reverse=True):
            if len(secret) >= SHORTEST:
                text = text.replace(secret, REPLACEMENT)
        return text
