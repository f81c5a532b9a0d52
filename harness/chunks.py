"""A body that is made while it is sent; it and other handlers note what happens to them."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MODIFIED = 1_000_000_000  # when a resource changed, in seconds: Sun, 09 Sep 2001 01:46:40 GMT


def note(environ: dict[str, Any]) -> None:
    """Note a request by its query, in a file for a probe in another process."""
    if notes := os.environ.get("PROBE_NOTES"):
        with Path(notes).open("a") as file:
            file.write(f"{environ['QUERY_STRING']}\n")


class Chunks:
    """Two chunks; with an error, it is raised after `first`; with `endless`, that has no end."""

    def __init__(
        self,
        environ: dict[str, Any],
        *,
        first: bytes = b"first ",
        error: Exception | None = None,
        endless: Any = None,
    ) -> None:
        self.environ, self.first, self.error, self.endless = environ, first, error, endless

    def __iter__(self) -> Iterator[Any]:
        if self.first:
            yield self.first
        if self.error:
            raise self.error
        while self.endless:
            yield self.endless
        yield b"second"

    def close(self) -> None:
        """Note it in environ, too, for a probe in this process."""
        self.environ.get("probe.closed", []).append("closed")
        note(self.environ)
