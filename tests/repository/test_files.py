"""The repository itself: anyone can clone it, on any system."""

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml
from jinja2 import nodes

from harness.projects import ROOT, run
from harness.rendering import environment

FORBIDDEN_ON_WINDOWS = set('<>:"|?*\\')


def git(folder: Path, *arguments: str) -> str:
    done = run(folder, "git", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def names() -> list[str]:
    """Every file, committed or not, that git does not ignore."""
    listed = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    return [name for name in listed.split("\0") if name and (ROOT / name).exists()]


def test_file_names_are_valid_on_windows(names: list[str]) -> None:
    assert [name for name in names if FORBIDDEN_ON_WINDOWS & set(name)] == []
    assert [name for name in names for part in name.split("/") if part[-1] in ". "] == []


def test_each_key_of_copier_yml_is_there_once() -> None:
    """YAML takes the last of two without a word."""
    keys = Counter(re.findall(r"(?m)^\w+(?=:)", (ROOT / "copier.yml").read_text("utf-8")))
    assert [key for key, count in keys.items() if count > 1] == []


def test_file_names_differ_in_more_than_case(names: list[str]) -> None:
    counted = Counter(name.lower() for name in names)
    assert [name for name, count in counted.items() if count > 1] == []


def test_file_names_are_short_enough_for_windows(names: list[str]) -> None:
    assert max(len(name) for name in names) <= 160  # a full path may have 260 characters


def test_a_release_moves_no_file_of_the_template(names: list[str]) -> None:
    """Copier deletes a file that has moved, with its owner's edits: after v1.0.0, only add lines."""
    there = {
        re.sub(r"\{% .*? %\}|\.jinja$", "", name) for name in names if name.startswith("template/")
    }
    listed = (ROOT / "tests/repository/paths.txt").read_text("utf-8").splitlines()
    assert listed == sorted(there)


def test_files_and_messages_follow_what_was_chosen(names: list[str]) -> None:
    """An answer that somebody skipped is '': `chosen` has what it means."""
    questions = yaml.safe_load((ROOT / "copier.yml").read_text("utf-8"))
    answered = set(re.findall(r"'(\w+)':", questions["answered"]["default"]))
    assert {"license", "routes"} < answered
    later = list(questions)[list(questions).index("chosen") + 1 :]
    texts = {}
    for name in later:
        parts = questions[name] if isinstance(questions[name], list | dict) else [questions[name]]
        values = parts.values() if isinstance(parts, dict) else parts
        texts[name] = "\n".join(str(value) for value in values)
    for name in names:
        if name.startswith("template/"):
            texts[f"the name {name}"] = name
            if name.endswith(".jinja"):
                texts[name] = (ROOT / name).read_text("utf-8")
    for name, text in texts.items():
        found = [*environment().parse(text).find_all(nodes.Name)]
        set_here = {node.name for node in found if node.ctx == "store"}
        assert not {node.name for node in found} & answered - set_here, name


def test_a_clone_on_windows_has_the_same_bytes(tmp_path: Path) -> None:
    git(tmp_path, "clone", "-q", "-c", "core.autocrlf=true", str(ROOT), "windows")
    git(tmp_path, "clone", "-q", "-c", "core.autocrlf=false", str(ROOT), "linux")
    for name in git(tmp_path / "linux", "ls-files", "-z").split("\0")[:-1]:
        assert (tmp_path / "windows" / name).read_bytes() == (
            tmp_path / "linux" / name
        ).read_bytes()


def test_no_file_has_line_ends_of_windows(names: list[str]) -> None:
    assert [name for name in names if b"\r\n" in (ROOT / name).read_bytes()] == []
