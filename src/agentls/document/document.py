"""A file with everything that follows from its text, worked out on first use and kept."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

from agentls.config import Config
from agentls.dialects import loader, tool_names
from agentls.dialects.loader import Dialect
from agentls.dialects.records import Key
from agentls.dialects.runtimes import Runtime
from agentls.dialects.value_schema import is_met
from agentls.document import foreign_format
from agentls.document import tools as toollist
from agentls.document.foreign_format import ForeignFormat
from agentls.document.tools import AvailableTools, ToolList
from agentls.readers.reading import FileIdentity, Reading
from agentls.readers.strategies import load_strategy
from agentls.text import markdown
from agentls.text.frontmatter import FrontmatterBlock, find_block, recover_entries
from agentls.text.markdown import Markdown
from agentls.text.offsets import Edit, LineIndex, Span, apply_edits
from agentls.text.yaml_tree import Entry, MappedText, Mapping, Node, Scalar, parse


class Reader(NamedTuple):
    """A runtime that reads a file, and the dialect by which it takes it."""

    runtime: Runtime
    dialect: Dialect


def make_reader(runtime: str, dialect: str, config: Config) -> Reader:
    """The reader of that name, as the dialect of that name has it with what `config` adds."""
    facts = loader.configure_dialect(dialect, config)
    return Reader(facts.runtime(runtime), facts)


class AgentFile(NamedTuple):
    """An agent file: its path (with `/`), its text, the dialect that it is written in, what the
    runtimes know of it besides the text, those whose reading counts in full (one or more, the
    folder's owner first), others that read it too, by their names, each with its dialect, and the
    configuration that the dialects were merged with."""

    path: str
    text: str
    dialect: Dialect
    identity: FileIdentity
    readers: tuple[Reader, ...]
    other_readers: tuple[tuple[str, str], ...] = ()
    config: Config = Config()


class Document(AgentFile):
    """A file with everything that follows from it. Nothing is parsed until somebody asks."""

    @cached_property
    def lines(self) -> LineIndex:
        """The lines of the text."""
        return LineIndex(self.text)

    @property
    def newline(self) -> str:
        """How its lines end: CRLF if any of them does."""
        return "\r\n" if "\r\n" in self.text else "\n"

    def with_edits(self, edits: Iterable[Edit]) -> Document:
        """The document as it would be after `edits`."""
        return self._replace(text=apply_edits(self.text, edits))

    @cached_property
    def frontmatter(self) -> FrontmatterBlock | None:
        """The frontmatter as a person sees it, between fences on lines of their own."""
        return find_block(self.text)

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """What each runtime that counts makes of the file, the folder's owner first. A file that is
        meant for others by what it says does not count where others are left."""
        return tuple(r for r in self._primary_readings if not self._declines(r)) or self._primary_readings

    @cached_property
    def other_readings(self) -> tuple[Reading, ...]:
        """What the other runtimes make of it that read it too."""
        left = tuple(
            reading
            for reading in self._primary_readings
            if not any(reading is counted for counted in self.readings)
        )
        others = (make_reader(runtime, dialect, self.config) for runtime, dialect in self.other_readers)
        return left + tuple(self._read(reader) for reader in others)

    @cached_property
    def _primary_readings(self) -> tuple[Reading, ...]:
        return tuple(self._read(reader) for reader in self.readers)

    @staticmethod
    def _declines(reading: Reading) -> bool:
        leaves, root = reading.runtime.leaves, reading.root
        return leaves is not None and root is not None and is_met(leaves, root)

    def _read(self, reader: Reader) -> Reading:
        read = load_strategy(reader.runtime.strategy)
        return read(self.text, self.identity, reader.dialect, reader.runtime)

    def blocked_callers(self, reading: Reading) -> frozenset[str]:
        """Who cannot start what the file defines, by what it says or by its place, as the runtime of `reading`
        has it: "person", "model", both or nobody."""
        keys = (key for key in reading.dialect.keys if key.bars and key.known_to(reading.runtime.name))
        return frozenset(
            key.bars[value] for key in keys if (value := self._scalar_value(reading, key.name)) in key.bars
        )

    def _scalar_value(self, reading: Reading, key: str) -> str:
        entry = reading.entry(key)
        value = entry.value.text if entry and isinstance(entry.value, Scalar) else ""
        return self.identity.fixed_values.get(key, value).lower()

    @property
    def reading(self) -> Reading:
        """What the folder's owner makes of the file."""
        return self.readings[0]

    @cached_property
    def root(self) -> Mapping:
        """The frontmatter's entries for the editor; there even if no runtime can read it."""
        if self.frontmatter is None:
            return Mapping(Span(0, 0), ())
        content = self.frontmatter.content
        seen = self.reading
        if seen.root is not None and seen.block == content:
            return seen.root
        parsed = parse(MappedText.unchanged(self.text, content), tabs_indent=True)
        if isinstance(parsed.root, Mapping):
            return parsed.root
        return Mapping(content, recover_entries(self.text, content))

    def entry(self, key: str) -> Entry | None:
        """The entry that counts for `key`."""
        return self.root.get(key)

    @cached_property
    def significant_entries(self) -> tuple[tuple[Key, Entry], ...]:
        """The known keys with the entries that count for them, unless those say nothing or have no effect
        where the file lies."""
        known = ((self.dialect.key(entry.key.text), entry) for entry in self.root.entries)
        return tuple(
            (key, entry)
            for key, entry in known
            if key
            and not (key.ignored_in_plugin and self.identity.plugin)
            and self.entry(key.name) is entry
            and not (entry.unparsed or self._says_nothing(entry.value))
        )

    def _says_nothing(self, value: Node) -> bool:
        """Whether a value is empty, or says something else than its author wrote: an alias, or text
        that swallowed a comment when the runtime repaired it, which has a rule of its own."""
        if not isinstance(value, Scalar):
            return False
        swallowed = " #" in value.text and value.span in self.reading.repaired_values
        return value.type == "null" or value.is_alias or swallowed or not value.text.strip()

    @cached_property
    def markdown(self) -> Markdown:
        """The body's headings, code, links and tags."""
        return markdown.parse(self.text, self.body_start)

    @property
    def body_start(self) -> int:
        """Where the body starts for the editor: behind the closing fence."""
        if self.frontmatter is None:
            return 1 if self.text.startswith("\ufeff") else 0
        return self.frontmatter.body_start

    @cached_property
    def permission_mode(self) -> str | None:
        """The value of `permissionMode`, where it counts."""
        mode = self.entry("permissionMode")
        known = self.dialect.key("permissionMode")
        counts = known is not None and not (known.ignored_in_plugin and self.identity.plugin)
        return mode.value.text if counts and mode and isinstance(mode.value, Scalar) else None

    @cached_property
    def tool_lists(self) -> tuple[ToolList, ...]:
        """The lists of tools in the frontmatter, for the editor."""
        counting = tuple(r.runtime for r in self.readings if r.dialect.name == self.dialect.name)
        runtimes = counting or self.dialect.runtimes[:1]
        return tuple(
            ToolList(
                key,
                entry.value,
                tuple(
                    toollist.resolve_entry(item, self.dialect, self.permission_mode, runtimes)
                    for item in tool_names.split_tool_list(entry.value, self.text, self.dialect.tool_grammar)
                ),
            )
            for key in self.dialect.keys
            if key.type == "tools" and (entry := self.entry(key.name)) and not entry.unparsed
        )

    @cached_property
    def foreign_format(self) -> ForeignFormat | None:
        """The format that the file is written for, if it is not the one of its place."""
        loads = all(reading.loads for reading in self.readings)
        runtimes = tuple(reading.runtime for reading in self.readings)
        return foreign_format.detect_foreign_format(self.root, self.tool_lists, self.dialect, runtimes, loads)

    @cached_property
    def available_tools(self) -> AvailableTools:
        """What the agent may use in the folder's own runtime."""
        return self.tools_in(self.reading)

    def tools_in(self, reading: Reading) -> AvailableTools:
        """What the agent may use in the runtime of `reading`, one of the document's own."""
        found = self._tools.get(id(reading))
        if found is None:
            found = toollist.available_tools(reading, self.text, self.permission_mode)
            self._tools[id(reading)] = found
        return found

    @cached_property
    def _tools(self) -> dict[int, AvailableTools]:
        return {}
