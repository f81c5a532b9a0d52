"""Follow a page of docs/recipes as its reader does; CONTRIBUTING.md says how to write one."""

import ast
import re
import shlex
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

from harness.living import Living, Template, commit
from harness.projects import ROOT, Project, assert_tidy, assert_typed, run, run_tests, scratch
from harness.serving import free_port, listening

PACKAGE = "my_app"  # the pages are written for it
# All that can stand in one project, in an order in which each comes after those that it needs.
TOGETHER = (
    *("static", "templates", "login", "files"),
    *("token", "sqlite", "api", "events", "jobs", "queue"),
    *("sentry", "opentelemetry", "prometheus", "lambda"),
)
_place = re.compile(
    r"(?:In|(?P<end>At the end of)) `(?P<file>[^`\n]+)`"
    r"(?:, (?P<how>above|below|instead of) (?P<what>everything|`[^`]+`(?: (?:or|and) `[^`]+`)*))?"
    r"(?:, because [^`:]+)?:$"
)


class Step(NamedTuple):
    """A block of a page: its language, its code, and the sentence in front of it."""

    language: str
    code: str
    sentence: str


def page(name: str) -> str:
    return (ROOT / "docs" / "recipes" / f"{name}.md").read_text("utf-8")


def steps(name: str) -> list[Step]:
    """Return the blocks of a page, from top to bottom."""
    before, *blocks = page(name).split("\n```")
    found = []
    for code, after in zip(blocks[::2], blocks[1::2], strict=True):
        language, _, code = code.partition("\n")
        sentence = " ".join(before.strip().rpartition("\n\n")[2].split())
        found.append(Step(language, f"{code}\n", sentence))
        before = after
    return found


def lines(name: str) -> int:
    """Return how many lines a page adds to a project, without blank ones and tests."""
    added = [s for s in steps(name) if s.language not in ("console", "text")]
    code = "".join(step.code for step in added if "`tests/" not in step.sentence)
    return len([line for line in code.splitlines() if line.strip()])


def project(*names: str, **answers: Any) -> Living:
    """Return a new project, under git, to which these recipes are applied in this order."""
    made = _fresh(repr(sorted(answers.items()))).copy()
    for name in names:
        apply(made, name)
    return made


def apply(made: Living, name: str) -> list[str]:
    """Do what a page says, and return the commands that are left to its test."""
    left: list[str] = []
    for step in steps(name):
        if step.language == "console":
            left += [line for line in _commands(step.code) if not _follow(made, line)]
        elif step.language != "text":  # what a program prints
            write(made.project, step)
    ruff = [sys.executable, "-m", "ruff", "check", "--fix", "--no-cache", "-q", "--select=F401,I"]
    done = run(made.path, *ruff)
    assert done.returncode == 0, done.stdout
    commit(made.path, name)
    return left


def assert_sound(made: Living, *options: str) -> str:
    """Run the project's own tests, ruff and mypy; return what pytest prints."""
    done = run_tests(made.project, *options)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-1000:]
    assert_tidy(made.project)
    assert_typed(made.project)
    return done.stdout


@contextmanager
def served(made: Living, *words: str, **environment: str) -> Iterator[str]:
    """Serve a project, and return its URL: by its own server, or by a command for ``PORT``."""
    port = int(environment.get("PORT", free_port()))
    log = Path(tempfile.mkdtemp(dir=scratch())) / "server.log"
    command = list(words) or [sys.executable, "-m", made.project.package]
    environment = {"PYTHONPATH": "src", "PORT": str(port), **environment}
    with listening(command, made.path, log, port, **environment):
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            print(log.read_text(errors="replace"))  # pytest shows it if a test fails


@cache
def _template() -> Template:
    return Template()


@cache
def _fresh(answers: str) -> Living:
    """A project as it comes, once for each set of answers."""
    return Living(_template().path, **{"package_name": PACKAGE, **dict(ast.literal_eval(answers))})


def _commands(code: str) -> list[str]:
    """Return the commands, each from a `$` to the end of a line on which no quote is open."""
    commands: list[str] = []
    for line in code.replace("\\\n", " ").splitlines():
        if line.startswith("$ "):
            commands.append(line[2:])
        elif commands and commands[-1].count("'") % 2:
            commands[-1] += f"\n{line}"
    return commands


def _follow(made: Living, command: str) -> bool:
    """Run a command that changes the project; False if it is another one."""
    words = shlex.split(command)
    if words[:2] == ["uv", "add"]:
        for name in words[2:]:
            _depend(made.project, name)
    elif words[:5] == ["copier", "update", "-l", "-r", ":current:"]:
        assert words[5::2] == ["-d"] * len(words[6::2]), command
        answers = dict(word.split("=", 1) for word in words[6::2])
        assert made.update(**answers) == [], "the update has conflicts"
    else:
        return False
    return True


def _depend(project: Project, requirement: str) -> None:
    """Add what ``uv add`` adds to pyproject.toml: this environment has the library already."""
    found = version(re.split(r"\W", requirement.replace("-", "_"))[0])
    file = project.path / "pyproject.toml"
    text, last = file.read_text("utf-8"), "    # What yours need:\n"
    assert last in text
    line = f'    "{requirement}>={found}",\n'
    file.write_text(text.replace(last, last + line), "utf-8")


def write(project: Project, step: Step) -> None:
    """Put a block where its sentence says."""
    place = _place.search(step.sentence)
    assert place, f"this says not where the code goes: {step.sentence!r}\n{step.code}"
    file = project.path / place["file"]
    if not (place["end"] or place["how"]) or place["what"] == "everything":
        assert file.exists() == bool(place["how"]), f"{place['file']} is new, or it is not"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(step.code, "utf-8")
        return
    text = file.read_text("utf-8") if file.exists() else ""
    imports, code = _imports_of(step) if file.suffix == ".py" else ("", step.code)
    if place["end"]:
        last = text.splitlines()[-1] if text else ""
        apart = file.suffix == ".py" and (last[:1] == " " or re.match("def |class |@|#", code))
        blank = "\n\n" if apart else "\n"
        text = f"{text}{blank}{code}" if text else code
    else:
        names = re.findall("`([^`]+)`", place["what"])
        text = _placed(text, code, place["how"], names, either=" or " in place["what"])
    file.write_text(_with_imports(text, imports), "utf-8")


def _placed(text: str, code: str, how: str, names: list[str], *, either: bool) -> str:
    """Return the text with the code above or below what has a name, or instead of it."""
    lines = text.splitlines(keepends=True)
    spans = [_span(text, name) for name in names]
    there = [_with_comment(lines, span, code) for span in spans if span]
    assert len(there) == (1 if either else len(names)), f"{names} in:\n{text}"
    first, last = there[0]
    if how == "instead of":
        for start, end in reversed(there[1:]):  # several functions become one
            del lines[start:end]
        lines[first:last] = [code]
    else:
        at = first if how == "above" else last
        lines[at:at] = [code]
    return re.sub(r"\n{4,}", "\n\n\n", "".join(lines))


def _with_comment(lines: list[str], span: tuple[int, int], code: str) -> tuple[int, int]:
    """Return a place with the line above that names its route, if the code has such lines, too."""
    route = "# (GET|POST|PUT|PATCH|DELETE) /"
    named = re.search(f"(?m)^{route}", code) and re.match(route, lines[span[0] - 1])
    return (span[0] - 1, span[1]) if named else span


def _span(text: str, name: str) -> tuple[int, int] | None:
    """Return where a line is, or else a function or a class; None if it is not there."""
    lines = text.splitlines()
    found = [n for n, line in enumerate(lines) if line.strip() == name.strip()] or [
        n for n, line in enumerate(lines) if line.split("  #")[0].strip() == name.strip()
    ]
    if len(found) == 1:
        return found[0], found[0] + 1
    if not name.isidentifier():
        return None
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            assert node.end_lineno
            return min(n.lineno for n in [node, *node.decorator_list]) - 1, node.end_lineno
    return None


def _imports_of(step: Step) -> tuple[str, str]:
    """Split the imports, with which a block can begin, from its other lines."""
    match = re.match(r"(?:(?:from|import) (?:[^(\n]*\n|[^(\n]*\((?s:.*?)\)\n)|\n)+", step.code)
    return (match[0], step.code[match.end() :]) if match else ("", step.code)


def _with_imports(text: str, imports: str) -> str:
    """Put imports where those of the file are, or below its docstring. Ruff sorts them."""
    if not imports.strip():
        return text
    lines = text.splitlines(keepends=True)
    body = ast.parse(text).body
    heads = [n for n in body if isinstance(n, ast.Import | ast.ImportFrom)]
    docstring = ast.get_docstring(ast.parse(text)) is not None
    after = heads[-1].end_lineno if heads else body[0].end_lineno if docstring else 0
    lines[after:after] = [imports.strip() + "\n" if heads else "\n" + imports.strip() + "\n"]
    return "".join(lines).lstrip("\n")
