"""Raw HTTP/1.1 over a socket: a client library would hide what the tests look at."""

import socket
import time
from typing import NamedTuple

DEADLINE = 8.0


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes
    whole: bool  # whether its end was seen: by length, by the last chunk


class Hangs(Exception):
    """Nothing came until the deadline."""


class Connection:
    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE)
        self.received = b""
        self.continued = False
        self.end = time.monotonic() + DEADLINE

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *error: object) -> None:
        self.socket.close()

    def send(self, sent: bytes) -> None:
        """A server that refuses early may close before it has all."""
        try:
            self.socket.sendall(sent)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def finish(self) -> None:
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def more(self) -> bool:
        """Read on; whether there was anything."""
        self.socket.settimeout(max(0.01, self.end - time.monotonic()))
        try:
            chunk = self.socket.recv(65_536)
        except TimeoutError as error:
            raise Hangs from error
        except ConnectionResetError:
            return False
        self.received += chunk
        return bool(chunk)

    def until(self, mark: bytes) -> bytes | None:
        while mark not in self.received:
            if not self.more():
                return None
        found, _, self.received = self.received.partition(mark)
        return found

    def take(self, size: int) -> bytes:
        while len(self.received) < size and self.more():
            pass
        found, self.received = self.received[:size], self.received[size:]
        return found

    def rest(self) -> bytes:
        while self.more():
            pass
        return self.received

    def waits(self, seconds: float = 2.0) -> bool:
        """Whether nothing comes for a while, and the connection stays open."""
        end, self.end = self.end, time.monotonic() + seconds
        try:
            self.more()
        except Hangs:
            return True
        finally:
            self.end = end
        return False

    def reply(self, head: bool = False) -> Reply | None:
        """The next response; None if the connection ends without one."""
        lines = self.until(b"\r\n\r\n")
        if lines is None:
            return None
        first, *others = lines.decode("latin-1").split("\r\n")
        headers = {}
        for line in others:
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        status = int(first.split(" ")[1])
        if status == 100:
            self.continued = True
            return self.reply(head)
        if head or status in (204, 304):
            return Reply(status, headers, b"", True)
        if "chunked" in headers.get("transfer-encoding", ""):
            return Reply(status, headers, *self.chunks())
        if "content-length" in headers:
            size = int(headers["content-length"])
            body = self.take(size)
            return Reply(status, headers, body, len(body) == size)
        return Reply(status, headers, self.rest(), False)

    def chunks(self) -> tuple[bytes, bool]:
        body = b""
        while True:
            size = self.until(b"\r\n")
            if size is None:
                return body, False
            length = int(size.partition(b";")[0], 16)
            body += self.take(length)
            if self.until(b"\r\n") is None:
                return body, False
            if not length:
                return body, True


def request(
    method: str, target: str, *headers: str, body: bytes = b"", close: bool = True
) -> bytes:
    lines = [f"{method} {target} HTTP/1.1", "Host: localhost", *headers]
    lines += ["Connection: close"] if close else []
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def ask(port: int, sent: bytes, head: bool = False) -> Reply | None:
    with Connection(port) as connection:
        connection.send(sent)
        return connection.reply(head)
