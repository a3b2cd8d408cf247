"""Navigation between names: definitions, references, highlights and links."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from lsprotocol import types as t

from agentls.features import definition as definition_feature
from agentls.features import name_at
from agentls.features import references as references_feature
from agentls.features.name_at import NameOccurrence
from agentls.lsp.addresses import path_of
from agentls.lsp.snapshot import IndexedFile, Snapshot
from agentls.project.index import Index
from agentls.project.names import Definition, Reference
from agentls.text.named_tuples import NamedTuple

START = t.Range(t.Position(0, 0), t.Position(0, 0))


class TargetLocation(NamedTuple):
    """The target of a name: its file, and there the range of the name and the range to show with it."""

    uri: str
    name_range: t.Range
    target_range: t.Range


def definition(
    snapshot: Snapshot, params: t.DefinitionParams
) -> list[t.Location] | list[t.LocationLink] | None:
    """Return the targets of the name at a position."""
    asked = _name_at(snapshot, params)
    if asked is None:
        return None
    file, name = asked
    targets = list(_targets(snapshot, file, name))
    if not snapshot.client.supports_location_links:
        return [t.Location(target.uri, target.name_range) for target in targets]
    origin = file.positions.range(name_at.full_span(name, file.text))
    return [t.LocationLink(each.uri, each.target_range, each.name_range, origin) for each in targets]


def references(snapshot: Snapshot, params: t.ReferenceParams) -> list[t.Location] | None:
    """Return the references to the name at a position, with its definition if the client wants it."""
    asked = _name_at(snapshot, params)
    if asked is None:
        return None
    file, name = asked
    subject = references_feature.reference_subject(file.index, file.names, name)
    found = list(_reference_locations(snapshot, file.index, subject))
    if params.context.include_declaration and isinstance(subject, Definition):
        target = target_location(snapshot, subject)
        found[:0] = [t.Location(target.uri, target.name_range)] if target else []
    return found


def document_highlight(
    snapshot: Snapshot, params: t.DocumentHighlightParams
) -> list[t.DocumentHighlight] | None:
    """Return the occurrences in a file of the name at a position."""
    asked = _name_at(snapshot, params)
    if asked is None:
        return None
    file, name = asked
    subject = references_feature.reference_subject(file.index, file.names, name)
    rows = [(each.span, t.DocumentHighlightKind.Read) for each in _references_in(file, subject)]
    if subject in file.names.definitions and subject.span.start < subject.span.end:
        rows.insert(0, (subject.span, t.DocumentHighlightKind.Write))
    return [t.DocumentHighlight(file.positions.range(span), kind) for span, kind in rows]


def document_link(snapshot: Snapshot, params: t.DocumentLinkParams) -> list[t.DocumentLink] | None:
    """Return the paths in a file that lead to existing files."""
    file = _indexed_file(snapshot, params.text_document.uri)
    if file is None:
        return None
    spans = {each.span: each for each in file.names.references if each.kind == "file"}
    found = (
        (span, _existing(definition_feature.target_paths(file.names, each))) for span, each in spans.items()
    )
    return [t.DocumentLink(file.positions.range(span), snapshot.uri(path)) for span, path in found if path]


def target_location(snapshot: Snapshot, wanted: Definition) -> TargetLocation | None:
    """Return the location of a definition in its current file; `None` if the file no longer has it."""
    text = snapshot.text(wanted.path)
    if text is None:
        return None
    if not name_at.is_up_to_date(wanted, text):
        names = snapshot.names(wanted.path)
        found = [each for each in names.definitions if each.name == wanted.name] if names else []
        if not found:
            return None
        wanted = found[0]
    span = definition_feature.target_range(wanted, text)
    positions = snapshot.positions(text[: span.end])  # Later lines have no influence.
    return TargetLocation(snapshot.uri(wanted.path), positions.range(wanted.span), positions.range(span))


def _indexed_file(snapshot: Snapshot, uri: str) -> IndexedFile | None:
    return snapshot.indexed_file(uri, path_of(uri))


def _name_at(
    snapshot: Snapshot, params: t.DefinitionParams | t.ReferenceParams | t.DocumentHighlightParams
) -> tuple[IndexedFile, NameOccurrence] | None:
    """Return the file that a question is about, and the name at its position."""
    file = _indexed_file(snapshot, params.text_document.uri)
    if file is None:
        return None
    offset = file.positions.offset(params.position)
    name = name_at.find_name_at(file.index, file.names, file.text, offset)
    return (file, name) if name else None


def _targets(snapshot: Snapshot, file: IndexedFile, name: NameOccurrence) -> Iterator[TargetLocation]:
    if name.kind == "file":
        path = _existing(definition_feature.target_paths(file.names, name))
        if path:
            yield TargetLocation(snapshot.uri(path), START, START)
        return
    for wanted in definition_feature.find_definitions(file.index, file.names, name):
        target = target_location(snapshot, wanted)
        if target:
            yield target


def _existing(paths: Iterable[str]) -> str | None:
    """Return the first path that exists."""
    return next(filter(os.path.exists, paths), None)


def _reference_locations(snapshot: Snapshot, index: Index, subject: NameOccurrence) -> Iterator[t.Location]:
    """Yield the locations of the references to `subject` in the current files. Each file is read once."""
    by_path: dict[str, list[Reference]] = {}
    for names, reference in references_feature.find_references(index, subject):
        by_path.setdefault(names.path, []).append(reference)
    for path, found in sorted(by_path.items()):
        text = snapshot.text(path)
        if text is None:
            continue
        uri, positions, rows = snapshot.uri(path), snapshot.positions(text), found
        if not all(name_at.is_up_to_date(each, text) for each in found):
            current = snapshot.names(path)
            rows = references_feature.references_in(index, current, subject) if current else []
        yield from (t.Location(uri, positions.range(each.span)) for each in rows)


def _references_in(file: IndexedFile, subject: NameOccurrence) -> list[Reference]:
    return references_feature.references_in(file.index, file.names, subject)
