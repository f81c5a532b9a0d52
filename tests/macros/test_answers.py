"""The macros that follow from the answers: optional files, middleware, and what an update deletes."""

from typing import Any

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
    assert value("middleware.files_of", middleware) == files


@pytest.mark.parametrize("name", [*MIDDLEWARE, "wrapping"])
def test_each_middleware_is_in_the_folder_of_middleware(name: str) -> None:
    assert render("middleware.has_files", [name]) == "True"


def test_other_optional_files_are_not_in_that_folder() -> None:
    assert render("middleware.has_files", ["cookies", "config", "sse", "openapi"]) == "False"


def test_the_order_has_every_middleware_but_mount() -> None:
    table = constant("middleware", "MIDDLEWARE")
    assert sorted([*table["order"], "mount"]) == sorted(MIDDLEWARE)
    assert sorted(table["with_setting"]) == sorted(n for n, s in table["order"].items() if s)


def test_the_first_setting_imports_config() -> None:
    assert render("middleware.missing_lines", ["gzip"], ["gzip", "proxy", "cors"]).split("\n") == [
        "from . import bare, config",
        "from .middleware.cors import cors",
        "from .middleware.proxy import proxy",
        "",
        "application = cors(application, config.ALLOWED_ORIGINS)",
        "application = proxy(application, config.TRUSTED_PROXIES)",
        "",
    ]


def test_a_later_middleware_imports_nothing_twice() -> None:
    lines = render("middleware.missing_lines", ["cors"], ["cors", "request_id"]).split("\n")
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
        ([], table("csv", "sse"), [], [], ["csv_rows", "sse"]),
        ([], table("json", opened=("multipart",)), [], [], ["uploads"]),
        ([], table("json", opened=("ndjson",)), [], [], []),
        ([], table("json"), ["cookies", "openapi"], [], ["cookies", "openapi"]),
        ([], table("json"), [], ["etags"], ["etags", "wrapping"]),
        (["sse", "gzip"], table("json"), [], [], ["sse", "gzip"]),
        (["os", 7, "../x"], table("json"), [], [], []),
        ("sse", table("json"), [], [], []),
        (None, table("csv"), [], [], ["csv_rows"]),
    ],
)
def test_a_project_has_the_optional_files_that_it_needs_or_had(
    kept: Any, routes: Any, features: list[str], middleware: list[str], parts: list[str]
) -> None:
    assert value("answers.parts_of", kept, routes, features, middleware) == parts


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
    found = value("answers.emptied_modules", modules, {"resources": [{"module": "home"}]})
    assert found == [{"module": name, "routes": []} for name in emptied]


# What an update deletes


def deleted(
    saved: dict[str, Any],
    license: str = "none",
    dispatcher: str = "ladder",
    server: str = "none",
    extras: tuple[str, ...] = (),
    *,
    yours: tuple[str, ...] = (),
    operations: bool = True,
) -> list[str]:
    """Return the files that an update deletes: the answers before, and those that are left."""
    answers = (license, dispatcher, server, list(extras), PACKAGE, operations)
    return render("answers.deleted_files", saved, list(yours), *answers).split()


@pytest.mark.parametrize(
    "saved, files",
    [
        ({}, []),
        ({"license": "MIT"}, ["LICENSE"]),
        ({"server": "gunicorn"}, ["gunicorn.conf.py"]),
        ({"server": "uwsgi"}, ["uwsgi.ini"]),
        ({"server": "granian"}, ["serve.py"]),
        ({"dispatcher": "tree"}, ["src/sample/dispatch.py", "tests/test_dispatch.py"]),
        ({"extras": ["docker"]}, ["Dockerfile", ".dockerignore"]),
        ({"extras": ["unknown"]}, []),
    ],
)
def test_a_file_goes_with_its_answer(saved: dict[str, Any], files: list[str]) -> None:
    assert deleted(saved) == files


def test_a_file_that_is_still_needed_stays() -> None:
    saved = {"license": "MIT", "server": "waitress", "dispatcher": "tree", "extras": ["docker"]}
    assert deleted(saved, "Apache-2.0", "tree", "granian", ("docker",)) == []


def test_a_file_of_the_owners_is_not_deleted() -> None:
    saved = {"license": "MIT", "extras": ["docker"]}
    assert deleted(saved, yours=("LICENSE", "Dockerfile")) == [".dockerignore"]


@pytest.mark.parametrize("saved", [{"server": "uwsgi"}, {"extras": ["docker"]}])
def test_operations_go_with_the_last_answer_that_needed_them(saved: dict[str, Any]) -> None:
    assert "OPERATIONS.md" in deleted(saved, operations=False)
    assert "OPERATIONS.md" not in deleted(saved, operations=True)


def test_operations_that_were_never_there_are_not_deleted() -> None:
    assert deleted({"license": "none"}, operations=False) == []


@pytest.mark.parametrize("count, dispatcher", [(1, "ladder"), (32, "ladder"), (33, "tree")])
def test_many_routes_get_a_tree(count: int, dispatcher: str) -> None:
    routes = "\n".join(f"GET /a{number} json a{number}" for number in range(count))
    assert render("answers.dispatcher_for", routes) == dispatcher
