"""Convert an agent to another format, and prove it: the file is read as its runtimes read it, and compared."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentls.config import Config
from agentls.conversion.frontmatter_text import write_frontmatter
from agentls.conversion.meaning import AgentMeaning, Note, ToolMeaning, ToolUse, prompt_of, read_meaning
from agentls.conversion.target_keys import write_callers, write_model, write_settings
from agentls.conversion.target_tools import Entries, can_have_no_tools, write_tools
from agentls.dialects.crosswalk import load_crosswalk
from agentls.dialects.loader import Dialect, load_dialect
from agentls.document.document import Document
from agentls.document.locate import make_document
from agentls.linter.reason_wording import describe_reason
from agentls.text.named_tuples import NamedTuple
from agentls.text.paths import slug
from agentls.text.wording import join_names


class Conversion(NamedTuple):
    """The result of a conversion: the path of the file, relative to the folder that contains the folders of products,
    its text, and what it does not keep. With a `refusal` there is no file, and with a wider one there is, which gives
    the agent more than it has."""

    path: str = ""
    text: str = ""
    notes: tuple[Note, ...] = ()
    refusal: str = ""

    @property
    def is_wider(self) -> bool:
        """Whether the converted agent has tools that the agent does not have."""
        return any(note.kind == "wider" for note in self.notes)


def convert_agent(document: Document, target_name: str) -> Conversion:
    """Return the agent in `document` as a file of the format `target_name`, one of the targets of the crosswalk."""
    target = load_dialect(target_name)
    meaning = read_meaning(document)
    if isinstance(meaning, str):
        return Conversion(refusal=meaning)
    settings, kept = write_settings(meaning, target)
    tools = write_tools(meaning, target, kept)
    parts = (write_callers(meaning, target), write_model(meaning, target), tools, settings)
    notes = (
        *meaning.notes,
        *(note for part in parts for note in part.notes),
        *_prompt_notes(meaning, target),
    )
    refusal = next((part.refusal for part in parts if part.refusal), "") or _missing(meaning, target)
    name = _target_name(meaning, document, target)
    if refusal or name is None:
        why = f"{_title(target)} accepts no name that is like `{meaning.name}`."
        return Conversion(notes=notes, refusal=refusal or why)
    if name != meaning.name:
        notes = (Note("changed", "name", f"`{meaning.name}` becomes `{name}`."), *notes)
    entries: Entries = {}
    for part in parts:
        entries |= part.entries
    text = _write_file(meaning, name, entries, target)
    path = target_path(name, target)
    is_wider = any(note.kind == "wider" for note in notes)
    problem = _disprove(meaning, path, text, name, may_be_wider=is_wider)
    return Conversion(notes=notes, refusal=problem) if problem else Conversion(path, text, notes)


def _title(target: Dialect) -> str:
    return load_crosswalk().formats[target.name].title


def _write_file(meaning: AgentMeaning, name: str, entries: Entries, target: Dialect) -> str:
    head: Entries = {} if _is_named_by_path(target, name) else {"name": name}
    if meaning.description is not None:
        head["description"] = meaning.description
    order = [key.name for key in target.keys]
    rest = {key: entries[key] for key in sorted(entries, key=order.index)}
    return write_frontmatter(head | rest, target, meaning.newline) + meaning.prompt


# --- names and places -------------------------------------------------------------------------


def target_path(name: str, target: Dialect) -> str:
    """Return the path of the file of an agent, below the folder that contains the folder of the product."""
    place = target.new_file_place
    return f"{place.folder}/{place.files.replace('*', slug(name) or 'agent')}"


def _is_named_by_path(target: Dialect, name: str) -> bool:
    """Whether the file needs no `name`, since its path is the name."""
    return all(runtime.naming.default_name == "path" for runtime in target.runtimes) and slug(name) == name


def _target_name(meaning: AgentMeaning, document: Document, target: Dialect) -> str | None:
    """Return the first name that the target accepts: that of the agent, or else one made of it or of its file."""
    short = [text[:50].strip("-") for text in (slug(meaning.name), slug(document.identity.stem))]
    for name in (meaning.name, *filter(None, short)):
        head = write_frontmatter({"name": name, "description": "Works."}, target, "\n")
        probe = f"{head}\nYou are an agent that does its work.\n"
        found = make_document(target_path(name, target), probe, Config())
        if found and all(reading.status == "clean" for reading in found.readings):
            return name
    return None


# --- what the target requires -----------------------------------------------------------------


def _missing(meaning: AgentMeaning, target: Dialect) -> str:
    """Return why the target cannot load the agent at all, or "" if nothing is missing."""
    title = _title(target)
    for runtime in target.runtimes:
        if "description" in runtime.required and not (meaning.description or "").strip():
            return f"{title} requires a `description`."
        if len(meaning.prompt.strip()) < runtime.prompt.min_prompt_length:
            return f"{title} requires a prompt of at least {runtime.prompt.min_prompt_length} characters."
    unknown = _unknown_variables(meaning.prompt, target) if target.prompt_variables.requires_known else []
    return f"{title} cannot start an agent with {join_names(unknown)} in its prompt." if unknown else ""


def _unknown_variables(prompt: str, target: Dialect) -> list[str]:
    """Return what the runtimes of the target take for variables that they do not have."""
    syntax = target.prompt_variables
    pattern = rf"{re.escape(syntax.opening)}[A-Za-z_]\w*{re.escape(syntax.closing)}"
    return [
        each for each in dict.fromkeys(re.findall(pattern, prompt)) if each not in _variables(prompt, target)
    ]


def _prompt_notes(meaning: AgentMeaning, target: Dialect) -> Iterator[Note]:
    """Yield what changes in the prompt, whose text stays the same: variables, and its length."""
    title, origin = _title(target), meaning.reading.dialect
    own, theirs = _variables(meaning.prompt, origin), _variables(meaning.prompt, target)
    if own - theirs:
        yield Note(
            "lost", "prompt", f"{title} does not replace {join_names(sorted(own - theirs))} in the prompt."
        )
    if theirs - own:
        yield Note("changed", "prompt", f"{title} replaces {join_names(sorted(theirs - own))} in the prompt.")
    for runtime in target.runtimes:
        if 0 < runtime.prompt.max_prompt_length < len(meaning.prompt.strip()):
            limit = f"{runtime.prompt.max_prompt_length:,} characters"
            yield Note("lost", "prompt", f"{runtime.title} accepts a prompt of at most {limit}.")


def _variables(prompt: str, dialect: Dialect) -> set[str]:
    """Return the variables in a prompt that the runtimes of a dialect replace."""
    syntax = dialect.prompt_variables
    written = (f"{syntax.opening}{each.name}{syntax.closing}" for each in syntax.all)
    return {each for each in written if syntax.opening and each in prompt}


# --- proof ------------------------------------------------------------------------------------


def _disprove(meaning: AgentMeaning, path: str, text: str, name: str, *, may_be_wider: bool) -> str:
    """Return how the runtimes of the target read a converted file otherwise than intended, "" if they do not."""
    document = make_document(path, text, Config())
    assert document is not None, "the path is in a place of the target"
    for reading in document.readings:
        title = reading.runtime.title
        if reading.status != "clean":
            return f"{title} would not load the result. {describe_reason(reading.reasons[0])}."
        if (reading.name, reading.description) != (name, meaning.description):
            return f"{title} would read another name or description."
        if prompt_of(text, reading) != meaning.prompt:
            return f"{title} would read another prompt."
    if not (document.has_tools or can_have_no_tools(document.dialect)):
        return f"{document.reading.runtime.title} would start the agent without tools."
    result = read_meaning(document)
    if isinstance(result, str) or not (may_be_wider or _is_within(result.tools, meaning.tools)):
        return "The result would have other tools."
    return ""


def _is_within(tools: ToolMeaning, limits: ToolMeaning) -> bool:
    """Whether `tools` give no access beyond that of `limits`."""
    if limits.allowed is None:
        return True
    return tools.allowed is not None and _access(tools.allowed) <= _access(limits.allowed)


def _access(uses: tuple[ToolUse, ...]) -> set[str]:
    """Return the access that tools give, with the MCP servers that they belong to."""
    access = load_crosswalk().access
    return (
        {access.get(each, "") for use in uses for each in use.concepts} | {use.server for use in uses} | {""}
    )
