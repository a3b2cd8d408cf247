"""The names that files define and refer to: the stuff the index is made of.

A `Definition` is an agent, a skill, a command or an MCP server under its name. A `Reference` is a place
where such a name stands, or the path of another file. Both are plain data, small enough to be kept for ten
thousand files, and free of the text that they come from.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NamedTuple

from agentls.text.offsets import Span

NameKind = Literal["agent", "skill", "command", "server", "file", "any"]
"""What a name is the name of. A reference in prose is to "any" of the first three. One of the kind "file" has
for its name the path to which it leads, written as those of the files in the index, so that `Index.uses(path)`
finds it. Whether there is such a file is for others to say. Where it is not known what the path is counted from,
there is a reference for each folder that it may be, with the same span."""

ReferenceForm = Literal[
    "key", "tool", "permission", "mention", "argument", "call", "code", "word", "noun", "item", "link"
]
"""How a reference is written: as a word of a key's value; in a list of tools, as in `Agent(x)`,
`mcp__x__tool`; in a permission; `@agent-x`; `subagent_type: x`; `Agent(x)` in the prompt; set off as a name,
between backticks or behind `/` or `@`; as a hyphenated word in prose; beside the word for what it names, as in
"the planner agent", or behind a verb of delegation; in bold; as a path."""

_NO_SIGN = re.compile(r"[^A-Za-z0-9_-]")

DEFINITE_FORMS: frozenset[ReferenceForm] = frozenset(
    ("key", "tool", "permission", "mention", "argument", "call")
)
"""The forms that are references whatever they name. Of the others one cannot tell before the name is known."""


class Definition(NamedTuple):
    """Something with a name.

    `name` is the bare name, `scope` what a plugin sets in front of it (`plugin` or `plugin:folder`), or the
    folders of a command; else "". `span` is where the name stands in the file, empty at its start where the
    name is that of the file or of its folder. `base` is the folder that its place is counted from. `dialect`
    and `runtimes` say who knows it, the owner of the folder first. `loads` tells whether that one loads it.
    `tools` are those that it may use, `None` for all. `part` tells that it is an entry in a file, as a server
    in `.mcp.json`, and not what the file as a whole stands for. `offered` tells whether a model is told of it,
    to choose it by itself.
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

    @property
    def all_names(self) -> tuple[str, ...]:
        """The names by which references may call it, its own first. In the names of its tools, signs of a
        server's name give way to `_`, and a plugin's server has the plugin in front."""
        if self.kind != "server":
            return (self.name,)
        plugin = _NO_SIGN.sub("_", f"plugin_{self.qualifier}_{self.name}") if self.qualifier else self.name
        return tuple(dict.fromkeys((self.name, _NO_SIGN.sub("_", self.name), plugin)))

    @property
    def full_name(self) -> str:
        """The name by which others outside its plugin call it."""
        return f"{self.qualifier}:{self.name}" if self.qualifier else self.name


class Reference(NamedTuple):
    """A place where a name stands: `span` covers the bare name, `scope` is what a plugin's name in front of
    it says ("" for nothing). Of a path, `span` covers what is written, without a `#part` behind it."""

    kind: NameKind
    name: str
    scope: str
    span: Span
    form: ReferenceForm


class PermissionRule(NamedTuple):
    """A rule of a file with settings: what is done about the uses of a tool, as in `Bash(git push *)`.

    `tool` is the name as it is written (`Bash`, `Agent`, `mcp__github__create_issue`), `specifier` what stands
    in the parentheses behind it, `None` without any, and `span` covers the rule without its quotes.
    """

    action: Literal["allow", "ask", "deny"]
    tool: str
    specifier: str | None
    span: Span

    @property
    def text(self) -> str:
        """The rule as a line of settings has it."""
        return self.tool if self.specifier is None else f"{self.tool}({self.specifier})"


class Names(NamedTuple):
    """The names of one file: what it defines, its own name first, and what it refers to, in the order of the
    text. `base`, `plugin` and `runtimes` are those of the file. `permissions` are the rules that a file with
    settings makes for all agents, in the order of the text."""

    path: str
    base: str
    plugin: str
    runtimes: tuple[str, ...]
    definitions: tuple[Definition, ...] = ()
    references: tuple[Reference, ...] = ()
    permissions: tuple[PermissionRule, ...] = ()

    @property
    def main_definition(self) -> Definition | None:
        """What the file as a whole defines: an agent, a skill or a command."""
        first = self.definitions[0] if self.definitions else None
        return first if first and not first.is_entry else None


@lru_cache(maxsize=1 << 14)  # The same words come again and again in the prose of a project.
def normalise_name(name: str) -> str:
    """`name` without case and separators, in which names that people take for the same agree."""
    return name.lower().translate(_SEPARATORS)


_SEPARATORS = str.maketrans("", "", "-_ .")


def split_qualified_name(written: str, at: int) -> tuple[str, str, Span]:
    """A name as it is written at the offset `at`: the bare name, what a plugin sets in front, its span."""
    scope, _, name = written.rpartition(":")
    start = at + len(written) - len(name)
    return name, scope, Span(start, start + len(name))
