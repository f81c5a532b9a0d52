"""CI, container and hook files: each passes the checks of its tool, and does what it says."""

import ast
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from functools import cache
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from harness.commands import uv_without_a_network
from harness.dockerfiles import Image, parsed
from harness.interpreters import VERSIONS
from harness.living import Living, Template, commit, git
from harness.projects import Project, generate, refusal, run, scratch, shared
from harness.serving import free_port, listening, listens, until
from harness.shapes import EXTRAS

FILES = {
    "github-actions": {".github/workflows/ci.yml"},
    "docker": {"Dockerfile", ".dockerignore"},
    "pre-commit": {".pre-commit-config.yaml"},
    "dependabot": {".github/dependabot.yml"},
    "agents": {"AGENTS.md"},
}
PAGE = "OPERATIONS.md"  # comes with the first extra that needs an explanation
# What an answer brings with it: a server, and a route for the health check.
OTHERS = {
    "docker": {"gunicorn.conf.py", "src/sample/handlers/healthz.py", "tests/test_healthz.py", PAGE},
    "agents": set(),
}
SERVERS = ("gunicorn", "uwsgi", "waitress", "granian")
TOOLS = Path(sys.executable).parent
WORKFLOW, DEPENDABOT = ".github/workflows/ci.yml", ".github/dependabot.yml"


@cache
def tools() -> Path:
    """Make a folder with uv and nothing else, for commands that must not find our other tools."""
    folder = scratch() / "tools"
    folder.mkdir()
    (folder / "uv").symlink_to(TOOLS / "uv")
    return folder


def shell(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    """Run a command as GitHub does, with uv and what every Linux has."""
    variables = {
        "PATH": f"{tools()}:/usr/bin:/bin",
        "MYPY_CACHE_DIR": str(scratch() / "mypy"),
        "PYTEST_PLUGINS": "pytest_cov",
        "PRE_COMMIT_HOME": str(scratch() / "pre-commit"),
        **{
            f"GIT_{who}_{what}": "a@b"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        },
    }
    return run(folder, "bash", "-e", "-c", command, **{**uv_without_a_network(), **variables})


def judge(folder: Path, tool: str, *arguments: str) -> None:
    done = run(folder, str(TOOLS / tool), *arguments)
    assert done.returncode == 0, done.stdout + done.stderr


def made(*extras: str, **answers: Any) -> Project:
    """A project that no test changes."""
    return _made(repr({"extras": list(extras), **answers}))


@shared
def _made(answers: str) -> Project:
    return generate(**ast.literal_eval(answers))


@shared
def whole() -> Project:
    """A project with all extras and its uv.lock."""
    return locked(generate(extras=EXTRAS))


def locked(project: Project) -> Project:
    done = shell(project.path, "uv lock")
    assert done.returncode == 0, done.stderr
    return project


@pytest.fixture
def project() -> Project:
    """A copy of the whole project, under git."""
    folder = Path(tempfile.mkdtemp(dir=scratch()))
    shutil.copytree(whole().path, folder, dirs_exist_ok=True)
    git(folder, "init", "-q")
    commit(folder)
    return Project(folder, whole().package)


# The question


@pytest.mark.parametrize("extra", EXTRAS)
def test_an_extra_adds_its_files_and_no_others(extra: str) -> None:
    added = set(made(extra).files()) - set(made().files())
    assert added == FILES[extra] | OTHERS.get(extra, {PAGE})


@pytest.mark.parametrize("extra", [extra for extra in EXTRAS if extra != "agents"])
def test_a_page_explains_what_was_chosen_and_nothing_else(extra: str) -> None:
    words = {
        "github-actions": "ci.yml",
        "docker": "docker build",
        "pre-commit": "pre-commit install",
        "dependabot": "Dependabot",
    }
    page = made(extra).read(PAGE)
    assert [other for other, word in words.items() if word in page] == [extra]


def test_a_container_needs_a_server() -> None:
    assert refusal(extras=["docker"], server="none") == (
        "docker needs a server: gunicorn, uwsgi, waitress or granian"
    )


@pytest.mark.long
def test_an_update_adds_and_removes_extras_and_leaves_the_owners_files() -> None:
    living = Living(Template().path)
    living.write("README.md", "# Mine\n")
    living.write("Dockerfile", "FROM mine\n")
    assert living.refusal(extras=["docker"]).startswith("docker needs a server: gunicorn,")
    assert living.update(extras=EXTRAS, server="waitress") == ["Dockerfile"]
    assert "<<<<<<< before updating\nFROM mine\n=======\n" in living.project.read("Dockerfile")
    new = {name for files in FILES.values() for name in files} | {"serve.py", PAGE}
    route = OTHERS["docker"] - {"gunicorn.conf.py", PAGE}
    changed = living.changed()
    assert {name for name, how in changed.items() if how == "??"} == (new | route) - {"Dockerfile"}
    lists = {".copier-answers.yml", "src/sample/routes.py", "tests/examples.py"}
    assert set(changed) - new - route == lists | {"pyproject.toml"}
    living.write("Dockerfile", "FROM mine\n")
    assert living.update(add="GET /about html about", extras=["docker"]) == []
    assert living.project.read("Dockerfile") == "FROM mine\n"
    assert " D" not in living.changed().values()  # the message names what nobody needs


def test_files_that_were_there_before_stay_as_they_are() -> None:
    folder = Path(tempfile.mkdtemp(dir=scratch()))
    files = [name for names in FILES.values() for name in names]
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("mine\n")
    project = generate(folder, extras=EXTRAS)
    assert {project.read(name) for name in files} == {"mine\n"}
    assert set(files) <= set(yaml.safe_load(project.read(".copier-answers.yml"))["yours"])


# Coding assistants


def test_the_notes_for_assistants_are_short_and_name_files_that_are_there() -> None:
    for project in (made("agents"), made("agents", dispatcher="tree"), whole()):
        lines = project.read("AGENTS.md").splitlines()
        assert len(lines) <= 30 and max(map(len, lines)) <= 105
        names = re.findall(r"`([\w./]+(?:\.\w+|/))`", project.read("AGENTS.md"))
        assert {"README.md", "bare.py", "handlers/", "tests/test_contract.py"} <= set(names)
        assert [
            name
            for name in names
            if not any((folder / name).exists() for folder in (project.path, project.source))
        ] == []


@pytest.mark.long
def test_an_assistant_that_does_as_its_notes_say_adds_a_tested_route() -> None:
    living = Living(Template().path, extras=["agents"])
    section = living.project.read("AGENTS.md").split("## Add a route")[1]
    add, check, *checks = [f"{line}\n" for line in re.findall(r"(?m)^    (.*)$", section)]
    assert passes(living.path, f"export PATH={TOOLS}:$PATH; {add}{check}") == ""
    assert ["GET", "/hello", "say_hello"] in living.served()
    assert " passed" in passes(living.path, "".join(checks))


# GitHub


def test_the_workflow_is_valid() -> None:
    judge(whole().path, "actionlint", WORKFLOW)
    judge(whole().path, "check-jsonschema", "--builtin-schema", "vendor.github-workflows", WORKFLOW)


def test_zizmor_finds_nothing_in_what_github_runs() -> None:
    judge(whole().path, "zizmor", "--offline", "--no-config", "--persona=auditor", ".github")


def test_each_action_is_a_commit_with_its_version_beside_it() -> None:
    uses = re.findall(r"uses: (\S+)@(\S+) # (\S+)\n", whole().read(WORKFLOW))
    assert len(uses) == whole().read(WORKFLOW).count("uses:") == 6
    assert set(uses) == {
        ("actions/checkout", "3d3c42e5aac5ba805825da76410c181273ba90b1", "v7.0.1"),
        ("astral-sh/setup-uv", "20cfd1bf945f4377ade1205e4dbc17946fc9a30d", "v10.0.1"),
    }


def test_the_workflow_can_only_read_and_tests_every_python() -> None:
    workflow = yaml.safe_load(whole().read(WORKFLOW))
    assert workflow["permissions"] == {"contents": "read"}
    assert workflow["jobs"]["test"]["strategy"]["matrix"]["python"] == list(VERSIONS)
    required = tomllib.loads(whole().read("pyproject.toml"))["project"]["requires-python"]
    assert required == f">={VERSIONS[0]}"


def steps(job: str) -> list[str]:
    """Return the commands of a job."""
    job_steps = yaml.safe_load(whole().read(WORKFLOW))["jobs"][job]["steps"]
    return [step["run"] for step in job_steps if "run" in step]


def passes(folder: Path, command: str) -> str:
    done = shell(folder, command)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.mark.long
@pytest.mark.parametrize("job", ["check", "test"])
def test_the_steps_of_the_workflow_pass(project: Project, job: str) -> None:
    output = "".join(passes(project.path, command) for command in steps(job))
    assert {"check": "Success: no issues", "test": " passed"}[job] in output
    assert git(project.path, "status", "--porcelain") == ""


@pytest.mark.parametrize("job", ["check", "test"])
def test_the_workflow_wants_a_lock_and_says_how_to_get_one(project: Project, job: str) -> None:
    (project.path / "uv.lock").unlink()
    done = shell(project.path, steps(job)[0])
    assert done.returncode != 0
    assert "Unable to find lockfile" in done.stderr and "run `uv lock`" in done.stderr


@pytest.mark.long
def test_the_workflow_tests_the_wheel_and_not_the_source(project: Project) -> None:
    build, test = steps("wheel")
    passes(project.path, build)
    shutil.rmtree(project.path / "src")
    assert " passed" in passes(project.path, test)


@pytest.mark.parametrize("extras", [EXTRAS, ["dependabot"]])
def test_dependabot_knows_what_there_is(extras: list[str]) -> None:
    project = made(*extras)
    judge(project.path, "check-jsonschema", "--builtin-schema", "vendor.dependabot", DEPENDABOT)
    updates = yaml.safe_load(project.read(DEPENDABOT))["updates"]
    ecosystems = [update["package-ecosystem"] for update in updates]
    assert ecosystems == ["uv", *(name for name in ("github-actions", "docker") if name in extras)]
    assert {update["cooldown"]["default-days"] for update in updates} == {7}


# pre-commit


def test_the_hooks_are_valid() -> None:
    judge(whole().path, "pre-commit", "validate-config", ".pre-commit-config.yaml")


@pytest.mark.long
def test_git_refuses_a_commit_that_the_hooks_refuse(project: Project) -> None:
    done = shell(project.path, "uv run pre-commit install && uv run pre-commit run --all-files")
    assert done.returncode == 0 and done.stdout.count("Passed") == 3, done.stdout + done.stderr
    module = project.source / "handlers/home.py"
    wrong = 'NONE = None\nSAME = NONE == None\nNAME  =  1\nNUMBER: int = "1"\n'
    module.write_text(f"{module.read_text()}\n\n{wrong}")
    done = shell(project.path, "git commit -qam Wrong")
    failed = [line.split(".")[0] for line in done.stderr.splitlines() if "Failed" in line]
    assert (done.returncode, failed) == (1, ["ruff check", "ruff format", "mypy"]), done.stderr


# Docker


@pytest.mark.long
def test_a_container_has_a_route_for_its_health_check() -> None:
    living = Living(Template().path, extras=["docker"])
    assert ["GET", "/healthz", "healthz"] in living.served()
    living.assert_answers_are_true()
    assert living.update(add="GET /about html about") == []
    assert living.answers()["routes"].count("/healthz") == 1
    commit(living.path)
    assert living.refusal(drop="healthz") == (
        "docker asks for GET /healthz: keep it, or add another in the same update"
    )
    assert living.update(drop="healthz", add="GET /healthz json status") == []
    commit(living.path)
    assert living.update(drop="status", extras=[]) == []
    assert "/healthz" not in living.answers()["routes"]


@pytest.mark.parametrize(
    ("routes", "name"),
    [
        ("GET /healthz json status", "status"),
        ("GET /{page:path} html page", "healthz"),
        ("POST /healthz json healthz", "get_healthz"),
    ],
)
def test_a_route_for_the_health_check_is_added_if_there_is_none(routes: str, name: str) -> None:
    answers = yaml.safe_load(made("docker", routes=routes).read(".copier-answers.yml"))
    lines = [line.split() for line in answers["routes"].splitlines()]
    assert [line[-1] for line in lines if line[:2] == ["GET", "/healthz"]] == [name]


@pytest.mark.parametrize("server", SERVERS)
def test_the_dockerfile_is_valid(server: str) -> None:
    judge(made("docker", server=server, license="MIT").path, "hadolint", "Dockerfile")


@pytest.fixture(scope="module", params=SERVERS)
def image(request: pytest.FixtureRequest) -> Iterator[Image]:
    project = locked(generate(extras=["docker"], server=request.param, license="MIT"))
    yield Image(project.path, Path(tempfile.mkdtemp(dir=scratch())))


def test_the_image_serves_is_healthy_and_stops(image: Image, tmp_path: Path) -> None:
    """A container gets SIGTERM as process 1, which ignores a signal that it does not catch."""
    port = free_port()
    # One worker: another that still starts could miss the signal.
    variables = {"HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": "1"}
    app, before = Path(image.inside("/app")), contents(image)
    log = tmp_path / "log"
    with listening(image.command, app, log, port, **image.variables(**variables)) as process:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/notes/7")
        assert connection.getresponse().status == 200
        connection.close()
        assert image.run(image.health, **variables).returncode == 0
        site = Path(image.inside("/app/.venv/lib"))
        if not list(site.glob("python*/site-packages/waitress*")):  # it does not log requests
            assert until(lambda: "/healthz" in log.read_text(), 10)  # after its response
            assert "200" in log.read_text()
        caught = int(
            Path(f"/proc/{process.pid}/status").read_text().split("SigCgt:")[1].split()[0], 16
        )
        assert caught & 1 << (signal.SIGTERM - 1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0, log.read_text()
        assert not listens(port)
    assert image.run(image.health, **variables).returncode != 0
    assert contents(image) == before  # a user without rights can write nothing there


def contents(image: Image) -> dict[str, bytes]:
    """The files of an image, with the same names wherever it is."""
    files = [file for file in image.root.rglob("*") if file.is_file()]
    return {str(file.relative_to(image.root)): file.read_bytes() for file in files}


def test_the_image_is_small_and_its_user_has_no_rights(image: Image) -> None:
    assert int(image.user) > 0
    assert image.environment["HOST"] == "0.0.0.0"
    site = Path(image.inside("/app/.venv/lib")).glob("python*/site-packages/*.dist-info")
    installed = {folder.name.split("-")[0] for folder in site}
    assert len(installed) == 2 and "sample" in installed  # and the server
    assert not Path(image.inside("/app/src")).exists()


def test_the_image_has_the_newest_python_that_is_tested(image: Image) -> None:
    steps = parsed(image.project / "Dockerfile")
    bases = {step["value"].split()[0] for step in steps if step["instruction"] == "FROM"}
    listed = run(scratch(), str(TOOLS / "uv"), "python", "list", "--only-downloads", VERSIONS[-1])
    newest = re.findall(rf"cpython-({VERSIONS[-1]}\.\d+)-", listed.stdout)[0]
    assert bases == {f"python:{newest}-slim-trixie"}


def test_the_image_has_one_folder_for_data(image: Image) -> None:
    assert image.volumes == [image.environment["STATE_DIRECTORY"]] == ["/app/data"]


def test_the_example_of_the_settings_keeps_the_address_and_the_folder_of_the_image() -> None:
    """``docker run --env-file .env`` replaces what the Dockerfile says."""
    project = made("docker", features=["config"])
    lines = project.read(".env.example").splitlines()
    given = dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")
    steps = {step["instruction"]: step["value"] for step in parsed(project.path / "Dockerfile")}
    image = dict(word.split("=", 1) for word in steps["ENV"].split())
    assert Path(steps["WORKDIR"], given["STATE_DIRECTORY"]) == Path(image["STATE_DIRECTORY"])
    assert given["PORT"] == image["PORT"]
    assert "HOST" not in given


@pytest.mark.long
def test_two_images_of_one_project_have_the_same_files(tmp_path: Path) -> None:
    project = locked(generate(extras=["docker"], server="waitress"))
    first = Image(project.path, tmp_path / "image")
    files = contents(first)
    first.root.rename(tmp_path / "first")
    for file in [*project.path.rglob("*.py"), *project.path.glob("*")]:
        os.utime(file, (10**9, 10**9))
    shutil.rmtree(tmp_path / "image")  # the same place again: it is in the scripts of .venv
    assert contents(Image(project.path, tmp_path / "image")) == files


@pytest.mark.long
def test_an_image_has_what_changed_since_the_last_one(tmp_path: Path) -> None:
    project = locked(generate(extras=["docker"], server="waitress"))
    Image(project.path, tmp_path / "before")
    handler = project.source / "handlers/home.py"
    handler.write_text(handler.read_text().replace("home", "HOME"))
    files = contents(Image(project.path, tmp_path / "after"))
    [name] = [name for name in files if name.endswith("handlers/home.py")]
    assert b"HOME" in files[name]


def test_without_a_lock_or_with_an_old_one_there_is_no_image() -> None:
    project = generate(extras=["docker"])
    folder = Path(tempfile.mkdtemp(dir=scratch()))
    with pytest.raises(FileNotFoundError, match="uv.lock"):
        Image(project.path, folder / "without")
    settings = locked(project).path / "pyproject.toml"
    new = '    # What yours need:\n    "multipart>=1.3",\n'
    settings.write_text(settings.read_text().replace("    # What yours need:\n", new))
    with pytest.raises(AssertionError, match="needs to be updated"):
        Image(project.path, folder / "old")


@pytest.mark.parametrize("status", [200, 302, 404, 500, 503])
def test_a_status_of_400_or_above_is_not_healthy(status: int) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.handle_request).start()
        done = check(made("docker"), PORT=str(server.server_port))
    assert (done.returncode == 0) == (status < 400), done.stderr


def check(project: Project, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the health check of a project's Dockerfile."""
    steps = parsed(project.path / "Dockerfile")
    [check] = [step for step in steps if step["instruction"] == "HEALTHCHECK"]
    python, *arguments = json.loads(check["value"].partition("CMD ")[2])
    assert python == "python"
    return run(scratch(), sys.executable, *arguments, **variables)


@pytest.mark.parametrize("hosts", ["", "example.org", "*.example.org, example.org", "[::1]"])
def test_the_health_check_asks_for_a_host_that_is_trusted(hosts: str, tmp_path: Path) -> None:
    project = made("docker", server="waitress", middleware=["trusted_hosts"])
    port = free_port()
    variables = {"PORT": str(port), "TRUSTED_HOSTS": hosts}
    command = [sys.executable, "-m", "sample"]
    with listening(command, project.source.parent, tmp_path / "log", port, **variables):
        assert check(project, **variables).returncode == 0
        assert check(project, **variables | {"TRUSTED_HOSTS": "other.example"}).returncode != 0
