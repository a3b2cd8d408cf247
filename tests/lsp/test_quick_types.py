"""The classes of the protocol that the server imports quickly are as those of lsprotocol."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
if sys.argv[1] == "quick":
    import agentls.lsp.quick_types
from lsprotocol import types as t
edit = t.TextEdit(t.Range(t.Position(1, 2), t.Position(3, 4)), "x")
print(edit, t.InitializedParams(), t.ServerInfo("a", version=None), edit == t.TextEdit(edit.range, "x"))
print(sorted(name for name, each in vars(t).items() if isinstance(each, type)))
"""


def shown(how: str) -> str:
    command = [sys.executable, "-c", PROGRAM, how]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_they_have_the_same_text_and_the_same_equality() -> None:
    assert shown("quick") == shown("plain")


def test_the_server_imports_them_before_all_others() -> None:
    program = "import agentls.lsp.serve as s; from lsprotocol import types as t; print(t.TextEdit.__repr__.__module__)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "agentls.lsp.quick_types"
