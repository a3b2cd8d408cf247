"""What import-linter cannot check of the architecture: what is loaded when, and how modules are named and sized.

The layers are contracts in `pyproject.toml`, which `lint-imports` checks as a part of `make test`.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import agentls.lsp
import dependency_check
from agentls.linter.rules import LATE_MODULES

PACKAGE = Path(agentls.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))


def test_the_map_of_the_code_has_the_order_of_the_layers() -> None:
    packages = re.findall(r"^- `(\w+)`", agentls.__doc__ or "", re.MULTILINE)
    layers = dependency_check.project()["tool"]["importlinter"]["contracts"][0]["layers"]
    assert packages == layers[::-1]


def test_the_map_of_the_server_has_the_order_of_its_layers() -> None:
    lines = [line.partition(":")[0] for line in (agentls.lsp.__doc__ or "").splitlines() if line[:2] == "- "]
    contracts = dependency_check.project()["tool"]["importlinter"]["contracts"]
    (layers,) = [each["layers"] for each in contracts if each.get("containers") == ["agentls.lsp"]]
    assert [set(re.findall(r"\w+", line)) for line in lines] == [
        set(re.findall(r"\w+", row)) for row in layers[::-1]
    ]


def test_no_two_modules_share_a_name() -> None:
    names = Counter(path.name for path in MODULES if path.name != "__init__.py")
    assert [name for name, count in names.items() if count > 1] == []


@pytest.mark.parametrize(
    "heavy", ["pygls", "lsprotocol", "rich", "rapidfuzz", "frontmatter", "asyncio", "json"]
)
def test_the_checks_load_nothing_heavy(heavy: str) -> None:
    program = f"import sys, agentls.linter.check, agentls.document.locate; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


READERS = {"workspace/regular_files.py", "dialects/tables/__init__.py"}
"""The modules that open files to read them: any files, and those of the package itself."""


def test_files_are_opened_in_one_place() -> None:
    opened = set()
    for module in MODULES:
        for call in ast.walk(ast.parse(module.read_bytes())):
            if not isinstance(call, ast.Call) or not re.fullmatch(_OPENS, ast.unparse(call.func)):
                continue
            modes = [*call.args[1:2], *(each.value for each in call.keywords if each.arg == "mode")]
            if not any(re.search(_WRITES, ast.unparse(mode)) for mode in modes):
                opened.add(module.relative_to(PACKAGE).as_posix())
    assert opened == READERS


_OPENS = r"open|(?:io|os)\.(?:open|fdopen)|(?!disk\.).*\.(?:read_text|read_bytes)"
_WRITES = r"'[wxa]|WRONLY"


@pytest.fixture(scope="module")
def modules_of_a_check(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The modules that are loaded after a check of an ordinary file for a program, in the order of their start."""
    file = tmp_path_factory.mktemp("check") / "reviewer.md"
    file.write_text("---\nname: reviewer\ndescription: Reviews code.\n---\n\nYou review code.\n", "utf-8")
    program = "import sys; from agentls.cli.main import main; main(sys.argv[1:]); print(*sys.modules)"
    options = ["--no-project", "--dialect", "claude-code", "--output-format", "json"]
    command = [sys.executable, "-c", program, "check", *options, str(file)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return output.splitlines()[-1].split()


_LATE = (
    *(f"agentls.linter.rules.{name}" for name in LATE_MODULES),
    *(
        "agentls.cli.blocks",
        "agentls.cli.text_output",
        "agentls.cli.overlooked_files",
        "agentls.cli.project_files",
    ),
    *("agentls.cli.result_cache", "agentls.project.index", "agentls.dialects.validation"),
    *("anyio", "dataclasses", "inspect", "logging", "mcp", "pathlib", "rapidfuzz", "rich", "tomllib"),
)


@pytest.mark.parametrize("late", _LATE)
def test_an_ordinary_file_is_checked_without(late: str, modules_of_a_check: list[str]) -> None:
    assert late not in modules_of_a_check


def test_yaml_is_imported_before_the_modules_that_need_it(modules_of_a_check: list[str]) -> None:
    assert modules_of_a_check.index("yaml") < modules_of_a_check.index("agentls.cli.check_command")


def test_modules_are_of_a_size_to_read() -> None:
    sizes = {str(p.relative_to(PACKAGE)): len(p.read_text("utf-8").splitlines()) for p in MODULES}
    code = {name: size for name, size in sizes.items() if not name.startswith("linter/rules/")}
    assert {name: size for name, size in code.items() if size > 500} == {}


@pytest.mark.parametrize("late", ["session", "requests", "settings", "convert"])
def test_the_server_starts_without_the_core(late: str) -> None:
    program = f"import sys, agentls.lsp.serve; sys.exit('agentls.lsp.{late}' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_server_starts_without_the_linter() -> None:
    program = "import sys, agentls.lsp.serve; sys.exit('agentls.linter' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
