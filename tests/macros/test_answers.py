"""The macros that follow from the answers: optional files, middleware, and what an update deletes."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from harness.rendering import constant, render, value
from harness.shapes import MIDDLEWARE

PACKAGE = "sample"

# Middleware


@pytest.mark.parametrize(
    "middleware, files",
    [
        ([], []),
        (["request_id"], ["request_id"]),
        (["mount"], ["mount"]),
        (["etags", "gzip"], ["etags", "gzip", "wrapping"]),
        (["cors", "proxy"], ["cors", "proxy", "config"]),
        (["access_log", "gzip"], ["access_log", "gzip", "config", "wrapping"]),
    ],
)
def test_middleware_comes_with_the_files_that_it_needs(
    middleware: list[str], files: list[str]
) -> None:
    assert value("parts.files_of", middleware) == files


@pytest.mark.parametrize("name", [*MIDDLEWARE, "wrapping"])
def test_each_middleware_is_in_the_folder_of_middleware(name: str) -> None:
    assert render("parts.has_files", [name]) == "True"


def test_other_optional_files_are_not_in_that_folder() -> None:
    assert render("parts.has_files", ["cookies", "config", "sse", "openapi"]) == "False"


def test_the_first_setting_imports_config() -> None:
    assert render("news.missing_lines", ["gzip"], ["gzip", "proxy", "cors"]).split("\n") == [
        "from . import bare, config",
        "from .middleware.cors import cors",
        "from .middleware.proxy import proxy",
        "",
        "application = cors(application, config.ALLOWED_ORIGINS)",
        "application = proxy(application, config.TRUSTED_PROXIES)",
        "",
    ]


def test_a_later_middleware_imports_nothing_twice() -> None:
    lines = render("news.missing_lines", ["cors"], ["cors", "request_id"]).split("\n")
    assert lines == [
        "from .middleware.request_id import request_id",
        "",
        "application = request_id(application)",
        "",
    ]


# Optional files


def table(*types: str, opened: tuple[str, ...] = ()) -> dict[str, Any]:
    """A table of routes that produce these types, and read those."""
    rows = {type: value("types.row_of", type) for type in [*types, *opened]}
    return {"types": list(types), "rows": rows}


@pytest.mark.parametrize(
    "kept, routes, features, middleware, parts",
    [
        ([], table("text", "json"), [], [], []),
        ([], table("csv", "sse"), [], [], ["csv_rows", "sse", "streaming"]),
        ([], table("json", opened=("multipart",)), [], [], ["uploads"]),
        ([], table("json", opened=("ndjson",)), [], [], []),
        ([], table("json"), ["cookies", "openapi"], [], ["cookies", "openapi"]),
        ([], table("json"), [], ["etags"], ["etags", "wrapping"]),
        (["sse", "gzip"], table("json"), [], [], ["sse", "gzip"]),
        (["os", 7, "../x"], table("json"), [], [], []),
        ("sse", table("json"), [], [], []),
        (None, table("csv"), [], [], ["csv_rows", "streaming"]),
        ([], table("json"), ["streaming"], [], ["streaming"]),
    ],
)
def test_a_project_has_the_optional_files_that_it_needs_or_had(
    kept: Any, routes: Any, features: list[str], middleware: list[str], parts: list[str]
) -> None:
    chosen = {"features": features, "middleware": middleware, "extras": []}
    assert value("parts.parts_of", kept, routes, chosen) == parts


@pytest.mark.parametrize(
    "modules, emptied",
    [
        (["notes", "home"], ["notes"]),
        (["notes", "notes"], ["notes"]),
        (["../notes", "a b", "", 7], []),
        ("notes", []),
        (None, []),
    ],
)
def test_a_module_whose_routes_are_gone_stays(modules: Any, emptied: list[str]) -> None:
    found = value("table.emptied_modules", modules, {"resources": [{"module": "home"}]})
    assert found == [{"module": name, "routes": []} for name in emptied]


@pytest.mark.parametrize(
    "extras, preset, server",
    [
        ([], "none", "none"),
        (["docker"], "none", "gunicorn"),
        (["docker"], "uwsgi", "uwsgi"),
        (["pre-commit"], "none", "none"),
    ],
)
def test_a_container_has_a_server(extras: list[str], preset: str, server: str) -> None:
    assert render("answers.server_for", extras, {"server": preset}) == server


@pytest.mark.parametrize("count, dispatcher", [(1, "ladder"), (32, "ladder"), (33, "tree")])
def test_many_routes_get_a_tree(count: int, dispatcher: str) -> None:
    routes = "\n".join(f"GET /a{number} json a{number}" for number in range(count))
    assert render("routes.dispatcher_for", routes) == dispatcher


# What is read from the project's folder


EXTERNAL: dict[str, Any] = {
    "answers": {"routes": "GET /a"},
    "openapi_json": {"openapi": "3.1.0", "paths": {"/b": {"get": {}}}},
}


def in_folder(folder: Path, *files: str, **data: str) -> SimpleNamespace:
    """What Copier says of a folder with these files, and of what the command line gives."""
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return SimpleNamespace(dst_path=folder, data=data, answers_file=".answers.yml", overwrite=False)


@pytest.mark.parametrize("files, saved", [([], {}), ([".answers.yml"], {"routes": "GET /a"})])
def test_saved_answers_are_those_of_the_folder(
    files: list[str], saved: Any, tmp_path: Path
) -> None:
    assert value("files.saved_answers", in_folder(tmp_path, *files), EXTERNAL) == saved


@pytest.mark.parametrize(
    "files, saved, data, suggests",
    [
        (["openapi.json"], {}, {}, True),
        (["openapi.json"], {"routes": "GET /a"}, {}, False),
        (["openapi.json"], {"routes": "GET /a"}, {"sync": "1"}, True),
        ([], {}, {}, False),
    ],
)
def test_a_description_suggests_answers_to_a_new_project(
    files: list[str], saved: Any, data: dict[str, str], suggests: bool, tmp_path: Path
) -> None:
    found = value("answers.suggested_answers", saved, in_folder(tmp_path, *files, **data), EXTERNAL)
    assert found.get("routes") == ("GET     /b  json  get_b\n" if suggests else None)


OWNED = [".gitattributes", ".gitignore", "README.md", "src/sample/__init__.py"]
OTHERS = [
    "LICENSE",
    "pyproject.toml",
    "OPERATIONS.md",
    "serve.py",
    "Dockerfile",
    ".github/workflows/ci.yml",
]


@pytest.mark.parametrize("name", OWNED + OTHERS)
def test_a_file_that_was_there_before_is_its_owners(name: str, tmp_path: Path) -> None:
    conf = in_folder(tmp_path, name, "tests/client.py")
    assert value("files.owned_files", PACKAGE, {}, conf) == [name]
    assert value("files.owned_files", PACKAGE, {"routes": "GET /a"}, conf) == []


@pytest.mark.parametrize("name", ["src/sample/bare.py", "tests/client.py"])
def test_a_file_that_a_copy_would_stop_at_is_told_before_it_starts(
    name: str, tmp_path: Path
) -> None:
    conf = in_folder(tmp_path, name, "README.md")
    said = render("files.file_problem", PACKAGE, {}, conf)
    assert said.splitlines()[0] == f"move {name}, or add --overwrite"
    assert render("files.file_problem", PACKAGE, {"routes": "GET /a"}, conf) == ""
    conf.overwrite = True
    assert render("files.file_problem", PACKAGE, {}, conf) == ""


@pytest.mark.parametrize(
    "name, said",
    [
        ("src/sample/handlers/notes.py", "move src/sample/handlers/notes.py, or add --overwrite"),
        ("tests/test_notes.py", "move tests/test_notes.py, or add --overwrite"),
        ("src/sample/sse.py", "move src/sample/sse.py, or add --overwrite"),
        ("serve.py", ""),  # it stays as it is
        ("src/sample/other.py", ""),
    ],
)
def test_a_first_copy_that_nobody_watches_is_stopped_by_a_file(
    name: str, said: str, tmp_path: Path
) -> None:
    conf = in_folder(tmp_path, name, "src/more.py")
    conf.defaults = True
    answers = {"server": "waitress"}, ["sse"], ["notes"], ["serve.py"], PACKAGE, conf
    assert render("files.blocked_problem", *answers) == said
    conf.defaults = False
    assert render("files.blocked_problem", *answers) == ""


@pytest.mark.parametrize("name", OWNED)
def test_an_owner_can_delete_what_is_theirs(name: str, tmp_path: Path) -> None:
    conf = in_folder(tmp_path, *(other for other in OWNED if other != name))
    assert value("files.dismissed_files", PACKAGE, {"routes": "GET /a"}, conf) == [name]
    assert value("files.dismissed_files", PACKAGE, {}, conf) == []


# What is wrong with the routes, and how they grow

SAVED = {"routes": "GET /saved"}


def chosen_routes(routes: str, **answers: Any) -> dict[str, Any]:
    return {"routes": routes, "content_types": ["json"], "extras": [], **answers}


@pytest.mark.parametrize(
    "routes, described, said",
    [
        ("GET /a", {}, ""),
        ("get /a", {}, "line 1: write GET, not get"),
        ("GET /a\x00", {}, "leave out the control character '\\x00'"),
        ("", {"problem": "F has no paths"}, "F has no paths"),
        ("get /a", {"problem": "F has no paths"}, "line 1: write GET, not get"),
        ("", {}, "write at least one route, such as GET / html home"),
    ],
)
def test_routes_are_refused_with_what_is_wrong(routes: str, described: Any, said: str) -> None:
    assert render("routes.routes_problem", routes, ["json"], described, SAVED).strip() == said


@pytest.mark.parametrize(
    "drop, add, said",
    [
        ("", "GET /b", ""),
        ("", "GET /a", "line 1: there is GET /a already, named get_a"),
        ("get_a", "GET /a", ""),
        ("", "GET /b\x00", "leave out the control character '\\x00'"),
    ],
)
def test_added_routes_are_refused_unless_they_replace(drop: str, add: str, said: str) -> None:
    assert render("grow.add_problem", chosen_routes("GET /a"), drop, add) == said


@pytest.mark.parametrize("routes, lines", [("GET /a", "GET     /b  json  get_b\n"), ("GET /b", "")])
def test_sync_adds_what_the_description_has_and_the_routes_lack(
    routes: str, lines: str, tmp_path: Path
) -> None:
    answers = chosen_routes(routes), "", "", in_folder(tmp_path, "openapi.json"), EXTERNAL
    assert render("openapi_sync.gained_lines", *answers) == lines


@pytest.mark.parametrize(
    "drop, add, extras, routes",
    [
        ("", " \n", [], "GET /a"),
        ("", "GET /b", [], "GET /a\nGET /b"),
        ("get_a", "GET /b", [], "GET /b"),
        ("", "", ["docker"], "GET /a\nGET /healthz text healthz"),
        ("get_a", "GET /healthz json b", ["docker"], "GET /healthz json b"),
    ],
)
def test_routes_grow_by_what_is_dropped_added_and_needed(
    drop: str, add: str, extras: list[str], routes: str
) -> None:
    chosen = chosen_routes("GET /a", extras=extras)
    assert render("grow.grown_routes", chosen, drop, add) == routes


# What somebody asked for, and what they skipped

PRESET = {"license": "none", "server": "none", "extras": [], "content_types": ["html", "json"]}


class Conf(NamedTuple):
    """What Copier says of its own run."""

    defaults: bool = False
    data: dict[str, Any] = {}
    settings: Any = SimpleNamespace(defaults={})


@pytest.mark.parametrize(
    "more, saved, conf, expected",
    [
        (False, {}, Conf(), False),
        (True, {}, Conf(), True),
        (False, {}, Conf(defaults=True), True),
        (False, {}, Conf(data={"license": "MIT"}), True),
        (False, {}, Conf(settings=SimpleNamespace(defaults={"license": "MIT"})), False),
        (False, {"license": "none"}, Conf(), False),
        (False, {"license": "MIT"}, Conf(), True),
        # an update must not put the user's own default in the place of an answer
        (
            False,
            {"license": "none"},
            Conf(settings=SimpleNamespace(defaults={"license": "MIT"})),
            True,
        ),
    ],
)
def test_a_question_is_asked_if_somebody_cares(
    more: bool, saved: dict[str, str], conf: Conf, expected: bool
) -> None:
    found = value("answers.asked_questions", more, saved, {"license": "none"}, conf)
    assert found == (["license"] if expected else [])


ANSWERED = {
    "routes": "GET / html",
    "content_types": ["json"],
    "license": "MIT",
    "dispatcher": "tree",
    "extras": ["docker"],
    "server": "uwsgi",
}


def chosen(before: dict[str, Any] = {}, **answers: Any) -> dict[str, Any]:  # noqa: B006
    return value("answers.chosen_answers", {**ANSWERED, **answers}, before, PRESET)


def test_what_is_typed_is_chosen() -> None:
    assert chosen() == ANSWERED


def test_an_answer_that_is_skipped_is_the_default() -> None:
    skipped: dict[str, Any] = dict.fromkeys(ANSWERED, "")
    assert chosen(**skipped) == {
        **PRESET,
        "routes": constant("answers", "EXAMPLE"),
        "dispatcher": "ladder",
    }
    assert chosen({"license": "MIT"}, **skipped)["license"] == "MIT"


def test_lists_that_were_skipped_are_named_with_their_defaults() -> None:
    answered = {"routes": "", "extras": "", "server": "", "license": "MIT"}
    found = render("answers.skipped_answers", answered, {"extras": [], "server": "uwsgi"})
    assert found == "extras: none, server: uwsgi"


def test_nothing_ticked_is_not_skipped() -> None:
    assert chosen({"extras": ["docker"]}, extras=[])["extras"] == []


def test_a_container_gets_a_server() -> None:
    assert chosen(server="")["server"] == "gunicorn"
    assert chosen(server="", extras=[])["server"] == "none"


def test_only_what_a_project_has_of_its_own_is_handed_on() -> None:
    answered = {"license": "", "server": "", "extras": []}
    assert value("answers.untouched_answers", answered, {}, PRESET) == {}
    saved = {"license": "MIT", "server": "none", "extras": ["docker"]}
    assert value("answers.untouched_answers", answered, saved, PRESET) == {"license": "MIT"}


@pytest.mark.parametrize("routes", ["", " \n"])
def test_only_a_new_project_can_leave_the_routes_to_the_example(routes: str) -> None:
    saved = {"routes": "GET / html home"}
    assert render("routes.routes_problem", routes, ["json"], {}, {}) == ""
    assert "at least one route" in render("routes.routes_problem", routes, ["json"], {}, saved)


# Words that are no question

PRESET_WORDS = {"middleware": [], "license": "none"}


@pytest.mark.parametrize(
    "data, said",
    [
        ({"routes": "GET /", "add": "GET /b", "drop": "a", "sync": 1}, ""),
        ({"ad": "GET /b"}, "write add, not ad"),
        ({"midleware": ["gzip"]}, "write middleware, not midleware"),
        ({"nothing": 1, "licence": "MIT"}, "write license, not licence"),
        ({"nothing": 1, "team": "Web"}, ""),  # a fork can ask this
        ({"old": 1, "route": 1}, "write routes, not route"),
        ({"dropp": 1}, ""),  # what a project has saved
        ({"modules": [], "ad": 1}, ""),  # a whole answers file, as in a replay
    ],
)
def test_a_misspelled_word_is_refused_at_once(data: dict[str, Any], said: str) -> None:
    saved = {"old": 1, "dropp": 1}
    assert render("answers.misspelled_problem", data, PRESET_WORDS, saved).strip() == said


@pytest.mark.parametrize(
    "data, words",
    [
        ({"routes": "GET /", "team": "Web", "old": 1, "_commit": "a"}, ""),
        ({"one": 1, "sync": 1, "two": 2}, "one, two"),
        ({"one": 1, "modules": []}, ""),
    ],
)
def test_unknown_words_are_neither_asked_nor_saved(data: dict[str, Any], words: str) -> None:
    assert render("answers.unknown_words", data, {"team": ""}, {"old": 1}) == words


ASKED = {"project_name": "", "routes": "", "middleware": [], "team": "", "_src_path": ""}


@pytest.mark.parametrize(
    "data, said",
    [
        ({"routes": "GET /", "add": "GET /b", "drop": "a", "sync": 1, "team": "Web"}, ""),
        (
            {"nothing": 1},
            "write project_name routes middleware team package_name dispatcher add drop sync, not nothing",
        ),
        ({"old": 1}, ""),  # what a project has saved
        ({"modules": [], "nothing": 1}, ""),  # a whole answers file, as in a replay
    ],
)
def test_a_word_that_is_no_question_is_refused(data: dict[str, Any], said: str) -> None:
    assert render("answers.unknown_problem", data, ASKED, {"old": 1}).strip() == said


@pytest.mark.parametrize(
    "folder, said",
    [
        ("app", ""),
        ("new", ""),
        ("../{here}/new", ""),  # nothing is read there
        ("../{here}/app", "write {path}/app"),
        ("link", "write {path}/app"),
        ("file", "write the name of a folder: file is a file"),
        (
            "project",
            "run copier update in project, or commit there and add --overwrite: "
            "it is a project already",
        ),
    ],
)
def test_a_folder_in_which_copier_would_stop_is_refused(
    folder: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app").mkdir()
    (tmp_path / "app/openapi.yaml").touch()
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("app")
    (tmp_path / "project").mkdir()
    (tmp_path / "project/.answers.yml").touch()
    folder = folder.format(here=tmp_path.name)
    conf = SimpleNamespace(
        dst_path=folder, answers_file=".answers.yml", os="linux", overwrite=False
    )
    found = render("files.destination_problem", conf).strip()
    assert found == said.format(path=tmp_path)
    conf.overwrite = True
    found = render("files.destination_problem", conf).strip()
    assert found == ("" if folder == "project" else said.format(path=tmp_path))


@pytest.mark.parametrize("file", ["openapi.yaml", "openapi.yml", "openapi.json"])
def test_a_description_is_named_before_it_is_read(tmp_path: Path, file: str) -> None:
    assert render("files.slow_file", str(tmp_path)).strip() == ""
    (tmp_path / file).touch()
    assert render("files.slow_file", str(tmp_path)).strip().startswith(f"Reading {file}: ")
