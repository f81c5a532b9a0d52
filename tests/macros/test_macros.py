"""All macros: a fault in one is reported with its own line."""

import traceback
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from harness.projects import ROOT
from harness.rendering import render


def test_a_fault_in_a_macro_is_reported_with_its_own_line() -> None:
    with pytest.raises(UndefinedError) as caught:
        render("stubs.summary", {})
    last = traceback.extract_tb(caught.tb)[-1]
    assert Path(last.filename).name == "stubs.jinja"
    source = (ROOT / "macros/stubs.jinja").read_text("utf-8").splitlines()
    assert source[(last.lineno or 0) - 1].startswith("{{ route.method }} {{ route.path }}")
