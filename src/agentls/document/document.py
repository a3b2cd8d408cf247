"""An agent file with everything that is derived from its text, computed on first use."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from agentls.config import Config
from agentls.dialects import loader, tool_names
from agentls.dialects.loader import Dialect
from agentls.dialects.records import Key
from agentls.dialects.runtimes import Runtime
from agentls.document import foreign_format
from agentls.document.foreign_format import ForeignFormat
from agentls.document.secrets import Secret, find_secrets
from agentls.document.tools import (
    AvailableTools,
    ToolList,
    available_tools,
    has_tools,
    resolve_entry,
)
from agentls.readers.reading import FILE_START, FileIdentity, Reading
from agentls.readers.selection import drop_unread, explain_unread_file
from agentls.readers.strategies import load_strategy
from agentls.text import markdown
from agentls.text.frontmatter import MAX_CHECKED, FrontmatterBlock, find_block, recover_entries
from agentls.text.markdown import HeadingScan
from agentls.text.markdown_parts import Markdown
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Edit, LineIndex, Span, apply_edits
from agentls.text.yaml_tree import Entry, MappedText, Mapping, Node, Scalar, parse


class Reader(NamedTuple):
    """A runtime that reads a file, with the dialect by which it reads it."""

    runtime: Runtime
    dialect: Dialect


def make_reader(runtime: str, dialect: str, config: Config) -> Reader:
    """The reader for a runtime and a dialect, given by their names, with the additions of `config`."""
    facts = loader.configure_dialect(dialect, config)
    return Reader(facts.runtime(runtime), facts)


class AgentFile(NamedTuple):
    """An agent file.

    `path` has `/` between its parts. `identity` is what runtimes know of the file besides its text. `readers`
    are the primary readers, at least one, the owner of the folder first. `other_readers` are pairs of a
    runtime and a dialect, by name, that also read it. `config` is merged into the dialects.
    """

    path: str
    text: str
    dialect: Dialect
    identity: FileIdentity
    readers: tuple[Reader, ...]
    other_readers: tuple[tuple[str, str], ...] = ()
    config: Config = Config()


class Document(AgentFile):
    """An agent file with everything that is derived from it. Parsing is lazy."""

    @property
    def start_span(self) -> Span:
        """Where a finding about the file as a whole belongs: its first characters, mostly the opening `---`."""
        return Span(0, min(FILE_START.end, len(self.text)))

    @cached_property
    def lines(self) -> LineIndex:
        """The lines of the text."""
        return LineIndex(self.text)

    @cached_property
    def newline(self) -> str:
        """The line ending for new lines: CRLF if the text contains one."""
        return "\r\n" if "\r\n" in self.text else "\n"

    def with_edits(self, edits: Iterable[Edit]) -> Document:
        """The document after `edits`."""
        return self._replace(text=apply_edits(self.text, edits))

    @cached_property
    def frontmatter(self) -> FrontmatterBlock | None:
        """The frontmatter as an editor shows it, between `---` lines; `None` if there is none."""
        return find_block(self.text)

    @cached_property
    def has_long_frontmatter(self) -> bool:
        """Whether the frontmatter is too long to be checked at each keystroke."""
        if len(self.text) <= MAX_CHECKED or self.frontmatter is None:
            return False
        return self.frontmatter.content.end - self.frontmatter.content.start > MAX_CHECKED

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """The readings of the primary readers, the owner of the folder first.

        A runtime that does not read the file because of its place, its name or what it says is excluded, unless
        none reads it.
        """
        read = tuple(reading for reading in self.primary_readings if not reading.unread_reason)
        return read or tuple(map(drop_unread, self.primary_readings))

    @cached_property
    def other_readings(self) -> tuple[Reading, ...]:
        """The readings of all other readers."""
        unread = tuple(reading for reading in self.primary_readings if reading.unread_reason)
        left = unread if len(unread) < len(self.primary_readings) else ()
        others = (make_reader(runtime, dialect, self.config) for runtime, dialect in self.other_readers)
        readings = (self._read(reader) for reader in others)
        return left + tuple(drop_unread(each) if each.unread_reason else each for each in readings)

    @cached_property
    def runtime_readings(self) -> tuple[Reading, ...]:
        """The readings of all runtimes of the format, also those that read no file in this place, but not of readers
        that only advise."""
        runtimes = (runtime for runtime in self.dialect.runtimes if not runtime.is_advisory)
        return tuple(self._read(Reader(runtime, self.dialect)) for runtime in runtimes)

    @property
    def is_read_on_demand(self) -> bool:
        """Whether a runtime reads the file on demand at most, such as the notes of a skill."""
        return self.identity.place is not None and self.identity.place.on_demand

    @property
    def is_documentation(self) -> bool:
        """Whether the file is documentation beside agent files: a runtime reads it on demand at most, or it has no
        frontmatter and none reads it."""
        if self.is_read_on_demand:
            return True
        place = self.identity.place
        has_fixed_name = place is not None and "*" not in place.files
        return (
            self.frontmatter is None
            and not has_fixed_name
            and all(reading.unread_reason for reading in self.primary_readings)
        )

    @cached_property
    def primary_readings(self) -> tuple[Reading, ...]:
        """The readings of all primary readers, also of those that do not read the file."""
        return tuple(self._read(reader) for reader in self.readers)

    def _read(self, reader: Reader) -> Reading:
        read = load_strategy(reader.runtime.strategy)
        reading = read(self.text, self.identity, reader.dialect, reader.runtime)
        withheld = self.identity.withheld
        if withheld and reader.runtime.name in withheld.runtimes:
            # A file without frontmatter may be documentation, so that nothing else is wrong with it.
            others = (reason for reason in reading.reasons if reason.kind != "missing-frontmatter")
            reason = withheld.reason._replace(span=self.start_span)
            return reading._replace(status="dropped", reasons=(reason, *others))
        unread = explain_unread_file(reading, self.identity)
        return reading._replace(unread_reason=unread) if unread else reading

    def blocked_callers(self, reading: Reading) -> frozenset[str]:
        """Who cannot start the definition according to `reading`, by its keys or its place: "person", "model",
        both or neither."""
        keys = (key for key in reading.dialect.keys_blocking_callers if key.known_to(reading.runtime.name))
        return frozenset(
            key.effects.blocks_callers[value]
            for key in keys
            if (value := self._scalar_value(reading, key.name)) in key.effects.blocks_callers
        )

    def _scalar_value(self, reading: Reading, key: str) -> str:
        entry = reading.entry(key)
        value = entry.value.text if entry and isinstance(entry.value, Scalar) else ""
        return self.identity.fixed_values.get(key, value).lower()

    @cached_property
    def reading(self) -> Reading:
        """The reading of the first primary reader, mostly the owner of the folder."""
        return self.readings[0]

    @cached_property
    def root(self) -> Mapping:
        """The entries of the frontmatter for the editor, also if no runtime can read it."""
        if self.frontmatter is None:
            return Mapping(Span(0, 0), ())
        content = self.frontmatter.content
        reading = self.reading
        if reading.root is not None and reading.block == content:
            return reading.root
        parsed = parse(MappedText.unchanged(self.text, content), tabs_indent=True)
        if isinstance(parsed.root, Mapping):
            return parsed.root
        return Mapping(content, recover_entries(self.text, content))

    def entry(self, key: str) -> Entry | None:
        """The entry that is used for `key`: the last one."""
        return self.root.get(key)

    @cached_property
    def significant_entries(self) -> tuple[tuple[Key, Entry], ...]:
        """The known keys with the entries that are used, without entries that have no value or are ignored in
        plugins."""
        known = ((self.dialect.key(entry.key.text), entry) for entry in self.root.entries)
        return tuple(
            (key, entry)
            for key, entry in known
            if key
            and not (key.effects.ignored_in_plugin and self.identity.plugin)
            and self.entry(key.name) is entry
            and not (entry.unparsed or self._has_no_value(entry.value))
        )

    def _has_no_value(self, value: Node) -> bool:
        """Whether a value is empty or is not what the author wrote: an alias, or text that includes a comment
        after repair, which has its own rule."""
        if not isinstance(value, Scalar):
            return False
        has_comment = " #" in value.text and value.span in self.reading.repaired_values
        return value.type == "null" or value.is_alias or has_comment or not value.text.strip()

    @cached_property
    def markdown(self) -> Markdown:
        """The headings, code blocks, links and tags of the body."""
        return markdown.parse(self.text, self.body_start)

    @cached_property
    def heading_scan(self) -> HeadingScan:
        """What a fast look at the body finds, which is enough for most files."""
        return markdown.scan_headings(self.text, self.body_start)

    @cached_property
    def secrets(self) -> tuple[Secret, ...]:
        """The secrets in the text."""
        return find_secrets(self.text)

    @property
    def body_start(self) -> int:
        """The offset at which the body starts for the editor: after the closing `---`."""
        if self.frontmatter is None:
            return 1 if self.text.startswith("\ufeff") else 0
        return self.frontmatter.body_start

    @property
    def has_empty_body(self) -> bool:
        """Whether the owner of the folder finds nothing after the closing `---`."""
        closing = self.reading.closing
        return closing is not None and not self.text[closing.end :].strip()

    @cached_property
    def permission_mode(self) -> str | None:
        """The permission mode, `None` if it is not set or is ignored."""
        name = self.dialect.tool_keys.mode
        mode, key = self.entry(name), self.dialect.key(name)
        applies = key is not None and not (key.effects.ignored_in_plugin and self.identity.plugin)
        return mode.value.text if applies and mode and isinstance(mode.value, Scalar) else None

    @cached_property
    def tool_lists(self) -> tuple[ToolList, ...]:
        """The lists of tools in the frontmatter, resolved for the primary readers of this dialect."""
        primary = tuple(r.runtime for r in self.readings if r.dialect.name == self.dialect.name)
        runtimes = primary or self.dialect.runtimes[:1]
        return tuple(
            ToolList(
                key,
                entry.value,
                tuple(
                    resolve_entry(item, self.dialect, self.permission_mode, runtimes)
                    for item in tool_names.split_tool_list(entry.value, self.text, self.dialect.tool_grammar)
                ),
            )
            for key in self.dialect.keys
            if key.type == "tools" and (entry := self.entry(key.name)) and not entry.unparsed
        )

    @cached_property
    def foreign_format(self) -> ForeignFormat | None:
        """The format that the file is written for, `None` if it is the one of its place."""
        loads = all(reading.loads for reading in self.readings)
        runtimes = tuple(reading.runtime for reading in self.readings)
        return foreign_format.detect_foreign_format(self.root, self.tool_lists, self.dialect, runtimes, loads)

    @cached_property
    def toolless_runtimes(self) -> frozenset[str]:
        """The names of the primary readers for which the agent has no tools."""
        return frozenset(each.runtime.name for each in self.readings if not self.has_tools_in(each))

    @property
    def has_tools(self) -> bool:
        """Whether the agent has tools in the runtime of `reading`."""
        return self.has_tools_in(self.reading)

    def has_tools_in(self, reading: Reading) -> bool:
        """Whether the agent has tools in the runtime of `reading`, one of the document's own."""
        if id(reading) in self._tools:
            return not self._tools[id(reading)].is_empty
        found = self._has_tools.get(id(reading))
        if found is None:
            found = has_tools(reading, self.text, self.permission_mode)
            self._has_tools[id(reading)] = found
        return found

    def tools_in(self, reading: Reading) -> AvailableTools:
        """Return the tools that the agent may use in the runtime of `reading`, one of the document's own."""
        found = self._tools.get(id(reading))
        if found is None:
            found = available_tools(reading, self.text, self.permission_mode)
            self._tools[id(reading)] = found
        return found

    @cached_property
    def _tools(self) -> dict[int, AvailableTools]:
        return {}

    @cached_property
    def _has_tools(self) -> dict[int, bool]:
        return {}
