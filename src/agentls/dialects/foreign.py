"""The types of facts about names that belong to other formats."""

from collections.abc import Mapping
from types import MappingProxyType

from agentls.text.named_tuples import NamedTuple


class ForeignKey(NamedTuple):
    """A key of another format. `replacement` is the key to write instead, and `is_misspelling` marks a mere
    misspelling of it, whose value needs no change.

    Most of them are derived from the crosswalk, which also defines whether `replacement` means the same
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
    """A tool name of another product, and the most similar tools of this format (`replacements`).

    Most of them are derived from the crosswalk, which also defines whether the replacement is the same tool under
    another name (`is_equivalent`), and in which `formats` the name exists. `accepted_by` are the runtimes of this
    format that accept the name nevertheless.
    """

    name: str
    owner: str
    replacements: tuple[str, ...] = ()
    is_equivalent: bool = False
    formats: tuple[str, ...] = ()
    accepted_by: tuple[str, ...] = ()


class ForeignModel(NamedTuple):
    """The name of a model as another format writes it. `replacement` is the name to write instead ("" if this
    format has no such model), and `provider` the prefix of `name` that this format does not use."""

    name: str
    owner: str = ""
    replacement: str = ""
    provider: str = ""
