"""Semantic tokens: what the words of a file mean to its runtime.

Keys, values, tools and models by the tables of the dialect, the names of agents, skills, commands and servers by the
index of the project, and the arguments in a prompt. A word of which nothing is known has no token, so that it looks as
before.
"""

from __future__ import annotations

from collections.abc import Iterator

from agentls.document import prompt_arguments
from agentls.document.document import Document
from agentls.document.tools import ResolvedEntry
from agentls.features.token_legend import TokenModifier, TokenType
from agentls.project.index import Index
from agentls.project.names import NameKind
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar, Sequence


class SemanticToken(NamedTuple):
    """A word on one line with its meaning."""

    span: Span
    type: TokenType
    modifiers: tuple[TokenModifier, ...] = ()


def semantic_tokens(document: Document, index: Index | None = None) -> list[SemanticToken]:
    """The tokens of a document in the order of the text. They do not overlap."""
    found = [*_frontmatter(document), *_arguments(document), *(_names(document, index) if index else ())]
    tokens: list[SemanticToken] = []
    # Sorting is stable: of two tokens at one place, the first group wins.
    for token in sorted(found, key=lambda token: token.span.start):
        follows = not tokens or tokens[-1].span.end <= token.span.start
        if follows and token.span.start < token.span.end and "\n" not in token.span.text_in(document.text):
            tokens.append(token)
    return tokens


# --- frontmatter ------------------------------------------------------------------------------


def _frontmatter(document: Document) -> Iterator[SemanticToken]:
    """The keys, and the values with a fixed meaning."""
    block = document.frontmatter
    if block is None:
        return
    for tools in document.tool_lists:
        denying = tools.key.name == document.dialect.tool_keys.denied
        for item in tools.items:
            yield SemanticToken(item.entry.name_span, "function", _tool_modifiers(document, item, denying))
    for entry in document.root.entries:
        if block.content.start <= entry.key.span.start < block.content.end:  # Not the target of an alias.
            yield SemanticToken(entry.key.span, "property", _key_modifiers(document, entry.key.text))
            yield from _value(document, entry)


def _key_modifiers(document: Document, name: str) -> tuple[TokenModifier, ...]:
    key = document.dialect.key(name)
    if key is None:
        return ("unknown",)
    return ("deprecated",) if key.deprecation.deprecated else ()


def _tool_modifiers(document: Document, item: ResolvedEntry, denying: bool) -> tuple[TokenModifier, ...]:
    if item.standing == "old":
        return ("deprecated",) if item.tools else ("unknown", "deprecated")
    if item.standing != "available":
        return ("unknown",)
    built_in = any(document.dialect.tool(tool) for tool in item.tools)
    modifiers: tuple[TokenModifier, ...] = ("defaultLibrary",) if built_in else ()
    return (*modifiers, "denied") if denying else modifiers


def _value(document: Document, entry: Entry) -> Iterator[SemanticToken]:
    """The value of a top-level key, if it has a fixed meaning, or the keys in it."""
    key, value = document.dialect.key(entry.key.text), entry.value
    if key is None or entry.unparsed:
        return
    if key.type == "model" and isinstance(value, Scalar) and value.type == "str":
        model = document.dialect.models.get(value.text)
        if model:
            is_retired = model.status == "retired"
            yield SemanticToken(
                value.inner_span, "enumMember", ("deprecated",) if is_retired else ("defaultLibrary",)
            )
    elif key.type == "enum" and isinstance(value, Scalar):
        known = value.text in [word.name for word in key.values]
        if known:
            yield SemanticToken(value.inner_span, "enumMember")
    elif key.type == "hooks" and isinstance(value, Mapping) and not key.value.schema:
        for event in value.entries:
            known = document.dialect.hook_event(event.key.text) is not None
            yield SemanticToken(event.key.span, "event", ("defaultLibrary",) if known else ("unknown",))
            yield from _keys_in(event.value)
    elif key.type != "tools":
        yield from _keys_in(value)


def _keys_in(node: Node) -> Iterator[SemanticToken]:
    """All keys in a value."""
    if isinstance(node, Sequence):
        for item in node.items:
            yield from _keys_in(item)
    elif isinstance(node, Mapping):
        for entry in node.entries:
            yield SemanticToken(entry.key.span, "property")
            yield from _keys_in(entry.value)


# --- names and arguments ----------------------------------------------------------------------

_NAME_TYPES: dict[NameKind, TokenType] = {
    "agent": "class",
    "skill": "namespace",
    "command": "event",
    "server": "interface",
}


def _names(document: Document, index: Index) -> Iterator[SemanticToken]:
    """The names that the project defines."""
    names = index.get(document.path)
    if names is None:
        return
    for definition in names.definitions:
        yield SemanticToken(definition.span, _NAME_TYPES[definition.kind], ("declaration",))
    for reference in names.references:
        targets = index.resolve(reference, names) if reference.kind != "file" else []
        if targets:
            yield SemanticToken(reference.span, _NAME_TYPES[targets[0].kind])


def _arguments(document: Document) -> Iterator[SemanticToken]:
    """The placeholders for arguments in a prompt."""
    if document.dialect.prompt_arguments is not None and "$" in document.text:
        names = prompt_arguments.declared_names(document.reading)
        for found in prompt_arguments.find_placeholders(document.text, document.body_start, names):
            yield SemanticToken(found.span, "parameter")
