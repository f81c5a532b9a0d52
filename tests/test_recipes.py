"""The recipes of docs/recipes: each one followed in a new project, tested there, and run."""

import re
from typing import Any

import recipes
import requests
from projects import ROOT
from recipes import apply, assert_sound, project, served
from shapes import MIDDLEWARE

DEFAULT: dict[str, Any] = {}
EVERYTHING: dict[str, Any] = {"features": ["cookies"], "middleware": MIDDLEWARE}


def test_every_recipe_is_in_the_list() -> None:
    linked = re.findall(r"(?m)^- \[.*?\]\((\w+)\.md\): ", recipes.page("README"))
    pages = {page.stem for page in (ROOT / "docs" / "recipes").glob("*.md")}
    assert sorted(linked) == sorted(pages - {"README"})


# Static files


def test_static_files() -> None:
    made = project("static")
    assert_sound(made)
    with served(made) as url:
        response = requests.get(f"{url}/static/style.css")
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "max-age=60, public"
        assert "Access-Control-Allow-Origin" not in response.headers
        part = requests.get(f"{url}/static/style.css", headers={"Range": "bytes=0-3"})
        assert (part.status_code, part.content) == (206, response.content[:4])
        assert requests.get(f"{url}/notes").json() == {"handler": "list_notes"}
