"""Which files are in the project's folder: the macros that look for them."""

from pathlib import Path

import pytest

from harness.rendering import render, value


def test_a_file_is_there_or_not(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    assert render("files.there", tmp_path / "a") == "there"
    assert render("files.there", tmp_path / "b") == ""


@pytest.mark.parametrize("name", ["*", "?", "[a]", "[!b]"])
def test_characters_of_a_pattern_are_literal(name: str, tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    assert render("files.there", tmp_path / name) == ""
    (tmp_path / name).touch()
    assert render("files.there", tmp_path / name) == "there"


@pytest.mark.parametrize("git", [".git/HEAD", ".git"])  # a worktree has a file
def test_a_repository_is_found_from_any_folder_in_it(git: str, tmp_path: Path) -> None:
    inner = tmp_path / "services" / "a"
    inner.mkdir(parents=True)
    (tmp_path / git).parent.mkdir(exist_ok=True)
    (tmp_path / git).touch()
    assert render("files.repository_of", str(inner)) == str(tmp_path)
    assert render("files.repository_of", str(tmp_path)) == str(tmp_path)
    assert render("files.repository_of", "/nowhere/else") == ""


@pytest.mark.parametrize(
    "files, first",
    [
        ([], ""),
        (["openapi.json"], "openapi.json"),
        (["openapi.yml"], "openapi.yml"),
        (["openapi.json", "openapi.yml", "openapi.yaml"], "openapi.yaml"),
        (["swagger.json"], ""),
    ],
)
def test_the_description_is_the_first_of_these_files(
    files: list[str], first: str, tmp_path: Path
) -> None:
    for name in files:
        (tmp_path / name).touch()
    assert render("files.description_in", tmp_path) == first


def test_files_are_found_below_the_package(tmp_path: Path) -> None:
    (tmp_path / "src/sample").mkdir(parents=True)
    (tmp_path / "src/sample/bare.py").touch()
    (tmp_path / "README.md").touch()
    names = ["src/PACKAGE/bare.py", "src/PACKAGE/errors.py", "README.md"]
    assert value("files.found_in", tmp_path, names, "sample") == ["src/sample/bare.py", "README.md"]
