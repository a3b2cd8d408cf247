"""The classes of `lsprotocol`, imported in two thirds of the time.

Importing them takes longer than everything else until the first diagnostics. A third of it is that attrs compiles a
`__repr__` for each of the 554 classes, although only logs need one. Here all classes share a function with the same
result. The module must be imported before any other that imports `lsprotocol`.
"""

from __future__ import annotations

from functools import partial
from types import ModuleType
from typing import Any

import attrs


def _import_types() -> ModuleType:
    define: Any = attrs.define
    attrs.define = partial(define, repr=False)
    try:
        from lsprotocol import types
    finally:
        attrs.define = define
    return types


def _repr(instance: Any) -> str:
    """Return what attrs would: the name of the class, and its fields."""
    cls = type(instance)
    fields = ", ".join(f"{field.name}={getattr(instance, field.name)!r}" for field in attrs.fields(cls))
    return f"{cls.__qualname__}({fields})"


for _class in vars(_import_types()).values():
    if isinstance(_class, type) and attrs.has(_class) and _class.__repr__ is object.__repr__:
        _class.__repr__ = _repr  # type: ignore[method-assign]
