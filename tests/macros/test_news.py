"""What an update says of answers that changed."""

from typing import Any

import pytest

from harness.rendering import render, value

NOTHING: dict[str, Any] = {
    "license": "none",
    "dispatcher": "ladder",
    "server": "none",
    "extras": [],
    "features": [],
    "middleware": [],
}
INIT = "src/sample/__init__.py"


def parts_of(answers: dict[str, Any]) -> list[str]:
    table: dict[str, Any] = {"types": [], "rows": {}}
    return value("parts.parts_of", [], table, answers)


def news(before: dict[str, Any], now: dict[str, Any], *yours: str) -> str:
    """Return the message after an update from some answers to others, which start from nothing."""
    old, new = NOTHING | before, NOTHING | now
    kept = parts_of(old)
    parts = kept + [part for part in parts_of(new) if part not in kept]
    saved = {**old, "kept": kept}
    return render("news.news", saved, new, parts, list(yours), "sample", "sample")


def listed(message: str, title: str) -> list[str]:
    """Return the last word of each line below a title, or the whole command."""
    block = message.partition(title)[2].partition("\n\n")[2].partition("\n\n")[0]
    return [line.split(maxsplit=1)[-1] for line in block.splitlines()]


BROUGHT, TAKEN = "Your answers bring:", "They take away"
STAY, DELETE = "No answer needs these files now.", "needed. Delete there:"


def test_nothing_is_said_of_answers_that_stay() -> None:
    everything = {"server": "uwsgi", "extras": ["docker"], "middleware": ["cors"]}
    assert news(everything, everything) == ""
    assert render("news.news", {}, NOTHING, [], [], "sample", "sample") == ""


def test_a_server_brings_its_file_its_command_and_its_variable() -> None:
    assert listed(news({}, {"server": "granian"}), BROUGHT) == [
        "serve.py",
        "OPERATIONS.md",
        "uv run --no-dev --extra granian python serve.py",
        "WEB_CONCURRENCY",
    ]


def test_another_server_takes_away_only_what_the_new_one_lacks() -> None:
    message = news({"server": "granian"}, {"server": "waitress"})
    assert listed(message, BROUGHT) == ["uv run --no-dev --extra waitress python serve.py"]
    assert listed(message, TAKEN) == [
        "uv run --no-dev --extra granian python serve.py",
        "WEB_CONCURRENCY",
    ]


@pytest.mark.parametrize(
    "answers, names",
    [
        ({"license": "MIT"}, ["LICENSE"]),
        ({"dispatcher": "tree"}, ["src/sample/dispatch.py", "tests/test_dispatch.py"]),
        ({"features": ["openapi"]}, ["src/sample/openapi.json", "tests/test_openapi.py"]),
        ({"extras": ["agents"]}, ["AGENTS.md"]),
        (
            {"extras": ["pre-commit"]},
            ["OPERATIONS.md", ".pre-commit-config.yaml", "uv run pre-commit install"],
        ),
        (
            {"extras": ["docker"]},
            ["OPERATIONS.md", "Dockerfile", ".dockerignore", "docker build -t sample ."],
        ),
        (
            {"middleware": ["proxy"]},
            [
                *("OPERATIONS.md", ".env.example", "tests/test_wiring.py"),
                *("src/sample/middleware/proxy.py", "tests/test_middleware_proxy.py"),
                *("src/sample/config.py", "tests/test_config.py", "TRUSTED_PROXIES"),
            ],
        ),
    ],
)
def test_an_answer_brings_its_files(answers: dict[str, Any], names: list[str]) -> None:
    assert sorted(listed(news({}, answers), BROUGHT)) == sorted(names)


def test_files_that_were_the_owners_are_neither_brought_nor_taken() -> None:
    assert news({}, {"license": "MIT"}, "LICENSE") == ""
    assert news({"license": "MIT"}, {}, "LICENSE") == ""


def test_files_that_no_answer_needs_any_more_stay_and_are_named() -> None:
    message = news({"extras": ["github-actions", "docker"]}, {"extras": ["docker"]})
    assert listed(message, STAY) == [".github/workflows/ci.yml"]
    assert TAKEN not in message


def test_middleware_that_is_taken_out_leaves_files_and_lines_that_are_named() -> None:
    message = news({"middleware": ["gzip", "cors"]}, {"middleware": ["cors"]})
    assert listed(message, STAY) == [
        *("src/sample/middleware/gzip.py", "tests/test_middleware_gzip.py"),
        *("src/sample/middleware/wrapping.py", "tests/test_middleware_wrapping.py"),
    ]
    assert f"{INIT} still has" in message
    assert message.partition(DELETE)[2].split("\n\n")[1:3] == [
        "  from .middleware.gzip import gzip",
        "  application = gzip(application)",
    ]


def test_settings_go_from_the_imports_with_the_last_middleware_that_has_some() -> None:
    lines = news({"middleware": ["cors"]}, {}).partition(DELETE)[2].split()
    assert lines[:3] == [",", "config", "from"]


def test_new_middleware_comes_with_the_lines_to_write() -> None:
    message = news({}, {"middleware": ["gzip"]})
    assert f"{INIT} is yours, so write there" in message
    assert "  application = gzip(application)\n" in message


@pytest.mark.parametrize(
    "before, now, words",
    [("ladder", "tree", "as rows: "), ("tree", "ladder", "as cases: ")],
)
def test_another_dispatcher_asks_for_the_owners_routes(before: str, now: str, words: str) -> None:
    message = news({"dispatcher": before}, {"dispatcher": now})
    assert "must be written\nagain" in message and words in message


@pytest.mark.parametrize(
    "answers, found",
    [
        (("none", [], []), ""),
        (("none", ["agents"], ["cookies", "openapi", "sse"]), ""),
        (("uwsgi", [], []), "yes"),
        (("none", ["dependabot"], []), "yes"),
        (("none", [], ["uploads"]), "yes"),
        (("none", [], ["mount"]), "yes"),
    ],
)
def test_operations_are_explained_if_there_are_some(
    answers: tuple[str, list[str], list[str]], found: str
) -> None:
    server, extras, parts = answers
    assert render("parts.has_operations", {"server": server, "extras": extras}, parts) == found


def test_the_parts_of_the_message_are_lists() -> None:
    assert value("news.files_of_part", "etags", "a") == [
        "src/a/middleware/etags.py",
        "tests/test_middleware_etags.py",
    ]
    things = render("news.things_of", NOTHING | {"license": "MIT"}, [], "a", "a")
    assert things == "file      LICENSE\n"
    assert render("news.only_in", things, "", []) == things
    assert render("news.only_in", things, things, []) == ""
    assert render("news.only_in", things, "", ["LICENSE"]) == ""
    saved = {"features": ["cookies"]}
    assert render("news.unneeded_files", saved, NOTHING, ["cookies"], "a") == (
        "src/a/cookies.py\ntests/test_cookies.py\n"
    )
    assert render("news.unneeded_files", saved, NOTHING, [], "a") == ""
