"""Keeps secrets out of what is told, where a server repeats them: in a body, in an address that it redirects to."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from connectors.contract import SourceError

# Servers quote a malformed token, which need not be ours
_LIKE_A_TOKEN = re.compile(r"[A-Za-z0-9_|%-]{40,}")


class Secrets:
    """Secrets in every way in which they may come back: as they are, in an address (or its host), in JSON."""

    def __init__(self, *texts: str) -> None:
        forms = {form for text in texts if text for form in (text, quote(text, safe=""), json.dumps(text)[1:-1])}
        longest_first = sorted(forms, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)) or "(?!)", re.IGNORECASE)

    def blotted(self, text: str) -> str:
        """The text without them; all else stays."""
        return self._pattern.sub("***", text)

    def message(self, text: str) -> str:
        """The text without them, nor anything that looks like a token."""
        return _LIKE_A_TOKEN.sub("***", self.blotted(text))

    @contextmanager
    def out_of_errors(self) -> Iterator[None]:
        """A `SourceError` that leaves the block repeats none of them, whatever a server made it quote."""
        try:
            yield
        except SourceError as error:
            error.args = (self.message(str(error)),)
            raise error from None
