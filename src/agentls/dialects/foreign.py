"""The types of what is known about names that belong to other formats."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class ForeignKey(NamedTuple):
    """A key of another kind of file. `replacement` is the key to write here instead, `is_misspelling` marks a
    plain misspelling of it (the value can stay as it is).

    Most of them follow from the crosswalk, which also tells whether `replacement` means the same
    (`is_equivalent`), how values translate (`value_map`), and in which `formats` the key exists.
    """

    name: str
    owner: str = ""
    replacement: str = ""
    is_misspelling: bool = False
    note: str = ""
    is_equivalent: bool = False
    value_map: Mapping[str, str] = MappingProxyType({})
    formats: tuple[str, ...] = ()


class ForeignTool(NamedTuple):
    """A tool name of another product, and what comes nearest here.

    Most of them follow from the crosswalk, which also says whether that is the `is_equivalent` tool by another
    name, and in which `formats` the name exists. `accepted_by` are the runtimes that understand it all
    the same.
    """

    name: str
    owner: str
    replacements: tuple[str, ...] = ()
    is_equivalent: bool = False
    formats: tuple[str, ...] = ()
    accepted_by: tuple[str, ...] = ()


class ForeignModel(NamedTuple):
    """The name of a model as another format writes it. `replacement` is what to write here ("" if there is
    nothing like it), `provider` what stands in front of it that is not wanted here."""

    name: str
    owner: str = ""
    replacement: str = ""
    provider: str = ""
