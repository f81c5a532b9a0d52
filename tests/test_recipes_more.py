"""More recipes: each one followed in a new project, tested there, and run."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import postgres
import pytest
import requests
from living import Living
from projects import python
from recipes import assert_sound, project, served


def saved(url: str, count: int) -> list[str]:
    """Create notes from several clients at once, and return their locations."""

    def create(number: int) -> str:
        response = requests.post(f"{url}/notes", json={"text": f"note {number}"}, timeout=30)
        assert response.status_code == 201, response.text
        return response.headers["Location"]

    with ThreadPoolExecutor(8) as clients:
        return list(clients.map(create, range(count)))


# SQLite


@pytest.fixture(scope="module")
def with_sqlite() -> Living:
    return project("sqlite", server="gunicorn")


def test_sqlite_is_sound(with_sqlite: Living) -> None:
    assert_sound(with_sqlite)
    assert not list(with_sqlite.path.rglob("*.sqlite*"))


def test_sqlite_keeps_what_many_clients_write_at_once(with_sqlite: Living, tmp_path: Path) -> None:
    file = tmp_path / "notes.sqlite"
    with served(with_sqlite, "gunicorn", DATABASE=str(file)) as url:
        assert len(set(saved(url, 100))) == 100
    with served(with_sqlite, DATABASE=str(file)) as url:  # another server finds them
        assert requests.get(f"{url}/notes/100").json()["id"] == 100
        assert requests.get(f"{url}/notes/101").status_code == 404
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("SELECT count(*) FROM note").fetchall() == [(100,)]
        assert database.execute("PRAGMA journal_mode").fetchall() == [("wal",)]


def test_sqlite_is_migrated_once_by_workers_that_start_together(
    with_sqlite: Living, tmp_path: Path
) -> None:
    environment = {"PYTHONPATH": "src", "DATABASE": str(tmp_path / "notes.sqlite")}
    start = [sys.executable, "-c", "import my_app"]
    workers = [subprocess.Popen(start, cwd=with_sqlite.path, env=environment) for _ in range(6)]
    assert [worker.wait(60) for worker in workers] == [0] * 6
    with closing(sqlite3.connect(tmp_path / "notes.sqlite")) as database:
        assert database.execute("PRAGMA user_version").fetchall() == [(1,)]


def test_sqlite_migrates_all_or_nothing(with_sqlite: Living, tmp_path: Path) -> None:
    file = tmp_path / "notes.sqlite"
    tag = "CREATE TABLE tag (note_id INTEGER NOT NULL REFERENCES note, name TEXT NOT NULL) STRICT"
    for added, version in ([], 1), ([tag, "CREATE TABLE wrong"], 1), ([tag], 2):
        code = f"from my_app import database as d; d.MIGRATIONS += {added}; d.migrate()"
        done = python(with_sqlite.project, "-c", code, DATABASE=str(file))
        assert (done.returncode == 0) == ("CREATE TABLE wrong" not in added), done.stderr
        with closing(sqlite3.connect(file)) as database:
            assert database.execute("PRAGMA user_version").fetchall() == [(version,)]
    code = (
        "from my_app import database as d; d.connection().execute('INSERT INTO tag VALUES (9, 9)')"
    )
    done = python(with_sqlite.project, "-c", code, DATABASE=str(file))
    assert "FOREIGN KEY constraint failed" in done.stderr


# PostgreSQL


@pytest.fixture(scope="module")
def server() -> Iterator[postgres.Server]:
    with postgres.running() as server:
        yield server


def test_postgresql_keeps_what_many_clients_write_at_once(server: postgres.Server) -> None:
    made = project("postgresql", server="uwsgi")  # it forks after the import
    server.execute("CREATE DATABASE my_app")
    with served(made, "uwsgi", "uwsgi.ini", DATABASE_URL=server.url("my_app")) as url:
        assert len(set(saved(url, 100))) == 100
        server.restart()
        assert requests.get(f"{url}/notes/100").json()["id"] == 100
        assert requests.get(f"{url}/notes/101").status_code == 404
        assert requests.get(f"{url}/notes/{'9' * 19}").status_code == 404
    assert server.execute("SELECT count(*) FROM note", "my_app") == [(100,)]
    assert server.execute("SELECT number FROM migration", "my_app") == [(1,)]


def test_postgresql_is_sound(server: postgres.Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.execute("CREATE DATABASE my_app_test")
    monkeypatch.setenv("TEST_DATABASE_URL", server.url("my_app_test"))
    monkeypatch.setenv("DATABASE_URL", "postgresql:///real")
    assert_sound(project("postgresql"))


def test_postgresql_is_migrated_once_by_workers_that_start_together(
    server: postgres.Server,
) -> None:
    server.execute("CREATE DATABASE together")
    environment = {"PYTHONPATH": "src", "DATABASE_URL": server.url("together")}
    start = [sys.executable, "-c", "import my_app"]
    path = project("postgresql").path
    workers = [subprocess.Popen(start, cwd=path, env=environment) for _ in range(4)]
    assert [worker.wait(60) for worker in workers] == [0] * 4
    assert server.execute("SELECT number FROM migration", "together") == [(1,)]
