"""Where a project's files are: after the first release, none moves."""

from harness.projects import generate
from harness.shapes import EXTRAS, MIDDLEWARE

SERVERS = {
    "gunicorn": "gunicorn.conf.py",
    "uwsgi": "uwsgi.ini",
    "waitress": "serve.py",
    "granian": "serve.py",
}


def test_no_file_of_a_project_has_moved() -> None:
    """Copier deletes a file that has moved, with its owner's edits: PATHS only grows."""
    found: set[str] = set()
    for dispatcher, server in zip(["ladder", "tree", "tree", "tree"], SERVERS, strict=True):
        project = generate(
            routes="GET /a sse,csv,ndjson; POST /b multipart>json",
            dispatcher=dispatcher,
            server=server,
            license="MIT",
            extras=EXTRAS,
            features=["cookies", "openapi", "config"],
            middleware=MIDDLEWARE,
        )
        found |= set(project.files())
        assert SERVERS[server] in found
    assert found == PATHS


PATHS = set(
    """
.copier-answers.yml
.dockerignore
.env.example
.gitattributes
.github/dependabot.yml
.github/workflows/ci.yml
.gitignore
.pre-commit-config.yaml
AGENTS.md
Dockerfile
LICENSE
OPERATIONS.md
README.md
gunicorn.conf.py
pyproject.toml
serve.py
src/sample/__init__.py
src/sample/__main__.py
src/sample/bare.py
src/sample/config.py
src/sample/cookies.py
src/sample/csv_rows.py
src/sample/dispatch.py
src/sample/errors.py
src/sample/handlers/a.py
src/sample/handlers/b.py
src/sample/handlers/healthz.py
src/sample/middleware/access_log.py
src/sample/middleware/cors.py
src/sample/middleware/etags.py
src/sample/middleware/gzip.py
src/sample/middleware/mount.py
src/sample/middleware/proxy.py
src/sample/middleware/request_id.py
src/sample/middleware/security_headers.py
src/sample/middleware/trusted_hosts.py
src/sample/middleware/wrapping.py
src/sample/ndjson.py
src/sample/openapi.json
src/sample/py.typed
src/sample/request.py
src/sample/response.py
src/sample/routes.py
src/sample/sse.py
src/sample/uploads.py
tests/client.py
tests/examples.py
tests/test_a.py
tests/test_b.py
tests/test_config.py
tests/test_contract.py
tests/test_cookies.py
tests/test_csv_rows.py
tests/test_dispatch.py
tests/test_healthz.py
tests/test_http.py
tests/test_middleware_access_log.py
tests/test_middleware_cors.py
tests/test_middleware_etags.py
tests/test_middleware_gzip.py
tests/test_middleware_mount.py
tests/test_middleware_proxy.py
tests/test_middleware_request_id.py
tests/test_middleware_security_headers.py
tests/test_middleware_trusted_hosts.py
tests/test_middleware_wrapping.py
tests/test_ndjson.py
tests/test_openapi.py
tests/test_sse.py
tests/test_uploads.py
tests/test_wiring.py
uwsgi.ini
""".split()
)
