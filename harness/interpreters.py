"""The Pythons of this machine other than the one that runs the tests."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

VERSIONS = ("3.11", "3.12", "3.13", "3.14")
PYENV = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
UV = Path.home() / ".local/share/uv/python"


def _find(version: str) -> Path | None:
    """One on the PATH, or one that pyenv or uv has installed."""
    on_path = shutil.which(f"python{version}")
    installed = [
        *PYENV.glob(f"{version}.*/bin/python"),
        *UV.glob(f"cpython-{version}.*/bin/python"),
    ]
    for candidate in ([Path(on_path)] if on_path else []) + installed:
        if _version_of(candidate) == version:
            return candidate
    return None


def _version_of(candidate: Path) -> str:
    show = "import sys; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([candidate, "-c", show], capture_output=True, text=True)
    return done.stdout.strip()


CURRENT = f"{sys.version_info.major}.{sys.version_info.minor}"
OTHERS = {
    version: found for version in VERSIONS if version != CURRENT and (found := _find(version))
}
MISSING = [version for version in VERSIONS if version not in OTHERS and version != CURRENT]
