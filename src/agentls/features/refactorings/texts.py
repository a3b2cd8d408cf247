"""Refactorings of descriptions and other texts: block scalars, and examples that belong into the prompt."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentls.document.document import Document
from agentls.document.edits import set_value, write_folded_block, write_literal_block, write_scalar
from agentls.document.equal_readings import PROMPT, reads_no_worse
from agentls.features.refactorings.refactoring import Refactoring, Selection
from agentls.text.offsets import Edit, Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Entry, Scalar

_BLOCK_STYLES = ("literal", "folded")
_HEADER = lazy_pattern(r"[|>](-?)[ \t]*\r?\n")


def convert_text(selection: Selection) -> Iterator[Refactoring]:
    """Yield the conversion of a text of several words to a block scalar, or of a block scalar to one line."""
    document = selection.document
    for key, entry in selection.entries(("text",)):
        text = entry.value.text if isinstance(entry.value, Scalar) else ""
        if not isinstance(entry.value, Scalar) or " " not in text.strip() or _has_comment(document, entry):
            continue
        if entry.value.style not in _BLOCK_STYLES:
            edit = set_value(entry, _block(document, text))
            if reads_no_worse(document, document.with_edits((edit,))):
                yield Refactoring(f"Convert `{key.name}` to a block scalar", (edit,))
        elif "\n" not in text.strip():
            edit = set_value(entry, write_scalar(text.strip()))
            before = _without_final_break(document, entry.value)
            if reads_no_worse(before, document.with_edits((edit,))):
                yield Refactoring(f"Convert `{key.name}` to a single line", (edit,))


def _has_comment(document: Document, entry: Entry) -> bool:
    """Whether there is a comment between the key and the text, which would be lost, or an anchor or a tag."""
    start = entry.value.span.start
    between = Span(entry.key.span.end, start).text_in(document.text).strip()
    is_block = isinstance(entry.value, Scalar) and entry.value.style in _BLOCK_STYLES
    return between != ":" or (is_block and not _HEADER.match(document.text, start))


def _block(document: Document, text: str) -> str:
    """`text` as a block scalar: a literal one if it has several lines, else a folded one."""
    write = write_literal_block if "\n" in text else write_folded_block
    return write(text, document.newline)


def _without_final_break(document: Document, scalar: Scalar) -> Document:
    """The document with a block scalar that does not end in a line break, which is all that such a text loses on a
    single line."""
    header = _HEADER.match(document.text, scalar.span.start)
    if header is None or header[1]:
        return document
    at = header.start() + 1
    return document.with_edits((Edit(Span(at, at), "-"),))


# --- examples ---------------------------------------------------------------------------------

_EXAMPLE = lazy_pattern(r"<example>(?:(?!<example>).)*?</example>", re.DOTALL)
_LABEL = lazy_pattern(r"(?:\A|(?<=[\s.]))(?:For example|Examples?)[ \t]*:?\s*\Z")
_BLANK_LINES = lazy_pattern(r"(?<![ \t])[ \t]*\n(?:[ \t]*\n)+")


def move_examples(selection: Selection) -> Iterator[Refactoring]:
    """Yield the move of the `<example>` blocks of the description to the end of the prompt."""
    document = selection.document
    block = document.frontmatter
    for key, entry in selection.entries(("text",)):
        if key.name != "description" or not isinstance(entry.value, Scalar) or not (block and block.closing):
            continue
        text = entry.value.text
        if document.reading.runtime.description.line_breaks:
            text = text.replace("\\n", "\n")
        examples = [found[0] for found in _EXAMPLE.finditer(text)]
        rest = _LABEL.sub("", _BLANK_LINES.sub("\n\n", _EXAMPLE.sub("", text)).strip()).strip()
        if not examples or not rest or _has_comment(document, entry):
            continue
        is_line = "\n" not in rest and entry.value.style not in _BLOCK_STYLES
        value = write_scalar(rest) if is_line else _block(document, rest)
        edits = (set_value(entry, value), _append_examples(document, examples))
        if reads_no_worse(document, document.with_edits(edits), (key.name, PROMPT)):
            yield Refactoring("Move the examples into the body", edits)


def _append_examples(document: Document, examples: list[str]) -> Edit:
    """The edit that adds examples at the end of the prompt, below a heading."""
    end = len(document.text)
    has_heading = any(heading.title == "Examples" for heading in document.markdown.headings)
    paragraphs = [*([] if has_heading else ["## Examples"]), *examples]
    lead = "\n" if document.text.endswith("\n") else "\n\n"
    added = lead + "\n\n".join(paragraph.strip() for paragraph in paragraphs) + "\n"
    return Edit(Span(end, end), added.replace("\r\n", "\n").replace("\n", document.newline))
