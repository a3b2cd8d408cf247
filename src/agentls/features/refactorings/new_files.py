"""Refactorings that create a file: a missing agent or skill, and a skill from a section of the prompt."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from agentls.dialects import loader
from agentls.dialects.loader import Dialect
from agentls.dialects.records import Key
from agentls.dialects.runtimes import Place
from agentls.dialects.tool_names import split_tool_list
from agentls.document.document import Document
from agentls.document.edits import edit_list, set_value, write_item, write_scalar
from agentls.document.equal_readings import PROMPT, reads_no_worse
from agentls.document.locate import make_document
from agentls.document.plugins import Plugin
from agentls.document.prompt_arguments import declared_names, find_placeholders
from agentls.document.prompt_commands import find_commands
from agentls.features import new_agent
from agentls.features.refactorings.refactoring import NewFile, Refactoring, Selection
from agentls.project import extract
from agentls.project.names import NameKind, Reference
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Edit, Span
from agentls.text.paths import slug


class _Home(NamedTuple):
    """Where the runtime of a document has its files of a kind: the folder, their place and their dialect."""

    folder: str
    place: Place
    dialect: Dialect


def _find_home(document: Document, kind: NameKind) -> _Home | None:
    """Where a new file of a kind belongs that the document refers to: beside it, or in the place of its runtime."""
    identity = document.identity
    if not identity.base_folder:
        return None
    own = identity.place
    if own and document.dialect.kind == kind and own.scope != "plugin" and not own.renamed_suffix:
        folder = posixpath.join(identity.base_folder, own.folder)
        return _Home(folder, own, document.dialect)
    scope = "plugin" if identity.plugin else "project"
    for name in loader.DIALECT_NAMES:
        dialect = loader.load_dialect(name)
        for place in dialect.places if dialect.kind == kind else ():
            is_own = document.reading.runtime.name in dialect.owners_of(place)
            if place.scope == scope and place.folder and is_own:
                return _Home(posixpath.join(identity.base_folder, place.folder), place, dialect)
    return None


def _make_file(selection: Selection, home: _Home, file: NewFile, kind: NameKind, name: str) -> NewFile | None:
    """The new file, if there is none yet and its runtime loads from it a definition of that kind and name."""
    before = selection.document
    if selection.world.exists(file.path):
        return None
    plugin = Plugin(before.identity.base_folder, before.identity.plugin) if before.identity.plugin else None
    document = make_document(file.path, file.text, before.config, plugin, home.dialect.name)
    made = extract.extract_names(document).main_definition if document else None
    return file if made and made.loads and made.kind == kind and name in made.all_names else None


# --- a missing definition ---------------------------------------------------------------------

_UNRESOLVED = ("unknown-agent", "unknown-skill", "dead-mention")


def create_definition(selection: Selection) -> Iterator[Refactoring]:
    """Yield the creation of the agents and skills of the selected lines that do not exist."""
    found = [
        each for each in selection.diagnostics if each.code in _UNRESOLVED and selection.touches(each.span)
    ]
    references = extract.extract_names(selection.document).references if found else ()
    for diagnostic in found:
        for reference in references:
            if reference.kind in ("agent", "skill") and reference.span.overlaps(diagnostic.span):
                file = _new_definition(selection, reference)
                if file:
                    title = f"Create {reference.kind} `{reference.name}`"
                    yield Refactoring(title, new_file=file, diagnostics=(diagnostic,))


def _new_definition(selection: Selection, reference: Reference) -> NewFile | None:
    home = _find_home(selection.document, reference.kind)
    if home is None or reference.qualifier:
        return None
    new = new_agent.new_agent(home.dialect.name, reference.name)
    path, text = f"{home.folder}/{new.file}", new.text.rstrip() + "\n"
    return _make_file(selection, home, NewFile(path, text), reference.kind, reference.name)


# --- a skill from a section -------------------------------------------------------------------

_MAX_SLUG = 64


class _Section(NamedTuple):
    """A part of the prompt, in whole lines, with its heading."""

    span: Span
    heading: str


def extract_skill(selection: Selection) -> Iterator[Refactoring]:
    """Yield the extraction of the selected part of the prompt, or of the section whose heading has the cursor, into a
    skill that the runtime of the document can use."""
    document = selection.document
    section = _find_section(selection)
    home = _find_home(document, "skill") if section else None
    name = slug(section.heading)[:_MAX_SLUG].strip("-") if section else ""
    if section is None or home is None or not name or document.dialect.kind == "skill":
        return
    if _depends_on_file(document, section.span):
        return
    text = section.span.text_in(document.text).strip()
    description = write_scalar(f"{section.heading}. Use it when ...")
    lines = ("---", f"name: {name}", f"description: {description}", "---", "", text, "")
    new = NewFile(f"{home.folder}/{name}/{home.place.files}", document.newline.join(lines))
    file = _make_file(selection, home, new, "skill", name)
    preloading, key = _preload(document, name), _preloading_key(document.dialect)
    if file is None or preloading is None:
        return
    edits = (*preloading, _refer_to(document, section, name))
    apart_from = (key.name, PROMPT) if key and preloading else (PROMPT,)
    if reads_no_worse(document, document.with_edits(edits), apart_from):
        yield Refactoring(f"Extract into the skill `{name}`", edits, file)


def _find_section(selection: Selection) -> _Section | None:
    document, lines = selection.document, selection.document.lines
    headings = [heading for heading in document.markdown.headings if heading.level]
    if selection.span.start < document.body_start:
        return None
    if selection.span.start == selection.span.end:
        here = next((each for each in headings if selection.touches(each.span)), None)
        if here is None:
            return None
        later = (each for each in headings if each.span.start > here.span.start and each.level <= here.level)
        following = next(later, None)
        end = following.span.start if following else len(document.text)
        return _Section(Span(here.span.start, end), here.title)
    start = lines.line_start(lines.line_number(selection.span.start))
    end = lines.line_start(lines.line_number(max(selection.span.start, selection.span.end - 1)) + 1)
    heading = next((each for each in headings if start <= each.span.start < end), None)
    return _Section(Span(start, end), heading.title) if heading else None


def _depends_on_file(document: Document, span: Span) -> bool:
    """Whether a part of the prompt means something else in another file: by paths that are relative to this one, or by
    what runtimes fill into commands and skills."""
    text = span.text_in(document.text)
    names = declared_names(document.reading)
    paths = (each for each in extract.extract_names(document).references if each.kind == "file")
    return (
        any(path.span.overlaps(span) for path in paths)
        or any(find_placeholders(text, 0, names))
        or bool(find_commands(text, 0))
    )


def _refer_to(document: Document, section: _Section, name: str) -> Edit:
    """The edit that leaves a reference to the skill in the place of a section, below its heading."""
    text = section.span.text_in(document.text)
    heading, line_end, _ = text.partition("\n")
    blanks = text[len(text.rstrip()) :]
    lead = f"{heading}{line_end}{document.newline}" if heading.startswith("#") else ""
    return Edit(section.span, f"{lead}Use the `{name}` skill.{blanks}")


def _preload(document: Document, name: str) -> tuple[Edit, ...] | None:
    """The edits that let the agent use a skill: none if it can start skills by itself, or an entry in the skills that
    its runtime preloads; `None` if it cannot use the skill."""
    dialect, tools = document.dialect, document.tools_in(document.reading)
    starter = next((tool.name for tool in dialect.tools if tool.refers_to == "skill"), None)
    if dialect.kind != "agent" or starter is None or tools.mode == "all" or starter in tools.available:
        return ()
    key = _preloading_key(dialect)
    block = document.frontmatter
    if key is None or block is None:
        return None
    entry = document.entry(key.name)
    if entry is None:
        at = block.content.end
        return (Edit(Span(at, at), f"{key.name}: [{write_item(name)}]{document.newline}"),)
    listed = split_tool_list(entry.value, document.text, dialect.tool_grammar)
    if not listed:
        return (set_value(entry, f"[{write_item(name)}]"),)
    return edit_list(document, entry.value, {listed[-1].span: (listed[-1].text, name)}) or None


def _preloading_key(dialect: Dialect) -> Key | None:
    """The key whose skills are loaded when the agent starts."""
    keys = (key for key in dialect.keys if key.type == "skills")
    return next((key for key in keys if key.reference.requires_model_invocable), None)
