"""Run a command of the README's first screen, as it stands there.

`serve` runs the one that writes a project and serves it, with an empty home, twice: `GET /` must be
200, and Ctrl+C must end it. `test` runs the one that installs and passes the tests.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parent.parent
SCREEN = (ROOT / "README.md").read_text("utf-8").partition("\n## ")[0]
SERVE, TEST = re.findall(r"(?s)```console\n\$ (.*?)\n```", SCREEN)
[URL] = re.findall(r"<(http://\S+)>", SCREEN)


def status() -> int:
    """Return the status of `GET /`, or 0 if nobody listens."""
    try:
        with urlopen(URL, timeout=10) as response:
            return int(response.status)
    except URLError:
        return 0


def serves_and_ends(home: str) -> None:
    if status():
        sys.exit(f"something else serves {URL}")
    print("$", SERVE, flush=True)
    # The shell and all that it starts are a group of their own, which Ctrl+C reaches as a whole.
    words = ["bash", "-c", SERVE]
    environment = {**os.environ, "HOME": home}
    process = subprocess.Popen(words, cwd=ROOT, env=environment, start_new_session=True)
    try:
        end = time.monotonic() + 300
        while not (seen := status()) and process.poll() is None and time.monotonic() < end:
            time.sleep(0.1)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        code = process.wait(10)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    if (seen, code) != (200, 0):
        sys.exit(f"GET {URL} was {seen}, and the command ended with {code}: not 200 and 0")


def main(what: str) -> None:
    # What is ignored here, as in a shell's background, would be ignored in the server, too.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if what == "serve":
        with tempfile.TemporaryDirectory() as home:
            serves_and_ends(home)
            serves_and_ends(home)
    else:
        print("$", TEST, flush=True)
        sys.exit(subprocess.call(["bash", "-c", TEST], cwd=ROOT))


main(sys.argv[1])
