"""The generated project that the probes ask: with routes and handlers of their own."""

import importlib
import shutil
import sys
from typing import Any

from harness.projects import INSIDE, Project, generate


def make(**answers: Any) -> Project:
    """Generate it; `answers` choose a server or a dispatcher."""
    routes = (INSIDE / "probe_routes.txt").read_text("utf-8")
    project = generate(routes=routes, features=["cookies"], middleware=["etags"], **answers)
    shutil.copy(INSIDE / "probe_handlers.py", project.source / "handlers" / "probe.py")
    return project


def load(project: Project) -> Any:
    """Its application."""
    [package] = modules(project, "")
    return package.application


def modules(project: Project, *names: str) -> list[Any]:
    """Modules of its package, imported into this process under a name that is free afterwards."""
    source = str(project.path / "src")
    sys.path.insert(0, source)
    try:
        return [importlib.import_module(f"{project.package}.{n}".rstrip(".")) for n in names]
    finally:
        sys.path.remove(source)
        for name in [name for name in sys.modules if name.split(".")[0] == project.package]:
            del sys.modules[name]
