"""Inlay hints: the model that an alias resolves to, the tools of an agent that lists none, and the length of texts."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Literal, get_args

from agentls.document.document import Document
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.tokens import estimate_tokens
from agentls.text.yaml_tree import Scalar

HintKind = Literal["models", "tools", "tokens"]
"""What a hint is about; each can be switched off."""

HINT_KINDS: tuple[HintKind, ...] = get_args(HintKind)

DEFAULT_HINTS: tuple[HintKind, ...] = ("models",)
"""The hints that are shown by default. A code lens shows tools and tokens."""


class InlayHint(NamedTuple):
    """A text that the editor shows at an offset, and what hover over it explains."""

    offset: int
    label: str
    tooltip: str


def inlay_hints(document: Document, span: Span, kinds: Collection[str]) -> list[InlayHint]:
    """The hints of these kinds in a part of the document."""
    makers = {"models": _model, "tools": _tools, "tokens": _tokens}
    found = (hint for kind in HINT_KINDS if kind in kinds for hint in makers[kind](document))
    return sorted(hint for hint in found if span.contains_cursor(hint.offset))


def _model(document: Document) -> Iterator[InlayHint]:
    """The model that an alias resolves to, in the first runtime."""
    entry, key = document.entry("model"), document.dialect.key("model")
    if entry is None or key is None or entry.unparsed or not isinstance(entry.value, Scalar):
        return
    model = document.dialect.models.get(entry.value.text) if entry.value.type == "str" else None
    if model and model.resolves_to and model.resolves_to not in document.dialect.models.inherits:
        title = document.reading.runtime.title
        yield InlayHint(
            entry.value.span.end, f"→ {model.resolves_to}", f"What {title} requests for this alias"
        )


def _tools(document: Document) -> Iterator[InlayHint]:
    """How many built-in tools an agent has that lists none."""
    reading, block = document.reading, document.frontmatter
    allowed = document.dialect.tool_keys.allowed
    is_agent = document.dialect.kind == "agent" and document.dialect.key(allowed) is not None
    if block is None or not is_agent or document.entry(allowed) or not reading.loads:
        return
    found = document.tools_in(reading)
    if found.mode != "all":
        return
    denied = {tool.name for tool in found.dropped}
    tools = [
        tool.name
        for tool in document.dialect.tools
        if tool.is_in(reading.runtime.name) and tool.availability == "always" and tool.name not in denied
    ]
    if tools:
        yield InlayHint(block.opening.end, f"all tools ({len(tools)})", "Built-in: " + ", ".join(tools))


def _tokens(document: Document) -> Iterator[InlayHint]:
    """The estimated tokens of the description and of the body."""
    block, entry = document.frontmatter, document.entry("description")
    if block is None:
        return
    if entry and isinstance(entry.value, Scalar) and entry.value.text.strip():
        count = estimate_tokens(entry.value.text)
        yield InlayHint(entry.value.span.end, f"{count:,} tokens", "Estimated tokens of the description")
    body = document.text[document.body_start :].strip()
    if block.closing and body:
        yield InlayHint(
            block.closing.end, f"{estimate_tokens(body):,} tokens", "Estimated tokens of the body"
        )
