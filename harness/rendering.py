"""Render one macro, in the environment that Copier makes for this template."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from copier._main import Worker
from jinja2 import Environment

from harness.projects import template


@cache
def environment() -> Environment:
    """Copier's own: its sandbox, its filters, and the settings in copier.yml."""
    return Worker(src_path=str(template()), dst_path=Path("unused")).jinja_env


def render(
    macro: str, *arguments: Any, block: Callable[..., str] | None = None, **answers: Any
) -> str:
    """Call `routes.complaint` or another macro by its file and name; return its text.

    `block` stands for the block of a `call`. `answers` are what a macro that is imported
    `with context` sees besides its arguments.
    """
    file, name = macro.split(".")
    found = environment().get_template(f"macros/{file}.jinja")
    module = found.make_module(answers) if answers else found.module
    try:
        caller = {"caller": block} if block else {}
        return str(getattr(module, name)(*arguments, **caller))
    except Exception:
        environment().handle_exception()  # with the lines of the file, not of the compiled code


def value(macro: str, *arguments: Any, **answers: Any) -> Any:
    """The same for a macro whose text is JSON; return what it says."""
    return json.loads(render(macro, *arguments, **answers))


def constant(file: str, name: str) -> Any:
    """Return the value of a name that a file of macros sets."""
    return getattr(environment().get_template(f"macros/{file}.jinja").module, name)
