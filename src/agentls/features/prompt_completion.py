"""Completion in a prompt: variables and arguments that the runtime fills in, and sections."""

from __future__ import annotations

from agentls.document.document import Document
from agentls.document.prompt_arguments import count_hinted, declared_names
from agentls.features.completion_edit import EditRange
from agentls.features.completion_items import PROMPT_SECTIONS, CompletionItem, argument_items
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern

_WORD = lazy_pattern(r"\w*")


def variables_in_prompt(document: Document, offset: int) -> EditRange | None:
    """The variables of prompts, after the opening of a placeholder."""
    template = document.dialect.prompt_variables
    line = document.lines.line_span(document.lines.line_number(offset))
    if not template.opening or offset < document.body_start:
        return None
    opening = document.text.rfind(template.opening, line.start, offset) + len(template.opening)
    word = _WORD.match(document.text, opening)
    if opening < line.start + len(template.opening) or word is None or word.end() < offset:
        return None
    rows = template.available(in_plugin=bool(document.identity.plugin))
    items = [CompletionItem(row.name, "variable", row.summary) for row in rows]
    after = "" if document.text.startswith(template.closing, word.end()) else template.closing
    return EditRange(Span(*word.span()), items, suffix=after)


def arguments_in_prompt(document: Document, offset: int) -> EditRange | None:
    """The placeholders for arguments, after a dollar sign in the prompt."""
    syntax = document.dialect.prompt_arguments
    line = document.lines.line_span(document.lines.line_number(offset))
    if syntax is None or offset < document.body_start:
        return None
    start = document.text.rfind("$", line.start, offset)
    word = _WORD.match(document.text, start + 1)
    if start < 0 or word is None or word.end() < offset or document.text.endswith("\\", line.start, start):
        return None
    names = declared_names(document.reading)
    items = argument_items(syntax.placeholder, names, count_hinted(document))
    return EditRange(Span(start, word.end()), items)


def sections_in_prompt(document: Document, offset: int) -> EditRange | None:
    """The snippets for sections, on an empty line of a prompt below a frontmatter: no typed character asks for them.
    In a code block there are none."""
    block, line = document.frontmatter, document.lines.line_span(document.lines.line_number(offset))
    if block is None or block.closing is None or line.start < line.end:
        return None
    if document.dialect.kind == "text" or line.start < document.body_start:
        return None
    if any(code.span.contains_cursor(offset) for code in document.markdown.code_blocks):
        return None
    return EditRange(line, PROMPT_SECTIONS)
