"""docs/mount.md: other WSGI applications beside the routes of a project, and its code."""

import re
import shutil
import textwrap

import pytest

from harness.projects import INSIDE, ROOT, Project, generate, python
from harness.shapes import MIDDLEWARE

CODE = re.findall(r"(?s)```python\n(.*?)```", (ROOT / "docs" / "mount.md").read_text("utf-8"))
OLD = """
import django.conf
import django.http
import django.urls
import flask

app = flask.Flask("old")
app.secret_key = "for tests"
app.add_url_rule("/hello", view_func=lambda: flask.url_for("hello"), endpoint="hello")
app.add_url_rule("/in", view_func=lambda: flask.session.update(user="Ada") or "in", endpoint="in")
urlpatterns = [django.urls.path("hello", lambda request: django.http.HttpResponse("django"))]
django.conf.settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"])
"""
API = """
import fastapi

fastapi_app = fastapi.FastAPI()
fastapi_app.get("/hello")(lambda: "fastapi")
"""
ASK = """
import sys
sys.path[:0] = ["src", "tests", "."]
from client import environ_for, run
from django.core.wsgi import get_wsgi_application
from old import app
from sample import cookies, request, response

names = dict(globals(), __package__="sample")

def text(application, path, **headers):
    return run(application, environ_for("GET", path, **headers)).text
"""


@pytest.fixture(scope="module")
def project() -> Project:
    made = generate(middleware=MIDDLEWARE, features=["cookies"])
    (made.path / "mounting").mkdir()
    shutil.copy(INSIDE / "mounted.py", made.path / "mounting")
    shutil.copy(INSIDE / "mounted_cases.py", made.path / "mounting" / "test_mounted.py")
    (made.path / "old.py").write_text(OLD, "utf-8")
    (made.path / "api.py").write_text(API, "utf-8")
    return made


def printed(project: Project, *lines: str) -> list[str]:
    """What a script prints that has the blocks of the page: `0` is the first one."""
    script = [f"exec({CODE[int(line)]!r}, names)" if line.isdigit() else line for line in lines]
    done = python(project, "-c", ASK + "\n".join(script))
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.long
def test_four_frameworks_work_beside_it_in_process_and_on_two_servers(project: Project) -> None:
    options = ("-q", "-p", "no:cacheprovider", "-o", "addopts=")
    done = python(project, "-m", "pytest", *options, "mounting")
    assert done.returncode == 0, done.stdout[-3000:]
    assert int(re.findall(r"(\d+) passed", done.stdout)[0]) > 90


def test_the_page_has_no_code_that_is_not_run() -> None:
    assert len(CODE) == 8


def test_the_old_application_is_under_a_prefix_and_an_asgi_one_under_another(
    project: Project,
) -> None:
    ask = [f"print(text(names['application'], {p!r}))" for p in ("/old/hello", "/api/hello")]
    api = "from api import fastapi_app; names.update(fastapi_app=fastapi_app)"
    assert printed(project, "0", api, "1", *ask) == ["/old/hello", '"fastapi"']


def test_the_old_application_gets_paths_without_a_route(project: Project) -> None:
    ask = [f"print(text(names['application'], {p!r})[:10])" for p in ("/hello", "/notes")]
    assert printed(project, "0", "2", *ask) == ["/hello", '{"handler"']


def test_the_old_application_is_in_front(project: Project) -> None:
    ask = [f"print(text(app, {path!r})[:10])" for path in ("/hello", "/notes")]
    assert printed(project, "3", *ask) == ["/hello", '{"handler"']
    ask = [f"print(text(names['application'], {path!r})[:10])" for path in ("/hello", "/notes")]
    assert printed(project, "3", "4", *ask) == ["django", '{"handler"']


def test_this_application_is_under_a_prefix_of_the_old_one(project: Project) -> None:
    moved = "def moved(environ):\n" + textwrap.indent(CODE[6], "    ")
    ask = [f"print(text(app, {path!r})[:10])" for path in ("/hello", "/new/notes")]
    handler = [
        f"exec({moved!r}, names)",
        "environ = environ_for('GET', '/x')",
        "environ['SCRIPT_NAME'] = '/new'",
        "print(dict(names['moved'](environ)[1])['Location'])",
    ]
    assert printed(project, "5", *ask, *handler) == ["/hello", '{"handler"', "/new/notes"]


def test_a_flask_session_can_be_read(project: Project) -> None:
    lines = [
        "sent = run(app, environ_for('GET', '/in')).headers['Set-Cookie'].partition(';')[0]",
        "names.update(old=app, environ=environ_for('GET', '/', cookie=sent))",
    ]
    assert printed(project, *lines, "7", "print(names['session'])") == ["{'user': 'Ada'}"]
