"""Any sequence of additions, drops, edits and updates: no line of the user's is ever lost.

Forty steps in every run. ``pytest --release`` takes 2,000, in most of an hour, and other
ones with LIVING_SEED=1000.
"""

import ast
import os
import random
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from harness.living import Living, Template, commit, git, theirs
from harness.projects import ROOT, run, run_tests

STEPS = int(os.environ.get("LIVING_STEPS", "40"))
MODULES = ("notes", "pets", "home")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
TYPES = ("json", "html", "json,html", "text", "sse", "csv", "none")
BODIES = ("json>json", "form>html", "text>text", "multipart>json", "json>sse")
# Placeholders of each kind, and literals that look like what fills them.
SEGMENTS = ("{_}", "{_:int}", "{_:float}", "{_:uuid}", "new", "7", "2026", "1.5", "my-b")
CHANGES = ("name", "types", "path", "module")
# What is there before the project is, MARK replaced.
BEFORE = {
    ".gitignore": "__pycache__/\n# MARK\n",
    "README.md": "# MARK\n",
    "LICENSE": "MARK\n",
    "pyproject.toml": '[project]\nname = "mine"\nversion = "1"\n# MARK\n',
}
# Files of the template that a project works without.
DISPENSABLE = (
    "README.md",
    ".gitignore",
    "LICENSE",
    "tests/test_http.py",
    "tests/test_home.py",
    "tests/test_notes.py",
    "src/sample/py.typed",
)
ANSWERS = ".copier-answers.yml"
UV = str(ROOT / ".venv/bin/uv")
OWN_MODULE = """from .. import request, response
"""
OWN_HANDLER = """

def {name}(environ: request.Environ) -> response.Response:
    return response.text("{mark}")
"""
SENTINELS = {
    "src/sample/handlers/{}.py": "# Your own helpers go below this line.",
    "tests/test_{}.py": "# Your own tests go below this line.",
}


@st.composite
def paths(draw: st.DrawFn) -> str:
    """A path in one of the modules. Its placeholders are called by their place."""
    first = draw(st.sampled_from(["notes", "pets", "{_}", "{_:int}"]))
    between = draw(st.lists(st.sampled_from(SEGMENTS), max_size=2))
    last = draw(st.lists(st.sampled_from(["{_:path}", "", *SEGMENTS]), max_size=1))
    segments = enumerate([first, *between, *last])
    return "/" + "/".join(segment.replace("_", "abcd"[n]) for n, segment in segments)


def end_of(node: ast.FunctionDef, lines: list[str]) -> int:
    """The number of a function's last line. Comments can stand right below the last statement."""
    end = node.end_lineno or 0
    while lines[end].startswith("    #"):
        end += 1
    return end


class ProjectMachine(RuleBasedStateMachine):
    steps = 0
    seed = int(os.environ.get("LIVING_SEED", "0"))

    @initialize(dispatcher=st.sampled_from(["ladder", "tree"]), existing=st.booleans())
    def begin(self, dispatcher: str, existing: bool) -> None:
        self.upstream = Template("v1.0.0")
        self.template = self.upstream.fork("v1.0.0+acme.1")
        self.routes = [
            ("GET", "/", "html", "home", ""),
            ("GET", "/notes", "json", "list_notes", "# List them"),
            ("POST", "/notes", "json>json", "create_note", ""),
        ]
        self.by_hand: list[list[str]] = []
        self.gone: set[str] = set()
        self.marks: dict[str, tuple[str, str]] = {}  # mark: its file, and its function if any
        self.count = self.versions = self.checks = 0
        before = {name: text.replace("MARK", self.mark(name)) for name, text in BEFORE.items()}
        if not existing:
            before, self.marks = {}, {}
        self.living = Living(
            self.template.path,
            before=before,
            routes=self.text(),
            dispatcher=dispatcher,
            features=["openapi"],
        )
        self.dispatcher = dispatcher
        ProjectMachine.steps -= 1  # the beginning is checked, too, but no step

    def mark(self, name: str, function: str = "") -> str:
        """A word for the owner to write into a file, or into a function of it."""
        mark = f"mark{self.number():04}"
        self.marks[mark] = (name, function)
        return mark

    def text(self) -> str:
        return "".join(" ".join(route).strip() + "\n" for route in self.routes)

    def number(self) -> int:
        self.count += 1
        return self.count

    def update(self, **data: Any) -> None:
        """Update; where there is a conflict, take the template's side and keep the marks."""
        for name in self.living.update(**data):
            text = self.living.project.read(name)
            assert name.startswith(("src/sample/handlers/", "tests/")), text
            for mark in self.marks_of(name):
                assert mark in text, f"{mark} is lost from {name}:\n{text}"
            text = theirs(text)
            for mark in self.marks_of(name):
                if mark not in text:
                    text += f"# {mark}\n"
                    self.marks[mark] = (name, "")
            (self.living.path / name).write_text(text, "utf-8")
        commit(self.living.path)

    def marks_of(self, name: str) -> list[str]:
        return [mark for mark, (file, _) in self.marks.items() if file == name]

    def rename_in_marks(self, old: str, new: str) -> None:
        """Marks move along with a function where it takes another name."""
        for mark, (file, function) in self.marks.items():
            if function == old or function.startswith(f"test_{old}"):
                self.marks[mark] = (file, "")

    @rule(
        paths=st.lists(paths(), max_size=2, unique=True),
        method=st.sampled_from(METHODS),
        types=st.sampled_from(TYPES),
        body=st.sampled_from(BODIES),
    )
    def add(self, paths: list[str], method: str, types: str, body: str) -> None:
        there = {route[:2] for route in self.routes}
        new = [
            (method, path, body if method[0] == "P" else types, f"route_{self.number()}", "")
            for path in [*paths, f"/notes/{self.number()}"]
            if (method, path) not in there
        ]
        before = self.snapshot()
        marks_before = dict(self.marks)
        self.update(add="; ".join(" ".join(route).strip() for route in new))
        self.routes += new
        moved = {mark for mark in self.marks if self.marks[mark] != marks_before[mark]}
        assert not moved, "an addition made a conflict"
        for name, functions in before.items():
            after = self.functions(self.living.project.read(name))
            assert functions.items() <= after.items(), f"an addition changed {name}"

    @rule(pick=st.randoms(use_true_random=False), count=st.sampled_from([1, 1, 3]))
    @precondition(lambda self: len(self.routes) > 3)
    def drop(self, pick: random.Random, count: int) -> None:
        gone = pick.sample(self.routes, min(count, len(self.routes) - 1))
        for route in gone:
            self.rename_in_marks(route[3], "")
        self.routes = [route for route in self.routes if route not in gone]
        self.update(drop=",".join(route[3] for route in gone))

    @rule(pick=st.randoms(use_true_random=False), what=st.sampled_from(CHANGES))
    def replace(self, pick: random.Random, what: str) -> None:
        """Drop a route and add the same one with something changed, in one command."""
        i = pick.randrange(len(self.routes))
        method, path, types, name, _ = self.routes[i]
        new = {
            "name": (method, path, types, f"renamed_{self.number()}"),
            "types": (method, path, "form>json" if ">" in types else "ndjson", name),
            "path": (method, f"{path.rstrip('/')}/{self.number()}x", types, name),
            "module": (method, f"/pets/{self.number()}x", types, name),
        }[what]
        if ":path}" in path and what == "path":
            return
        self.rename_in_marks(name, "")
        self.routes[i] = (*new, "")
        self.update(drop=name, add=" ".join(new))

    @rule(pick=st.randoms(use_true_random=False))
    def rename(self, pick: random.Random) -> None:
        i = pick.randrange(len(self.routes))
        new = f"renamed_{self.number()}"
        self.rename_in_marks(self.routes[i][3], new)
        self.routes[i] = (*self.routes[i][:3], new, self.routes[i][4])
        self.update(routes=self.text())

    @rule(pick=st.randoms(use_true_random=False), types=st.sampled_from(TYPES))
    def retype(self, pick: random.Random, types: str) -> None:
        i = pick.randrange(len(self.routes))
        method, path, old, name, comment = self.routes[i]
        if ">" in old:
            types = f"{old.split('>')[0]}>{types}"
        self.routes[i] = (method, path, types, name, comment)
        # a test for a type that goes takes another name along
        for mark, (file, function) in self.marks.items():
            if function.startswith(f"test_{name}_as_"):
                self.marks[mark] = (file, "")
        self.update(routes=self.text())

    @rule(pick=st.randoms(use_true_random=False))
    def describe(self, pick: random.Random) -> None:
        i = pick.randrange(len(self.routes))
        self.routes[i] = (*self.routes[i][:4], f"# Do {self.number()}")
        self.update(routes=self.text())

    @rule(pick=st.randoms(use_true_random=False))
    def reorder(self, pick: random.Random) -> None:
        pick.shuffle(self.routes)
        self.update(routes=self.text())

    @rule(
        pick=st.randoms(use_true_random=False),
        how=st.sampled_from(["first", "replace", "last", "below"]),
        place=st.sampled_from(list(SENTINELS)),
    )
    def edit(self, pick: random.Random, how: str, place: str) -> None:
        route = pick.choice(self.routes)
        module = next((m for m in MODULES if f"/{m}" in route[1]), "home")
        name = place.format(module)
        if name in self.gone:
            return
        text = self.living.project.read(name)
        functions = [
            node
            for node in ast.parse(text).body
            if isinstance(node, ast.FunctionDef) and node.name.removeprefix("test_") == route[3]
        ]
        lines = text.split("\n")
        if how == "below" or not functions:
            lines.insert(-1, f"# {self.mark(name)}")
        else:
            [node] = functions
            mark = self.mark(name, node.name)
            start = node.body[0].lineno - 1 if name.startswith("tests") else node.body[0].lineno
            if how == "first":
                lines.insert(start, f"    # {mark}")
            elif how == "last":
                lines.insert(node.end_lineno or 0, f"    # {mark}")
            else:
                at = (node.end_lineno or 0) - 1
                lines[at] = f"{lines[at]}  # {mark}"
        self.living.write(name, "\n".join(lines))

    @rule()
    def make_a_route_by_hand(self) -> None:
        """Write a handler, its case or line, its import, its description and its example."""
        name = f"own_{self.number()}"
        handler, table, document = (
            f"src/sample/{file}" for file in ("handlers/own.py", "routes.py", "openapi.json")
        )
        file = self.living.path / handler
        text = file.read_text() if file.exists() else OWN_MODULE
        file.write_text(f"{text}{OWN_HANDLER.format(name=name, mark=self.mark(handler))}")
        if not self.by_hand:
            place = "from .response" if self.dispatcher == "ladder" else "\nROUTES"
            self.living.edit(table, place, f"from .handlers import own\n{place}")
        if self.dispatcher == "ladder":
            case = (
                f'        case ["own", "never"]:  # {self.mark(table)}\n            return None\n'
            )
            self.living.edit(table, "below this line.\n", f"below this line.\n{case}")
            found = f'return {{"GET": own.{name}}}, ()  # {self.mark(table)}'
            start = "    match path.split"
            self.living.edit(
                table, start, f'    if path == "/own/{name}":\n        {found}\n{start}'
            )
        else:
            line = f'    ("GET", "/own/{name}", own.{name}),  # {self.mark(table)}\n'
            self.living.edit(table, "below this line.\n", f"below this line.\n{line}")
        place = '"x-your-own-paths-below": {},\n'
        mark = self.mark(document)
        path = f'    "/own/{name}": {{"get": {{"operationId": "{name}", "x-{mark}": 1}}}},\n'
        self.living.edit(document, place, place + path)
        examples = "tests/examples.py"
        line = f'    ("GET", "/own/{name}", {{}}),  # {self.mark(examples)}\n'
        self.living.edit(examples, "below this line.\n", f"below this line.\n{line}")
        self.by_hand.append(["GET", f"/own/{name}", name])

    @rule(package=st.sampled_from(["aiofiles>=24", "jinja2>=3.1", "pydantic>=2", "tomli-w>=1"]))
    def depend_on(self, package: str) -> None:
        """Add a dependency with uv itself, which rewrites the list."""
        name = "pyproject.toml"
        if package not in self.living.project.read(name):
            done = run(self.living.path, UV, "add", "--frozen", "-q", package)
            assert done.returncode == 0, done.stderr
            self.marks[f'"{package}",'] = (name, "")
            commit(self.living.path)

    @rule(module=st.sampled_from(MODULES))
    def import_from_the_package(self, module: str) -> None:
        name = f"src/sample/handlers/{module}.py"
        if (self.living.path / name).exists() and "\n)\n" in self.living.project.read(name):
            line = f"from ..errors import HTTPError  # {self.mark(name)}\n"
            self.living.edit(name, "\n)\n", f"\n)\n{line}")

    @rule(file=st.sampled_from(["bare.py", "errors.py"]))
    def release(self, file: str) -> None:
        """Upstream releases, the fork merges it and releases, and the project follows."""
        self.versions += 1
        news = f"# version {self.versions}"
        with (self.upstream.path / "template/src/{{ package_name }}" / file).open("a") as stream:
            stream.write(f"{news}\n")
        self.upstream.release(f"v1.{self.versions}.0")
        self.template.merge("--no-tags")
        self.template.release(f"v1.{self.versions}.0+acme.1")
        self.update(vcs_ref=None)
        assert news in self.living.project.read(f"src/sample/{file}")
        assert (self.living.path / "SECURITY.md").exists()

    @rule(name=st.sampled_from(DISPENSABLE), move=st.booleans())
    def delete_or_move_a_file(self, name: str, move: bool) -> None:
        """The project works without these, and an update must not bring them back."""
        if not (self.living.path / name).exists():
            return
        if move:
            to = f"docs/{self.number()}-{name.rpartition('/')[2]}".replace("test_", "")
            (self.living.path / "docs").mkdir(exist_ok=True)
            git(self.living.path, "mv", name, to)
        else:
            git(self.living.path, "rm", "-q", name)
        for mark in self.marks_of(name):
            if move:
                self.marks[mark] = (to, "")
            else:
                del self.marks[mark]
        self.gone.add(name)
        commit(self.living.path)

    @rule(what=st.sampled_from(["a comment", "a key", "the order"]))
    def edit_the_answers_by_hand(self, what: str) -> None:
        """An edit that changes no answer, and so must change nothing else."""
        text = self.living.project.read(ANSWERS)
        if what == "the order":
            text = yaml.safe_dump(self.living.answers(), allow_unicode=True)
        elif what == "a key":
            text += f"note{self.number()}: mine\n"
        else:
            text = f"# {self.number()}\n{text}"
        self.living.write(ANSWERS, text)

    def functions(self, text: str) -> dict[str, str]:
        """The source of each function, comments and all."""
        found, lines = {}, text.split("\n")
        for node in ast.parse(text).body:
            if isinstance(node, ast.FunctionDef):
                found[node.name] = "\n".join(lines[node.lineno - 1 : node.end_lineno])
        return found

    def snapshot(self) -> dict[str, dict[str, str]]:
        names = [p.format(m) for p in SENTINELS for m in MODULES]
        return {
            name: self.functions(self.living.project.read(name))
            for name in names
            if (self.living.path / name).exists()
        }

    @invariant()
    def no_mark_is_lost_or_moved(self) -> None:
        for mark, (name, function) in self.marks.items():
            text = self.living.project.read(name)
            [line] = [i for i, line in enumerate(text.split("\n"), 1) if mark in line]
            if function:
                inside = [
                    node.name
                    for node in ast.parse(text).body
                    if isinstance(node, ast.FunctionDef)
                    and node.lineno <= line <= end_of(node, text.split("\n"))
                ]
                assert inside == [function], f"{mark} moved from {function} to {inside}"

    @invariant()
    def no_deleted_file_comes_back(self) -> None:
        assert not [name for name in self.gone if (self.living.path / name).exists()]

    @invariant()
    def the_answers_are_true_and_the_tests_pass(self) -> None:
        assert [line.split() for line in self.living.answers()["routes"].splitlines()]
        self.living.assert_answers_are_true(self.by_hand)
        ProjectMachine.steps += 1
        self.checks += 1  # of this project: a failure is found again when Hypothesis repeats it
        if self.checks % 6 == 0:
            done = run_tests(self.living.project)
            assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.mark.long
def test_no_line_of_the_owner_is_lost() -> None:
    run = settings(
        max_examples=2,  # the first is the shortest there is
        stateful_step_count=min(STEPS // 2 + 1, 40),
        deadline=None,
        database=None,
        phases=[Phase.generate],  # a step takes a second: a failure is shown as it was found
        suppress_health_check=list(HealthCheck),
    )
    while ProjectMachine.steps < STEPS:
        ProjectMachine.seed += 1
        run_state_machine_as_test(seed(ProjectMachine.seed)(ProjectMachine), settings=run)
        print(f"{ProjectMachine.steps} steps up to seed {ProjectMachine.seed}")
