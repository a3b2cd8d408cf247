"""The tables: one YAML file per dialect, and a few that several dialects share.

Parsing YAML takes longer than checking a file, so a table is compiled when it is first used, as Python compiles a
module: into `__pycache__` beside it, if that can be written.
"""

from __future__ import annotations

import marshal
import os
import sys
from typing import Any

from agentls.text.yaml_tree import load_yaml

_FOLDER = os.path.dirname(__file__)  # Loading `pathlib` takes as long as this does.
_MARSHAL_VERSION = 4


def read_table(name: str) -> str:
    """The text of the table `name`, without its ending. Raises `OSError` for one that does not exist."""
    with open(f"{_FOLDER}/{name}.yaml", encoding="utf-8") as opened:
        return opened.read()


def load_table(name: str) -> Any:
    """The plain data of the table `name`, which the caller may change. Raises `OSError` for one that does not
    exist."""
    status = os.stat(f"{_FOLDER}/{name}.yaml")
    stamp = [status.st_mtime_ns, status.st_size]
    file = f"{_FOLDER}/__pycache__/{name}.{sys.implementation.cache_tag}.table"
    try:
        with open(file, "rb") as opened:
            compiled_from, data = marshal.loads(opened.read())  # It is as safe as a module beside it.
        if compiled_from == stamp:
            return data
    except (OSError, ValueError, EOFError, TypeError):
        pass
    data = load_yaml(read_table(name))
    if not sys.dont_write_bytecode:
        _write(file, (stamp, data))
    return data


def _write(file: str, compiled: Any) -> None:
    """Write a compiled table so that nobody reads a part of it; nothing happens where that is not possible."""
    temporary = f"{file}.{os.getpid()}"
    try:
        content = marshal.dumps(compiled, _MARSHAL_VERSION)
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(temporary, "wb") as opened:
            opened.write(content)
        os.replace(temporary, file)
    except (OSError, ValueError):
        return
