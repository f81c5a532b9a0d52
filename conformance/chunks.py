"""A body that is made while it is sent, and notes that it was closed."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Chunks:
    def __init__(self, environ: dict[str, Any], broken: bool = False) -> None:
        self.environ = environ
        self.broken = broken

    def __iter__(self) -> Iterator[bytes]:
        yield b"first "
        if self.broken:
            raise RuntimeError("secret")
        yield b"second"

    def close(self) -> None:
        """Note it in environ for a probe in this process, in a file for one in another."""
        self.environ.get("probe.closed", []).append("closed")
        if notes := os.environ.get("PROBE_NOTES"):
            with Path(notes).open("a") as file:
                file.write(f"{self.environ['QUERY_STRING']}\n")
