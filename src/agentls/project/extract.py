"""Extract the names of an agent file: its definitions, and the references of its frontmatter and prompt."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from agentls.dialects.records import Key
from agentls.dialects.unsupported_files import find_unsupported_file
from agentls.document.document import Document
from agentls.document.secrets import hide_secrets
from agentls.project import path_references, prose_references
from agentls.project.name_syntax import (
    describe_server,
    is_name,
    make_reference,
    names_in_hooks,
    names_in_scalar,
    names_in_tool_entry,
)
from agentls.project.names import Definition, NameKind, Names, Reference
from agentls.readers.reading import Reading
from agentls.text.frontmatter import MAX_CHECKED
from agentls.text.offsets import Span
from agentls.text.patterns import lazy_pattern
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar, Sequence, content_span


def extract_names(document: Document) -> Names:
    """Extract the definitions and references of a document."""
    text, start, folders = document.text, document.body_start, (_folder(document), _base_folder(document))
    return _extract(
        document,
        (
            *prose_references.find_prose_references(text, start),
            *path_references.find_path_references(text, start, folders),
        ),
    )


def extract_names_for_rules(document: Document) -> Names:
    """Extract the definitions of a document and the references that rules look at.

    These are the references that are meant as such: all of the frontmatter, and those of the prompt whose form says
    so. The search for candidates and paths takes most of the time, and only navigation, renaming and the graph need
    them.
    """
    return _extract(document, prose_references.find_marked_references(document.text, document.body_start))


def _shortened(document: Document) -> Document:
    """Return a document with the first lines of its long frontmatter, and without its prompt."""
    start = document.frontmatter.content.start if document.frontmatter else 0
    end = document.text.rfind("\n", 0, start + MAX_CHECKED // 2) + 1
    return document._replace(text=f"{document.text[:end]}---\n")


def _extract(document: Document, in_prompt: Iterable[Reference]) -> Names:
    if document.has_long_frontmatter:
        # Other files may refer to it, so its own name is known; whether it loads is not asked.
        return _extract(_shortened(document), ())._replace(loads=True)
    readers = (
        *(reading.runtime.name for reading in document.readings),
        *(name for name, _ in document.other_readers),
    )
    definition = _main_definition(document, readers)
    servers: list[Definition] = []
    references: list[Reference] = []
    for found in _in_frontmatter(document):
        if isinstance(found, Definition):
            servers.append(found)
        else:
            references.append(found)
    references.extend(in_prompt)
    references.sort(key=lambda each: each.span)
    definitions = (
        *((definition,) if definition else ()),
        *(server._replace(runtimes=readers) for server in servers),
    )
    return Names(
        document.path,
        _base_folder(document),
        document.identity.plugin,
        readers,
        definitions,
        tuple(references),
        dialect="" if _is_documentation(document) else document.dialect.name,
        loads=all(reading.loads for reading in document.readings),
    )


def _is_documentation(document: Document) -> bool:
    """Whether a file is documentation, such as a README that no primary reader takes for an agent."""
    if document.is_documentation:
        return True
    is_loaded = any(reading.loads for reading in document.readings)
    return not is_loaded and find_unsupported_file(document.path, document.text) is not None


def _folder(document: Document) -> str:
    return document.path.rpartition("/")[0]


def _base_folder(document: Document) -> str:
    return document.identity.base_folder or _folder(document)


def _main_definition(document: Document, readers: tuple[str, ...]) -> Definition | None:
    """The definition that the file as a whole is, if it loads or has a `name`."""
    kind = document.dialect.kind
    reading = next((reading for reading in document.readings if reading.name), None)
    if kind == "text" or reading is None or not reading.name:
        return None
    if not reading.loads and document.entry("name") is None:
        return None
    is_qualified = document.identity.plugin or reading.runtime.naming.qualifies_names
    qualifier, _, name = reading.name.rpartition(":") if is_qualified else ("", "", reading.name)
    return Definition(
        kind,
        name,
        qualifier,
        document.path,
        _name_span(document, name),
        hide_secrets(reading.description or ""),
        _base_folder(document),
        document.dialect.name,
        readers,
        reading.loads,
        _tools(document, reading) if kind == "agent" else None,
        model_invocable="model" not in document.blocked_callers(reading),
        label=_label(reading) if kind == "skill" and not qualifier else "",
    )


def _label(reading: Reading) -> str:
    """The `name` of a skill that the runtime names after its folder; "" if it has no other name."""
    label = reading.string("name") or ""
    return label if label != reading.name else ""


def _name_span(document: Document, name: str) -> Span:
    """The span of the name in the frontmatter; empty at 0 if the name comes from elsewhere."""
    entry = document.entry("name")
    if entry is None or not isinstance(entry.value, Scalar) or entry.value.text != name:
        return Span(0, 0)
    return content_span(entry.value, document.text)


def _tools(document: Document, reading: Reading) -> tuple[str, ...] | None:
    tools = document.tools_in(reading)
    return None if tools.mode == "all" else tools.available


# --- frontmatter ------------------------------------------------------------------------------

_ITEM = lazy_pattern(r"[^\s,]+")


def _in_frontmatter(document: Document) -> Iterator[Definition | Reference]:
    for entry in document.root.entries:
        key = document.dialect.key(entry.key.text)
        if key is None or entry.unparsed:
            continue
        if key.type == "hooks":
            yield from names_in_hooks(entry.value, document.dialect, document.text)
        if key.name_kind:
            yield from _names_in_value(document, key, _valid_servers(key, entry.value))
        for field in key.fields:
            if field.name_kind:
                for record in _records(entry.value):
                    within = record.get(field.name)
                    if within and not within.unparsed:
                        yield from _names_in_value(document, field, within.value)
    for tools in document.tool_lists:
        for item in tools.items:
            yield from names_in_tool_entry(
                item.entry, item.tool, document.dialect, document.dialect.tool_grammar, "tool"
            )


def _valid_servers(key: Key, value: Node) -> Node:
    """The value of a key; of one for a list of servers, only what Claude Code does not ignore: neither a mapping
    instead of the list, nor items with several servers."""
    if key.type != "servers":
        return value
    items = value.items if isinstance(value, Sequence) else (value,) if isinstance(value, Scalar) else ()
    return Sequence(value.span, tuple(i for i in items if not isinstance(i, Mapping) or len(i.entries) == 1))


def _records(value: Node) -> Iterator[Mapping]:
    for each in value.items if isinstance(value, Sequence) else (value,):
        if isinstance(each, Mapping):
            yield each


def _names_in_value(document: Document, key: Key, value: Node) -> Iterator[Definition | Reference]:
    """The names in the value of a key. The keys of a mapping are names; below a key for servers they define them."""
    kind: NameKind = key.name_kind  # type: ignore[assignment]
    if isinstance(value, Sequence):
        for item in value.items:
            yield from _names_in_value(document, key, item)
    elif isinstance(value, Mapping):
        for entry in value.entries:
            if kind == "server":
                yield _server_definition(document, entry)
            else:
                yield from names_in_scalar(kind, entry.key, document.text)
    elif value.type == "str" and not value.is_alias and value.text not in (row.name for row in key.values):
        span = content_span(value, document.text)
        written = span.text_in(document.text)
        # A name may contain spaces, except that of a skill or in a list with commas.
        is_list = "," in written or kind == "skill"
        words = _ITEM.finditer(written) if is_list else [re.match(r".*", written, re.DOTALL)]
        for word in words:
            if word and is_name(word[0]):
                yield make_reference(kind, word[0], span.start + word.start())


def _server_definition(document: Document, entry: Entry) -> Definition:
    """The definition of a server by an entry."""
    return Definition(
        "server",
        entry.key.text,
        "",
        document.path,
        content_span(entry.key, document.text),
        describe_server(entry.value),
        document.path,
        document.dialect.name,
        (),
        is_entry=True,
    )
