"""The generated project that the probes ask: every route of routes.txt, handlers of their own."""

import importlib
import shutil
import sys
from pathlib import Path
from typing import Any

from projects import Project, generate

APPS = Path(__file__).parent / "apps"
PACKAGE = "sample"


def make(**answers: Any) -> Project:
    """Generate it; `answers` choose a server or a dispatcher."""
    routes = (APPS / "routes.txt").read_text("utf-8")
    project = generate(routes=routes, features=["etags", "cookies"], **answers)
    shutil.copy(APPS / "handlers.py", project.source / "handlers" / "probe.py")
    return project


def load(project: Project) -> Any:
    """Its application, imported into this process under a name that is free again afterwards."""
    source = str(project.path / "src")
    sys.path.insert(0, source)
    try:
        return importlib.import_module(project.package).application
    finally:
        sys.path.remove(source)
        for name in [name for name in sys.modules if name.split(".")[0] == project.package]:
            del sys.modules[name]
