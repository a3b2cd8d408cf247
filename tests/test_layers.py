"""The architecture, held: who may import whom, and what is loaded when."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import agentls

PACKAGE = Path(agentls.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
LAYERS = re.findall(r"^- `(\w+)`", agentls.__doc__ or "", re.MULTILINE)


def layer(path: Path) -> str:
    """The top-level module or package that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """The modules that a file imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_the_map_names_every_module() -> None:
    assert {layer(path) for path in MODULES} - {"__init__", "__main__"} == set(LAYERS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_from_above(path: Path) -> None:
    if path.parent == PACKAGE and path.stem in ("__init__", "__main__"):
        return
    allowed = LAYERS[: LAYERS.index(layer(path)) + 1]
    ours = {name.split(".")[1] for name in imports(path) if name.startswith("agentls.")} - {"__version__"}
    assert ours <= set(allowed), f"{path.name} imports from below: {sorted(ours - set(allowed))}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_edges_know_the_outside(path: Path) -> None:
    names = {name.split(".")[0] for name in imports(path)}
    if layer(path) != "lsp":
        assert not names & {"pygls", "lsprotocol"}
    # The dialects read their own tables.
    if layer(path) not in ("lsp", "workspace", "cli", "dialects"):
        assert not names & {"os", "pathlib", "subprocess", "socket", "io", "tempfile"}


@pytest.mark.parametrize(
    "heavy", ["pygls", "lsprotocol", "rich", "pathspec", "rapidfuzz", "frontmatter", "asyncio", "json"]
)
def test_the_checks_load_nothing_heavy(heavy: str) -> None:
    program = f"import sys, agentls.linter.check, agentls.document.locate; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_modules_are_of_a_size_to_read() -> None:
    sizes = {str(p.relative_to(PACKAGE)): len(p.read_text("utf-8").splitlines()) for p in MODULES}
    code = {name: size for name, size in sizes.items() if not name.startswith("linter/rules/")}
    assert {name: size for name, size in code.items() if size > 500} == {}
