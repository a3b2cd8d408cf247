"""Parsing YAML, or else YAML with the values that contain a colon as block scalars, as OpenCode does.

Observed in OpenCode 1.18.33 and Kilo 7.7.9 on 2026-11-20. If the frontmatter is invalid YAML, the value of
each unindented line `key: value` that contains a colon and does not start with a quote becomes a block scalar,
and the block is parsed again. If that fails too, the file has no frontmatter.
"""

from __future__ import annotations

from agentls.dialects.runtimes import Runtime
from agentls.readers.pipeline import BlockParse, find_duplicate_key
from agentls.readers.reading import Reason
from agentls.readers.scalars import find_unknown_tag
from agentls.readers.yaml_errors import explain_invalid_yaml
from agentls.text.frontmatter import split_entries
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import TAB_INDENTATION, MappedText, ParseResult, parse

_OPENING = lazy_pattern(r"\ufeff?---\r?\n")
_LINE = lazy_pattern(r"([A-Za-z_][A-Za-z0-9_]*)(\s*:\s*)(.*)")
_UNCHANGED = lazy_pattern(r"[|>]?\Z|[\"']")


def parse_with_block_repair(text: str, block: Span, runtime: Runtime) -> BlockParse | Reason:
    """Parse the block as YAML, or else as YAML after the repair."""
    strict = _parse(MappedText.unchanged(text, block))
    reason = _explain_rejection(text, strict, runtime)
    if not strict.error and not reason:
        return BlockParse(strict.root)
    fenced = _OPENING.fullmatch(text, 0, block.start) and text.startswith("---", block.end)
    source = repair(text, block) if fenced else MappedText.unchanged(text, block)
    if source.repaired:
        repaired = _parse(source)
        if not repaired.error and not _explain_rejection(text, repaired, runtime):
            return BlockParse(repaired.root, "repaired", tuple(sorted(source.repaired)))
    return reason or _explain(text, block, strict)


def _explain_rejection(text: str, parsed: ParseResult, runtime: Runtime) -> Reason | None:
    """Return the reason why the parser rejects a block of valid syntax, if it does."""
    if parsed.error or parsed.root is None:
        return None
    duplicate = find_duplicate_key(parsed.root) if runtime.duplicate_keys == "refused" else None
    return find_unknown_tag(text, parsed.root) or duplicate


def repair(text: str, block: Span) -> MappedText:
    """Return the block with the values that contain a colon as block scalars."""
    pieces: list[str] = []
    anchors: list[tuple[int, int]] = []
    repaired_values: list[Span] = []
    length, at = 0, block.start
    for line in block.text_in(text).split("\n"):
        anchors.append((length, at))
        found = _LINE.fullmatch(line.removesuffix("\r"))
        value = found[3].strip() if found else ""
        if found and ":" in value and not _UNCHANGED.match(value):
            start = at + found.start(3)
            lead = len(found[1]) + len(": ")
            piece = f"{found[1]}: |-\n  {value}"
            anchors.append((length + lead, start))
            anchors.append((length + len(piece) - len(value), start))
            anchors.append((length + len(piece), start + len(value)))
            repaired_values.append(Span(start, start + len(value)))
        else:
            piece = line
        pieces.append(piece)
        length += len(piece) + 1
        at += len(line) + 1
    return MappedText("\n".join(pieces), tuple(anchors), frozenset(repaired_values))


def _parse(source: MappedText) -> ParseResult:
    """Return the tree of a block. The indentation of a line ends at its first tab."""
    parsed = parse(source)
    if parsed.error and "\t" in source.text:
        return parse(_without_tabs(source))
    return parsed


def _without_tabs(source: MappedText) -> MappedText:
    """Return the source with the indentation of each line cut at its first tab."""
    cuts = [
        (source.text.index("\t", *found.span()), found.end())
        for found in TAB_INDENTATION.finditer(source.text)
    ]
    starts = (0, *(end for _, end in cuts))
    ends = (*(start for start, _ in cuts), len(source.text))
    pieces: list[str] = []
    anchors: list[tuple[int, int]] = []
    length = 0
    for start, end in zip(starts, ends, strict=True):
        anchors.append((length, source.to_document(start)))
        anchors += [(length + here - start, there) for here, there in source.anchors if start < here <= end]
        pieces.append(source.text[start:end])
        length += end - start
    return MappedText("".join(pieces), tuple(anchors), source.repaired)


def _explain(text: str, block: Span, strict: ParseResult) -> Reason:
    """Return the reason why the block cannot be parsed: the first entry that stays invalid after the repair, if
    there is one."""
    before: Span | None = None
    for chunk in split_entries(text, block):
        if parse(repair(text, chunk)).error:
            first = before if before and not parse(MappedText.unchanged(text, before)).error else chunk
            return explain_invalid_yaml(text, Span(first.start, block.end), strict, None)
        before = chunk
    return explain_invalid_yaml(text, block, strict, None)
