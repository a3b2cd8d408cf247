"""The types of what is known about names that belong to other formats."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class ForeignKey(NamedTuple):
    """A key of another kind of file. `use` is the key to write here instead, `alias` marks a
    plain misspelling of it (the value can stay as it is).

    Most of them follow from the crosswalk, which also says whether `use` is the `same` thing by another
    name, what becomes of its `words`, and in which `formats` the key exists.
    """

    name: str
    of: str = ""
    use: str = ""
    alias: bool = False
    note: str = ""
    same: bool = False
    words: Mapping[str, str] = MappingProxyType({})
    formats: tuple[str, ...] = ()


class ForeignTool(NamedTuple):
    """A tool name of another product, and what comes nearest here.

    Most of them follow from the crosswalk, which also says whether that is the `same` tool by another
    name, and in which `formats` the name exists. `works` are the runtimes that understand it all
    the same.
    """

    name: str
    of: str
    now: tuple[str, ...] = ()
    same: bool = False
    formats: tuple[str, ...] = ()
    works: tuple[str, ...] = ()


class ForeignModel(NamedTuple):
    """The name of a model as another format writes it. `use` is what to write here ("" if there is
    nothing like it), `provider` what stands in front of it that is not wanted here."""

    name: str
    of: str = ""
    use: str = ""
    provider: str = ""
