"""The way of OpenCode: YAML, and if that fails, values with a colon as blocks of text.

Observed in OpenCode 1.18.33 and Kilo 7.7.9 on 2026-11-20. Of a frontmatter that is not valid YAML,
each line `key: value` at the left margin is looked at. If the value holds a colon and does not
start with a quote, it is moved into a block of text of its own, and the whole is parsed once more.
What cannot be parsed even then is no frontmatter.
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
_NOT_MOVED = lazy_pattern(r"[|>]?\Z|[\"']")


def parse_with_block_repair(text: str, block: Span, runtime: Runtime) -> BlockParse | Reason:
    """YAML, or else YAML after the repair."""
    strict = _parse(MappedText.unchanged(text, block))
    reason = _refused(text, strict, runtime)
    if not strict.error and not reason:
        return BlockParse(strict.root)
    fenced = _OPENING.fullmatch(text, 0, block.start) and text.startswith("---", block.end)
    source = repair(text, block) if fenced else MappedText.unchanged(text, block)
    if source.repaired:
        mended = _parse(source)
        if not mended.error and not _refused(text, mended, runtime):
            return BlockParse(mended.root, "repaired", tuple(sorted(source.repaired)))
    return reason or _explain(text, block, strict)


def _refused(text: str, parsed: ParseResult, runtime: Runtime) -> Reason | None:
    """Why the parser refuses a block that is in order otherwise, if it does."""
    if parsed.error or parsed.root is None:
        return None
    equal = find_duplicate_key(parsed.root) if runtime.duplicate_keys == "refused" else None
    return find_unknown_tag(text, parsed.root) or equal


def repair(text: str, block: Span) -> MappedText:
    """The block with the values that hold a colon moved into blocks of text."""
    pieces: list[str] = []
    anchors: list[tuple[int, int]] = []
    rewritten: list[Span] = []
    length, at = 0, block.start
    for line in block.text_in(text).split("\n"):
        anchors.append((length, at))
        found = _LINE.fullmatch(line.removesuffix("\r"))
        value = found[3].strip() if found else ""
        if found and ":" in value and not _NOT_MOVED.match(value):
            start = at + found.start(3)
            lead = len(found[1]) + len(": ")
            piece = f"{found[1]}: |-\n  {value}"
            anchors.append((length + lead, start))
            anchors.append((length + len(piece) - len(value), start))
            anchors.append((length + len(piece), start + len(value)))
            rewritten.append(Span(start, start + len(value)))
        else:
            piece = line
        pieces.append(piece)
        length += len(piece) + 1
        at += len(line) + 1
    return MappedText("\n".join(pieces), tuple(anchors), frozenset(rewritten))


def _parse(source: MappedText) -> ParseResult:
    """The tree of a block; a tab counts for nothing where a line is indented."""
    parsed = parse(source)
    if parsed.error and "\t" in source.text:
        return parse(_without_tabs(source))
    return parsed


def _without_tabs(source: MappedText) -> MappedText:
    """The source with the indentation of each line cut at its first tab."""
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
    """Why the block cannot be parsed: the first entry that the repair does not mend, if there is one."""
    before: Span | None = None
    for chunk in split_entries(text, block):
        if parse(repair(text, chunk)).error:
            first = before if before and not parse(MappedText.unchanged(text, before)).error else chunk
            return explain_invalid_yaml(text, Span(first.start, block.end), strict, None)
        before = chunk
    return explain_invalid_yaml(text, block, strict, None)
