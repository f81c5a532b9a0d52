"""Which files are in the project's folder: the macros that look for them."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from harness.rendering import render


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
    "files, key",
    [
        ([], ""),
        (["openapi.json"], "openapi_json"),
        (["openapi.yml"], "openapi_yml"),
        (["openapi.json", "openapi.yml", "openapi.yaml"], "openapi_yaml"),
        (["swagger.json"], ""),
    ],
)
def test_the_description_is_the_first_of_these_files(
    files: list[str], key: str, tmp_path: Path
) -> None:
    for name in files:
        (tmp_path / name).touch()
    found = render("files.key_of_file", _copier_conf=SimpleNamespace(dst_path=tmp_path))
    assert found == key
