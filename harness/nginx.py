"""A real nginx on the loopback interface, with a block of configuration that a page shows."""

import re
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.client import HTTPSConnection
from pathlib import Path
from typing import NamedTuple

import trustme

from harness import debian
from harness.projects import run, scratch
from harness.serving import free_port, listening

CLIENT = "127.0.0.2"  # the whole of 127.0.0.0/8 is this machine, and nginx is 127.0.0.1
# A server on the machine has these: where it keeps its files, and nothing about requests.
AROUND = """
user root;  # ignored unless the tests run as root: then the folder is root's
daemon off;
pid nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
{block}
}}
"""


class Nginx(NamedTuple):
    """A running nginx: the port that it listens on, and the folder with its nginx.conf."""

    port: int
    folder: Path

    def control(self, command: str) -> None:
        """Run a command that edits the configuration and reloads it, as a page shows it."""
        file = self.folder / "nginx.conf"
        before, command = file.read_text("utf-8"), re.sub(r"/etc/nginx/\S+", str(file), command)
        options = f"-p {self.folder} -c nginx.conf -e stderr"
        script = f'nginx() {{ {debian.command("nginx")} {options} "$@"; }}\n{command}'
        done = run(self.folder, "bash", "-ec", script)
        assert done.returncode == 0, done.stderr
        assert file.read_text("utf-8") != before


@cache
def _authority() -> trustme.CA:
    return trustme.CA()


@cache
def _trust() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    _authority().configure_trust(context)
    return context


def connect(port: int) -> HTTPSConnection:
    """Return a connection to nginx, from an address of its own."""
    source = (CLIENT, 0)
    return HTTPSConnection("127.0.0.1", port, timeout=10, context=_trust(), source_address=source)


@contextmanager
def front(block: str, servers: dict[int, int]) -> Iterator[Nginx]:
    """Run nginx with a block of a page.

    Only the addresses and the certificate are changed: ``servers`` are the ports in the block, and
    those to use instead.
    """
    port = free_port()
    folder = Path(tempfile.mkdtemp(prefix="nginx-", dir=scratch()))
    certificate = _authority().issue_cert("127.0.0.1")
    certificate.private_key_and_cert_chain_pem.write_to_path(folder / "both.pem")
    changes = {
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        r"(ssl_certificate(?:_key)?) [^;]+;": r"\1 both.pem;",
        **{rf"(127\.0\.0\.1):{old}\b": rf"\1:{new}" for old, new in servers.items()},
    }
    for old, new in changes.items():
        block, count = re.subn(old, new, block)
        assert count, f"the block does not have {old}"
    (folder / "nginx.conf").write_text(AROUND.format(block=block), "utf-8")
    words = [debian.command("nginx"), "-p", str(folder), "-c", "nginx.conf", "-e", "stderr"]
    with listening(words, folder, folder / "log", port):
        yield Nginx(port, folder)
