"""How Claude Code reads an agent file.

Observed in 2.1.328 on 2026-11-20 with a thousand recorded files. A byte order mark is removed. The text must
then start with a line `---`; the block ends at the next `---`, also inside a line. The block is parsed as YAML
1.2. If that fails, the value of each unindented line `key: value` that contains certain characters is put into
double quotes, and the block is parsed again. If that fails too, the frontmatter is ignored. An agent of a
project needs a name and a description that are strings, and valid hooks. An agent of a plugin always loads,
under its file name and without other metadata if its frontmatter is ignored.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentls.dialects.loader import Dialect
from agentls.dialects.runtimes import Runtime
from agentls.readers.claude_hooks import find_broken_guards
from agentls.readers.fences import BYTE_ORDER_MARK, FrontmatterRange, find_frontmatter
from agentls.readers.pipeline import BlockParse, explain_not_a_mapping
from agentls.readers.reading import (
    KIND_IF_MISSING,
    KIND_IF_NOT_TEXT,
    FileIdentity,
    LoadStatus,
    Reading,
    Reason,
)
from agentls.readers.yaml_errors import explain_invalid_yaml, explain_missing_opening
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Entry, MappedText, Mapping, Scalar, Sequence, parse

# The lines that the repair considers, and the characters for which it quotes the value.
_REPAIRABLE = lazy_pattern(r"([A-Za-z_-]+):\s+([^\n\r\u2028\u2029]+)")
_SPECIAL = lazy_pattern(r": |[{}\[\]*&#!|>%@`]")


class ParsedFrontmatter(NamedTuple):
    """The frontmatter as Claude Code parses it, or the reason why it cannot: its range, the mapping, whether
    it needed the repair, and the values that the repair quoted."""

    reason: Reason | None
    frame: FrontmatterRange | None = None
    root: Mapping | None = None
    status: LoadStatus = "clean"
    repaired_values: tuple[Span, ...] = ()

    @property
    def body_start(self) -> int:
        """The offset at which the prompt starts."""
        return self.frame.body if self.frame else 0


def parse_frontmatter(text: str, runtime: Runtime) -> ParsedFrontmatter:
    """Return the frontmatter of an agent file of any dialect as Claude Code parses it."""
    frame = find_frontmatter(text, runtime.fences)
    if frame is None:
        return ParsedFrontmatter(explain_missing_opening(text, 1 if text.startswith(BYTE_ORDER_MARK) else 0))
    outcome = parse_with_repair(text, frame.block, runtime)
    if isinstance(outcome, Reason):
        return ParsedFrontmatter(outcome, frame)
    if outcome.root is None or isinstance(outcome.root, Mapping):
        return ParsedFrontmatter(None, frame, outcome.root, outcome.status, outcome.repaired_values)
    return ParsedFrontmatter(explain_not_a_mapping(outcome.root), frame)


def parse_with_repair(text: str, block: Span, _: Runtime) -> BlockParse | Reason:
    """Parse the block unchanged, with or without tabs as indentation, or else after the repair."""
    source = MappedText.unchanged(text, block)
    strict = parsed = parse(source)
    if parsed.error and "\t" in source.text:
        parsed = parse(source, tabs_indent=True)
    if parsed.error is None:
        return BlockParse(parsed.root)
    source = repair(text, block)
    parsed = parse(source, tabs_indent=True)
    if parsed.error:
        return explain_invalid_yaml(text, block, strict, repair)
    return BlockParse(parsed.root, "repaired", tuple(sorted(source.repaired)))


def read_agent(text: str, identity: FileIdentity, dialect: Dialect, runtime: Runtime) -> Reading:
    """Return the reading of an agent file by Claude Code."""
    parsed = parse_frontmatter(text, runtime)
    status: LoadStatus = parsed.status
    reasons: tuple[Reason, ...] = (parsed.reason,) if parsed.reason else ()
    if parsed.frame and not (reasons or identity.plugin):
        reasons = tuple(_validate_required(parsed.root, parsed.frame.opening))
        if parsed.root:
            reasons += tuple(find_broken_guards(parsed.root, text, dialect))
    if reasons:
        status = "damaged" if identity.plugin else "dropped"
    return Reading(
        runtime,
        dialect,
        status,
        reasons,
        parsed.frame.block if parsed.frame else None,
        parsed.frame.closing if parsed.frame else None,
        parsed.root,
        parsed.repaired_values,
        parsed.body_start,
        _name(parsed.root, identity),
        _description(parsed.root, identity),
    )


def repair(text: str, block: Span) -> MappedText:
    """Return the block with the values that need quotes in double quotes, as Claude Code parses it after the
    first attempt fails."""
    pieces: list[str] = []
    anchors: list[tuple[int, int]] = []
    repaired_values: list[Span] = []
    length, at = 0, block.start
    for line in block.text_in(text).split("\n"):
        anchors.append((length, at))
        found = _REPAIRABLE.fullmatch(line)
        if found and _needs_quotes(found[2]):
            value = Span(at + found.start(2), at + found.end(2))
            key = f"{found[1]}: "
            quoted = '"' + found[2].replace("\\", "\\\\").replace('"', '\\"') + '"'
            anchors.append((length + len(key), value.start))
            anchors.append((length + len(key) + len(quoted), value.end))
            repaired_values.append(value)
            pieces.append(key + quoted)
        else:
            pieces.append(line)
        length += len(pieces[-1]) + 1
        at += len(line) + 1
    return MappedText("\n".join(pieces), tuple(anchors), frozenset(repaired_values))


def _needs_quotes(value: str) -> bool:
    """Whether the repair quotes the value of a line."""
    if value[0] in "\"'" and value[-1] == value[0]:
        return False
    if value[0] == "[" and value[-1] == "]" and _is_list(value):
        return False
    return _SPECIAL.search(value) is not None


def _is_list(value: str) -> bool:
    """Whether a value in brackets is a list, and not text such as `[file] [line]`."""
    return isinstance(parse(MappedText.unchanged(value, Span(0, len(value)))).root, Sequence)


def _validate_required(root: Mapping | None, fence: Span) -> Iterator[Reason]:
    """Yield the reasons why an agent of a project is not loaded although its YAML is valid."""
    for key in ("name", "description"):
        entry = root.get(key) if root else None
        if entry is None:
            yield Reason(KIND_IF_MISSING[key], "key missing", fence, (key,))
        elif not isinstance(entry.value, Scalar) or entry.value.type not in ("str", "null"):
            yield Reason(KIND_IF_NOT_TEXT[key], "not a string", entry.report_span, (key, entry.value))
        elif not entry.value.text or entry.value.type == "null":
            yield Reason(KIND_IF_MISSING[key], "empty value", entry.report_span, (key,))
        elif key == "name":
            yield from _validate_name(entry, entry.value.text)


def _validate_name(entry: Entry, name: str) -> Iterator[Reason]:
    if ":" in name:
        yield Reason("invalid-name", "name with a colon", entry.report_span, (name,))
    elif name.startswith("-"):
        yield Reason("invalid-name", "name with a hyphen in front", entry.report_span, (name,))


def _name(root: Mapping | None, identity: FileIdentity) -> str | None:
    """Return the name of the agent. In a plugin, the names of the plugin and of the subfolders precede it."""
    entry = root.get("name") if root else None
    scalar = entry.value if entry and isinstance(entry.value, Scalar) else None
    if not identity.plugin:
        return scalar.text if scalar and scalar.type == "str" and scalar.text else None
    last = scalar.text if scalar and scalar.type != "null" and scalar.text else identity.stem
    return ":".join((identity.plugin, *identity.subfolders, last))


def _description(root: Mapping | None, identity: FileIdentity) -> str | None:
    """Return the description that the model receives. A backslash and an `n` become a line break."""
    entry = root.get("description") if root else None
    scalar = entry.value if entry and isinstance(entry.value, Scalar) else None
    if scalar and scalar.text and (scalar.type == "str" or (identity.plugin and scalar.type != "null")):
        return scalar.text.replace("\\n", "\n")
    return f"Agent from {identity.plugin} plugin" if identity.plugin else None
