"""The development server: ``python -m`` and the package's name."""

import argparse
import json
import os
from importlib.resources import files
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIServer, make_server

from . import application

METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "trace")


class Server(ThreadingMixIn, WSGIServer):
    """A server with a thread for each connection, so that a stream does not block the others."""

    daemon_threads = True


def routes() -> list[str]:
    """Return a line for each route in openapi.json: method, path and handler."""
    document: Any = json.loads(files(__package__).joinpath("openapi.json").read_text("utf-8"))
    return [
        f"  {method.upper():<7} {path:<32} {operation.get('operationId', '')}".rstrip()
        for path, item in document.get("paths", {}).items()
        if path.startswith("/")
        for method, operation in item.items()
        if method in METHODS
    ]


def serve(host: str, port: int) -> WSGIServer:
    """Return a server that listens on ``host`` and ``port`` (0 takes any free one)."""
    try:
        return make_server(host, port, application, Server)
    except (OSError, OverflowError) as error:
        raise SystemExit(f"cannot use {host}:{port} ({error}): choose another --port") from error


def main() -> None:
    """Serve until Ctrl+C."""
    parser = argparse.ArgumentParser(description="Serve the application for development.")
    host, port = os.environ.get("HOST") or "127.0.0.1", os.environ.get("PORT") or "8000"
    parser.add_argument("--host", default=host, help="the address (HOST, or %(default)s)")
    parser.add_argument("--port", default=port, type=int, help="the port (PORT, or %(default)s)")
    options = parser.parse_args()
    with serve(options.host, options.port) as server:
        url = f"http://{options.host}:{server.server_port}/"
        print(f"{url} (Ctrl+C stops)", *routes(), sep="\n", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main()
