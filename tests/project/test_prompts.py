"""The prompts of `copier copy` in a terminal of 80 columns, as somebody answers them."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

import pexpect
import pytest

from harness.living import Living, Template
from harness.projects import generate, template
from harness.questions import asked
from harness.quick_copier import COPIER

ENTER, ALT_ENTER, CTRL_C = "\r", "\x1b\r", "\x03"
FIRST = ["project_name", "package_name", "content_types", "routes", "more"]
REST = [name for name in asked() if name not in FIRST]


class Terminal:
    """Copier at work in a terminal."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        python, *command = [*COPIER, *arguments]
        self.process = pexpect.spawn(
            python,
            command,
            cwd=str(folder),
            env={**os.environ, "PROMPT_TOOLKIT_NO_CPR": "1"},  # nobody answers where the cursor is
            dimensions=(24, 80),
            timeout=20,
            encoding="utf8",
        )

    def see(self, text: str) -> None:
        self.process.expect_exact(text)

    def answer(self, name: str, keys: str) -> None:
        """Wait for a question, and type."""
        self.see(asked()[name]["help"][:30])
        self.process.send(keys)

    def answer_all(self, names: list[str], keys: Mapping[str, str], otherwise: str = ENTER) -> None:
        for name in names:
            self.answer(name, keys.get(name, otherwise))

    def end(self) -> str:
        """Wait for the end, and return what it said."""
        self.process.expect(pexpect.EOF)
        self.process.close()
        return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.process.before or "")


@pytest.fixture
def copy(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path, "copy", str(template()), "my-app")


def files(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}


def defaults(folder: Path) -> dict[str, bytes]:
    return files(generate(folder / "expected/my-app", package_name="my_app").path)


def test_enter_takes_every_default_after_five_questions(copy: Terminal, tmp_path: Path) -> None:
    copy.answer_all(FIRST, {"routes": ALT_ENTER})
    ready = copy.end().partition("my-app is ready")[2]
    assert 10 < len(ready.splitlines()) < 24  # it is seen whole
    assert files(tmp_path / "my-app") == defaults(tmp_path)


@pytest.mark.long
def test_alt_enter_takes_every_default_of_all_questions(copy: Terminal, tmp_path: Path) -> None:
    """Esc and then Enter sends the same bytes."""
    copy.answer_all(FIRST + REST, {"more": "y"}, ALT_ENTER)
    said = copy.end()
    assert "my-app is ready" in said
    assert "Alt+Enter at a list took the default: content_types: html json, license: none" in said
    assert files(tmp_path / "my-app") == defaults(tmp_path)


def test_ctrl_c_ends_without_a_file(copy: Terminal, tmp_path: Path) -> None:
    copy.answer_all(FIRST[:3], {})
    copy.answer("routes", f"GET / html{CTRL_C}")
    copy.end()
    assert copy.process.exitstatus
    assert list(tmp_path.iterdir()) == []


def test_a_mistake_is_named_and_what_was_typed_is_kept(copy: Terminal, tmp_path: Path) -> None:
    copy.answer("project_name", ENTER)
    copy.answer("package_name", "\x15build" + ENTER)  # Ctrl+U deletes the line
    copy.see("write build_app")
    copy.process.send("_app" + ENTER)
    copy.answer("content_types", ENTER)
    copy.answer("routes", "GET /:id text home" + ALT_ENTER)
    copy.see("write {id}")
    copy.process.send("\x15GET / text home" + ALT_ENTER)
    copy.answer("more", ENTER)
    assert "ready" in copy.end()
    assert "GET / text home" in (tmp_path / "my-app/.copier-answers.yml").read_text()


def test_a_misspelled_word_is_refused_before_anything_is_typed(tmp_path: Path) -> None:
    copy = Terminal(tmp_path, "copy", "-d", "midleware=[gzip]", str(template()), "my-app")
    said = copy.end()
    assert "write middleware, not midleware" in said and asked()["project_name"]["help"] not in said


@pytest.mark.long
def test_a_word_that_no_question_has_loses_no_answer(tmp_path: Path) -> None:
    copy = Terminal(tmp_path, "copy", "-d", "nothing=1", str(template()), "my-app")
    copy.answer_all(FIRST, {"routes": "GET / text home" + ALT_ENTER})
    copy.see("Enter goes on without nothing")
    copy.process.send(ENTER)
    assert "my-app is ready" in copy.end()
    assert "GET / text home" in (tmp_path / "my-app/.copier-answers.yml").read_text()


@pytest.mark.long
def test_an_update_asks_again_for_what_was_chosen_and_skipping_changes_nothing() -> None:
    project = Living(Template().path, license="MIT", extras=["pre-commit"], server="uwsgi")
    update = Terminal(project.path, "update", "-r", ":current:")
    chosen = ["license", "extras", "server"]
    update.answer_all([*FIRST, *chosen], {}, ALT_ENTER)
    update.see("You skipped these")
    update.see("MIT")
    update.process.send(ENTER)
    update.end()
    assert project.changed() == {}


@pytest.mark.long
def test_an_update_asks_for_the_dispatcher_if_it_would_be_another_one_now() -> None:
    project = Living(Template().path, routes="GET / text home")
    update = Terminal(project.path, "update", "-r", ":current:")
    update.answer_all(FIRST[:3], {})
    routes = "".join(f"\rGET /a{n} text a{n}" for n in range(40))
    update.answer("routes", routes + ALT_ENTER)
    update.answer_all(["more", "dispatcher"], {})
    update.end()
    assert project.answers()["dispatcher"] == "ladder"
    assert "match path" in project.project.read("src/sample/routes.py")
