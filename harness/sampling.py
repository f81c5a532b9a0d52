"""Of many tests that are alike, some run always and the rest with ``--release``."""

import pytest


def often(number: int, every: int = 4) -> list[pytest.MarkDecorator]:
    """Return the marks of a test by its number: one in ``every`` has none."""
    return [] if number % every == 0 else [pytest.mark.release]
