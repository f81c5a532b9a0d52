"""What the answers file remembers, so that an update deletes nothing that a project once had."""

from pathlib import Path

import pytest

from harness.living import Living, Template, commit

SSE = "src/sample/sse.py"


@pytest.fixture(scope="module")
def template() -> Template:
    return Template()


def grown(project: Living, **data: object) -> dict[str, str]:
    """What an update without conflicts changes."""
    assert project.update(**data) == []
    changed = project.changed()
    commit(project.path)
    return changed


def test_an_optional_file_stays_without_a_route_that_needs_it(template: Template) -> None:
    project = Living(template.path, routes="GET /feed sse feed; GET /pets text pets", features=[])
    project.write(SSE, project.project.read(SSE) + "\nMINE = 1\n")
    grown(project, drop="feed")
    assert project.project.read(SSE).endswith("MINE = 1\n")
    assert project.answers()["kept"] == ["sse", "streaming"]
    # and when other things change, too
    grown(project, add="POST /up multipart>none up")
    grown(project, features=["cookies"])
    grown(project, features=[], drop="up")
    assert project.answers()["kept"] == ["sse", "uploads", "cookies", "streaming"]
    for name in ("sse", "uploads", "cookies"):
        assert (project.project.source / f"{name}.py").is_file()
        assert (project.path / f"tests/test_{name}.py").is_file()


def test_a_file_is_written_when_it_is_needed(template: Template) -> None:
    project = Living(template.path, routes="GET /pets text pets", features=[])
    assert project.answers()["kept"] is None
    assert grown(project, add="GET /feed sse feed")[SSE] == "??"


def test_an_answers_file_that_was_tampered_with_writes_nowhere_else(template: Template) -> None:
    project = Living(template.path, routes="GET /feed sse feed; GET /pets text pets", features=[])
    outside = set(Path(project.path.parent).iterdir())
    answers = project.project.read(".copier-answers.yml")
    evil = '- ../../../evil\n- "evil\\n"\n- contract\n- http\n- 7\n- [x]\n'
    answers = answers.replace("modules:\n", f"modules:\n{evil}").replace(
        "kept:\n", f"kept:\n{evil}"
    )
    project.write(".copier-answers.yml", answers)
    changed = grown(project, add="GET /pets/new text new_pet")
    assert set(changed.values()) == {" M"}
    assert not [name for name in changed if "evil" in name or name.startswith("tests/test_http")]
    assert set(Path(project.path.parent).iterdir()) == outside
    assert project.answers()["modules"] == ["feed", "pets"]
    assert project.answers()["kept"] == ["sse", "streaming"]


@pytest.mark.parametrize("modules", ["../../../evil", ["../../../evil"]])
def test_no_answer_on_the_command_line_writes_elsewhere(
    template: Template, modules: object
) -> None:
    project = Living(template.path, routes="GET /pets text pets", modules=modules)
    names = [name for name in project.project.files() if not name.startswith(".git/")]
    assert not [name for name in names if "evil" in name]
    assert not list(project.path.parent.rglob("evil*"))
