"""Let Copier do once what it does again and again: that is two thirds of an update's time.

It makes an environment for each rendering, and compiles the whole template anew in it. It reads
`copier.yml` anew for each copy, and asks git for a setting at each file. ``COPIER`` is its command
line without that, and what it writes is the same.
"""

import hashlib
import marshal
import os
import runpy
import sys
import tempfile
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from types import CodeType
from typing import Any

from jinja2 import Environment

COPIER = (sys.executable, "-P", __file__)
FOLDER = "COMPILED_TEMPLATES"  # a variable: the folder in which processes share what they compiled

_compiled: dict[str, Any] = {}
_compile_anew = Environment.compile
_read: dict[bytes, dict[str, Any]] = {}


def install() -> None:
    """Let Copier work so in this process."""
    Environment.compile = _compiled_once  # type: ignore[assignment, method-assign]
    with suppress(ImportError, AttributeError):  # private names: without them, it takes longer
        _ask_git_nothing_at_each_file()
        _read_once_in_a_process()


def _ask_git_nothing_at_each_file() -> None:
    """Copier asks whether git sees which files can be run: where these tests run, it does."""
    from copier._main import Worker

    Worker._sync_git_index_executable_bit = lambda *_: None  # type: ignore[method-assign]


def _read_once_in_a_process() -> None:
    from copier import _template

    read_anew = _template.load_template_config

    def read(file: Path, *options: Any, **named: Any) -> dict[str, Any]:
        text = file.read_bytes()
        if text not in _read:
            _read[text] = read_anew(file, *options, **named)
        return deepcopy(_read[text])

    _template.load_template_config = read  # type: ignore[assignment]


def _compiled_once(environment: Environment, source: str, *place: Any, **options: Any) -> Any:
    environment.preprocess(source)  # here Copier forgets the last `yield`
    extensions = sorted(environment.extensions)
    what = repr((type(environment), extensions, source, place[:1], sorted(options.items())))
    key = hashlib.sha256(what.encode("utf-8", "surrogatepass")).hexdigest()
    if key not in _compiled:
        folder = os.environ.get(FOLDER)
        file = Path(folder, key) if folder else None
        if file and file.is_file():
            _compiled[key] = marshal.loads(file.read_bytes())
        else:
            _compiled[key] = _compile_anew(environment, source, *place, **options)
            _save(_compiled[key], file)
    return _compiled[key]


def _save(code: Any, file: Path | None) -> None:
    if file and isinstance(code, CodeType):
        with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as new:
            new.write(marshal.dumps(code))
        os.replace(new.name, file)  # another process never reads half of it


if __name__ == "__main__":
    install()
    runpy.run_module("copier", run_name="__main__", alter_sys=True)
