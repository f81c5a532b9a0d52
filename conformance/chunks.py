"""A body that is made while it is sent; it and other handlers note what happens to them."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def note(environ: dict[str, Any]) -> None:
    """Note a request by its query, in a file for a probe in another process."""
    if notes := os.environ.get("PROBE_NOTES"):
        with Path(notes).open("a") as file:
            file.write(f"{environ['QUERY_STRING']}\n")


class Chunks:
    def __init__(self, environ: dict[str, Any], broken: bool = False, endless: bool = False):
        self.environ = environ
        self.broken = broken
        self.endless = endless

    def __iter__(self) -> Iterator[bytes]:
        yield b"first "
        if self.broken:
            raise RuntimeError("secret")
        while self.endless:
            yield b"x" * 65_536
        yield b"second"

    def close(self) -> None:
        """Note it in environ, too, for a probe in this process."""
        self.environ.get("probe.closed", []).append("closed")
        note(self.environ)
