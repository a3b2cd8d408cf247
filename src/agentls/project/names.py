"""Names of a file: its definitions and references, which the index consists of.

A `Definition` is a named agent, skill, command or MCP server. A `Reference` is a use of such a name, or the path
of another file. Both are plain data without the text, small enough for an index of ten thousand files.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern

NameKind = Literal["agent", "skill", "command", "server", "file", "any"]
"""The kind of thing that a name belongs to.

A reference in prose can be to "any" of the first three. The name of a reference to a "file" is the full path, so
that `Index.find_by_name(path)` finds it; the file need not exist. If the base of a relative path is unknown, there
is one reference for each possible base, with the same span."""

ReferenceForm = Literal[
    "key",
    "tool",
    "permission",
    "mention",
    "argument",
    "call",
    "labelled",
    "code",
    "word",
    "noun",
    "item",
    "link",
]
"""How a reference is written.

- key: in the value of a key
- tool: in a list of tools, as in `Agent(x)` or `mcp__x__tool`
- permission: in a permission rule
- mention: `@agent-x`
- argument: `subagent_type: x`
- call: `Agent(x)` in the prompt
- labelled: in backticks next to the noun for its kind, as in "the `planner` agent"
- code: in backticks, or after `/` or `@`
- word: a hyphenated word in prose
- noun: next to the noun for its kind, as in "the planner agent", or after a verb of delegation
- item: in bold
- link: a path"""

_NOT_IN_TOOL_NAME = lazy_pattern(r"[^A-Za-z0-9_-]")

DEFINITE_FORMS: frozenset[ReferenceForm] = frozenset(
    ("key", "tool", "permission", "mention", "argument", "call")
)
"""The forms that are references even if the name is unresolved. The others are references if it is resolved."""


class Definition(NamedTuple):
    """A named agent, skill, command or MCP server.

    `name` is without its `qualifier`, which is that of a plugin (`plugin` or `plugin:folder`), the folders of a
    command, or "". `span` is the name in the file, empty at 0 if the name comes from the path. `base_folder` is
    the folder that its place is relative to. `runtimes` read it, the owner of the folder first; `loads` tells
    whether that one loads it. `tools` are the tools that it may use, `None` for all. `is_entry` tells whether it
    is an entry in a file, such as a server in `.mcp.json`, and not the file as a whole. `model_invocable` tells
    whether a model receives its description and can start it. `label` is the `name` of a skill that is named after
    its folder, "" if it is the same; agents can preload the skill by it.
    """

    kind: NameKind
    name: str
    qualifier: str
    path: str
    span: Span
    description: str
    base_folder: str
    dialect: str
    runtimes: tuple[str, ...]
    loads: bool = True
    tools: tuple[str, ...] | None = None
    is_entry: bool = False
    model_invocable: bool = True
    label: str = ""

    @property
    def all_names(self) -> tuple[str, ...]:
        """The names that references may use, its own first. In the names of its tools, special characters in the
        name of a server become `_`, and the server of a plugin has the plugin as a prefix."""
        if self.kind != "server":
            return (self.name, self.label) if self.label else (self.name,)
        plugin = name_in_tools(f"plugin_{self.qualifier}_{self.name}") if self.qualifier else self.name
        return tuple(dict.fromkeys((self.name, name_in_tools(self.name), plugin)))

    @property
    def full_name(self) -> str:
        """The name with its qualifier, as it is used outside its plugin."""
        return f"{self.qualifier}:{self.name}" if self.qualifier else self.name


class Reference(NamedTuple):
    """A use of a name: `span` covers the name without its `qualifier` ("" for none). For a path, `span` covers the
    path as it is written, without a `#fragment`."""

    kind: NameKind
    name: str
    qualifier: str
    span: Span
    form: ReferenceForm


class PermissionRule(NamedTuple):
    """A permission rule of a settings file, such as `Bash(git push *)`, with its action.

    `tool` is the name as it is written (`Bash`, `Agent`, `mcp__github__create_issue`), `specifier` the text in
    parentheses after it, `None` without parentheses. `span` covers the rule without its quotes.
    """

    action: Literal["allow", "ask", "deny"]
    tool: str
    specifier: str | None
    span: Span

    @property
    def text(self) -> str:
        """The rule as it is written in settings."""
        return self.tool if self.specifier is None else f"{self.tool}({self.specifier})"


class Names(NamedTuple):
    """The definitions of one file, its main definition first, and its references and permission rules, in the order
    of the text. `base_folder`, `plugin` and `runtimes` are those of the file. `dialect` is that of an agent file, ""
    for a runtime config file and for documentation; `loads` tells whether all primary readers load the file."""

    path: str
    base_folder: str
    plugin: str
    runtimes: tuple[str, ...]
    definitions: tuple[Definition, ...] = ()
    references: tuple[Reference, ...] = ()
    permissions: tuple[PermissionRule, ...] = ()
    dialect: str = ""
    loads: bool = True

    @property
    def main_definition(self) -> Definition | None:
        """The definition that the file as a whole is: an agent, a skill or a command."""
        first = self.definitions[0] if self.definitions else None
        return first if first and not first.is_entry else None


@lru_cache(maxsize=1 << 14)  # The same words come again and again in the prose of a project.
def normalise_name(name: str) -> str:
    """`name` in lower case without separators, for comparing names that users may confuse."""
    return name.lower().translate(_SEPARATORS)


_SEPARATORS = str.maketrans("", "", "-_ .")


def name_in_tools(server: str) -> str:
    """The name of a server as it is in the names of its tools."""
    return _NOT_IN_TOOL_NAME.sub("_", server)


def split_qualified_name(written: str, offset: int) -> tuple[str, str, Span]:
    """Split a name that is written at the offset `at`: the name, its qualifier, and the span of the name."""
    qualifier, _, name = written.rpartition(":")
    start = offset + len(written) - len(name)
    return name, qualifier, Span(start, start + len(name))
