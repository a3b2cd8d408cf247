"""Tells what is missing before a release: `python tools/release/ready.py TAG`; exit code 1 if something is."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


def missing(tag: str) -> Iterator[str]:
    """Yield what must be done before the commit with this tag can be released."""
    package = ROOT / "src" / "agentls"
    version = runpy.run_path(str(package / "__init__.py"))["__version__"]
    if tag != f"v{version}":
        yield f"the tag is {tag}, but the version in src/agentls/__init__.py is {version}"
    owner = runpy.run_path(str(package / "owner.py"))
    for name in ("PUBLISHER", "REPOSITORY", "SITE"):
        if not owner[name]:
            yield f"{name} in src/agentls/owner.py is empty"
    if f"## {version} (unreleased)" in (ROOT / "CHANGELOG.md").read_text("utf-8"):
        yield f"CHANGELOG.md calls {version} unreleased"


if __name__ == "__main__":
    found = list(missing(sys.argv[1]))
    sys.exit("\n".join(found) if found else 0)
