"""What each runtime makes of an agent file, for people and programs.

`inspect` gathers it, `to_json` and `to_text` show it. Nothing is judged here: what the file
comes to is said as the runtime's reading has it, whether that is what the author meant or not.
"""

from __future__ import annotations

import textwrap
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from agentls.dialects.loader import Dialect
from agentls.dialects.records import Models
from agentls.dialects.runtimes import Runtime
from agentls.document import tools as toollist
from agentls.document.document import Document
from agentls.document.tools import AvailableTools
from agentls.linter.reason_wording import describe_reason
from agentls.project import capabilities
from agentls.project.capabilities import Capabilities, TextStyle
from agentls.project.index import Index
from agentls.readers.reading import LoadStatus, Reading
from agentls.text import tokens, wording
from agentls.text.offsets import Span
from agentls.text.yaml_tree import NESTED_TOO_DEEPLY, MappedText, Scalar, Sequence, parse

INHERIT = "inherit"


class ResolvedModel(NamedTuple):
    """The model as the file has it (`None` where it has none), and what is asked for when the
    agent runs: an id, or `inherit` for the model of the session."""

    written: str | None
    resolved: str


class TokenCounts(NamedTuple):
    """Estimated tokens of the description and of the prompt."""

    description: int
    body: int


class RuntimeReport(NamedTuple):
    """What one runtime makes of the file.

    `reasons` say why it does not load as it is written, each with its line. `notes` say what
    else a reader would not expect. Where `loads` is false, the other fields tell what would
    count if it loaded. `counts` tells whether the runtime's verdict counts in full: it does for
    those that the folder belongs to, or that the configuration names. `effective` is what the files around
    it make of the agent, if they are known.
    """

    runtime: Runtime
    is_primary: bool
    dialect: Dialect
    loads: bool
    how: LoadStatus
    reasons: tuple[str, ...]
    name: str | None
    description: str | None
    model: ResolvedModel
    tools: AvailableTools
    tokens: TokenCounts
    notes: tuple[str, ...]
    capabilities: Capabilities | None = None


class PortabilityCheck(NamedTuple):
    """Whether python-frontmatter can load the file, and if not, why. It stands for the plain
    loaders of the ecosystem: what it cannot load, most other tools will not load either."""

    loads: bool
    error: str | None


class Inspection(NamedTuple):
    """All there is to say about one file."""

    path: str
    dialect: str
    views: tuple[RuntimeReport, ...]
    portable: PortabilityCheck


def inspect_document(document: Document, project: Index | None = None) -> Inspection:
    """What each runtime, and a plain loader, make of `document`, in its project if that is known."""
    readings = (*document.readings, *document.other_readings)
    views = tuple(report_for(document, reading, project) for reading in readings)
    portable = _portable(document.text)
    if any(reading.status == "clean" and reading.root is None for reading in document.readings):
        portable = PortabilityCheck(True, None)  # Nothing is missing where no keys are asked for.
    return Inspection(document.path, document.dialect.name, views, portable)


def report_for(document: Document, reading: Reading, project: Index | None = None) -> RuntimeReport:
    """What the runtime of `reading` makes of `document`, in its project if that is known."""
    text, dialect = document.text, reading.dialect
    body = text[reading.body_start :] if reading.loads else text[document.body_start :]
    tools = toollist.available_tools(reading, text, document.permission_mode)
    return RuntimeReport(
        reading.runtime,
        reading in document.readings,
        dialect,
        reading.loads,
        reading.status,
        tuple(_reasons(document, reading)),
        reading.name,
        reading.description,
        _model(reading, dialect.models),
        tools,
        TokenCounts(tokens.estimate_tokens(reading.description or ""), tokens.estimate_tokens(body.strip())),
        tuple(_notes(document, reading, tools)) if reading.loads else (),
        capabilities.find_capabilities(document, reading, tools, project) if project else None,
    )


def resolve_model(written: str | None, models: Models) -> str:
    """What a value of `model` comes to: the id that is asked for, or `inherit`."""
    wanted = (written or "").strip().lower()
    if not wanted or wanted in models.inherits:
        return INHERIT
    model = models.get(wanted)
    if model is None:
        return written or INHERIT
    return model.sends or model.name


def _model(reading: Reading, models: Models) -> ResolvedModel:
    entry, key = reading.entry("model"), reading.dialect.key("model")
    if entry and key and key.shape and isinstance(entry.value, Sequence):
        names = [item.text for item in entry.value.items if isinstance(item, Scalar)]
        return ResolvedModel(", ".join(names), resolve_model(names[0] if names else None, models))
    if entry is None or not isinstance(entry.value, Scalar) or entry.value.type == "null":
        return ResolvedModel(None, INHERIT)
    return ResolvedModel(entry.value.text, resolve_model(reading.string("model"), models))


def _reasons(document: Document, reading: Reading) -> Iterator[str]:
    """Why the file does not load, or not as it stands, in the order of the text."""
    for reason in reading.reasons:
        yield f"line {_line(document, reason.span)}: {describe_reason(reason)}"
    if not reading.loads or reading.root is None:
        return
    entries = reading.root.entries
    ends = [entry.value.span.end for entry in entries]
    for span in reading.repaired_values:
        at = bisect_right(ends, span.start)
        found = at < len(entries) and entries[at].value.span.overlaps(span)
        what = f"the value of `{entries[at].key.text}`" if found else "a value"
        yield f"line {_line(document, span)}: {what} is put into quotes"
    for span in reading.ignored_lines:
        yield f"line {_line(document, span)}: {wording.format_code(span.text_in(document.text))} is passed over"


def _line(document: Document, span: Span) -> int:
    """The line on which `span` starts, counted from one."""
    return document.lines.line_number(span.start) + 1


def _notes(document: Document, reading: Reading, tools: AvailableTools) -> Iterator[str]:
    """What the file comes to without being at fault, and what a reader might not expect."""
    cut, block = reading.closing, document.frontmatter
    if cut and block and block.closing and cut.start < block.closing.start:
        yield (
            f"The frontmatter ends at the `---` in line {_line(document, cut)};"
            " what stands behind it is part of the prompt."
        )
    ignored = list(_ignored(reading))
    if ignored:
        yield f"It does not look at {join_names(ignored)}."
    if tools.mode == "listed":
        yield from _notes_on_tools(tools, reading.dialect)
    yield from _notes_on_model(reading.string("model"), reading.dialect.models)


def _ignored(reading: Reading) -> Iterator[str]:
    """The keys that other readers of the format know, but this one does not."""
    for entry in reading.root.entries if reading.root else ():
        key = reading.dialect.key(entry.key.text)
        if key and not key.known_to(reading.runtime.name):
            yield key.name


def _notes_on_tools(tools: AvailableTools, dialect: Dialect) -> Iterator[str]:
    available = [tool for tool in map(dialect.tool, tools.available) if tool]
    for other in tools.available:
        yielding = [tool.name for tool in available if tool.yields_to == other]
        if yielding:
            yield (
                f"Beside `{other}` the agent is not given {join_names(yielding)};"
                f" it does the same through `{other}`."
            )
    lost = [tool.name for tool in available if not tool.background]
    if lost:
        yield f"In the background, where agents run unless told otherwise, it goes without {join_names(lost)}."
    some = [tool.name for tool in available if tool.sessions == "some"]
    if some:
        yield f"Only some sessions or systems have {join_names(some)}."


def _notes_on_model(written: str | None, models: Models) -> Iterator[str]:
    if resolve_model(written, models) == INHERIT or written is None or not models.known:
        return
    model = models.get(written)
    if models.providers and "/" not in written:
        yield f"`{written}` names no provider, so the agent fails when it runs."
    elif model is None and not models.is_elsewhere(written):
        ignored = "unless the account has it, it is ignored"
        passed_on = "the text is sent to the API as it is"
        rest = passed_on if models.unknown == "passed on" else ignored
        yield f"No model `{written}` is known; {rest}."
    elif model and model.status == "retired":
        yield f"Requests to `{model.name}` fail: {model.summary}."
    elif model and model.status == "remapped":
        yield f"`{model.name}` is gone, and `{model.sends}` is asked instead."


def join_names(names: list[str]) -> str:
    """Names in a sentence."""
    quoted = [f"`{name}`" for name in names]
    return " and ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1])))


def _portable(text: str) -> PortabilityCheck:
    """Whether python-frontmatter can load `text`. It is only asked when its parser would survive."""
    import frontmatter  # Needed by few runs.
    from frontmatter.default_handlers import YAMLHandler

    boundary = YAMLHandler.FM_BOUNDARY
    assert boundary is not None, "the YAML handler has its fence"
    stripped = text.replace("\r\n", "\n").strip()
    opening = boundary.match(stripped)
    pieces = boundary.split(stripped, 2)
    if opening and len(pieces) == 3:
        problem = parse(MappedText.unchanged(pieces[1], Span(0, len(pieces[1])))).error
        if problem and problem.message == NESTED_TOO_DEEPLY:
            return PortabilityCheck(False, problem.message)
    try:
        post = frontmatter.loads(text)
    except Exception as error:  # Whatever a value's constructor raises.
        mark = getattr(error, "problem_mark", None)
        message = " ".join((getattr(error, "problem", None) or str(error)).split())
        if mark is None or opening is None:
            return PortabilityCheck(False, message)
        above = text[: len(text) - len(text.lstrip())].count("\n") + opening[0].count("\n")
        return PortabilityCheck(False, f"line {above + mark.line + 1}: {message}")
    return PortabilityCheck(True, None) if post.metadata else PortabilityCheck(False, "no keys found")


# --- for programs -----------------------------------------------------------------------------


def inspection_data(inspection: Inspection) -> dict[str, Any]:
    """The inspection as plain data."""
    return {
        "path": inspection.path,
        "dialect": inspection.dialect,
        "readings": [_view_to_json(seen) for seen in inspection.views],
        "portable": inspection.portable._asdict(),
    }


def _view_to_json(view: RuntimeReport) -> dict[str, Any]:
    return {
        "runtime": view.runtime.name,
        "counts": view.is_primary,
        "loads": view.loads,
        "how": view.how,
        "reasons": list(view.reasons),
        "name": view.name,
        "description": view.description,
        "model": view.model._asdict(),
        "tools": {
            "mode": view.tools.mode,
            "entries": list(view.tools.entries),
            "available": list(view.tools.available),
            "dropped": [dropped._asdict() for dropped in view.tools.dropped],
        },
        "tokens": view.tokens._asdict(),
        "notes": list(view.notes),
        "effective": capabilities.capabilities_data(view.capabilities) if view.capabilities else None,
    }


# --- for people -------------------------------------------------------------------------------


class StyledText(NamedTuple):
    """A piece of a line, and what it is; whoever prints it chooses colours."""

    text: str
    style: TextStyle = "plain"


Line = tuple[StyledText, ...]

_LABEL = 13
_LONGEST_DESCRIPTION = 240


def render_text(inspection: Inspection, width: int = 100) -> list[Line]:
    """The inspection for people, in lines of at most `width` characters where words allow it. Of
    runtimes that read the file without owning the folder it shows the verdict alone."""
    lines: list[Line] = [(StyledText(_printable(inspection.path), "path"),)]
    for seen in inspection.views:
        good = is_usable(seen)
        lines += _wrapped(None, verdict(seen), "good" if good else "bad", width)
        for reason in seen.reasons:
            lines += _wrapped(None, f"- {reason}", "muted" if good else "plain", width)
        for label, text, style in _rows(seen) if seen.is_primary else ():
            lines += _wrapped(label, text, style, width)
    if not inspection.portable.loads:
        text = f"A plain frontmatter loader cannot read it: {inspection.portable.error}"
        lines += _wrapped("elsewhere", text, "muted", width)
    return lines


def strip_styles(lines: list[Line]) -> str:
    """The lines as text without styles."""
    return "".join("".join(segment.text for segment in line) + "\n" for line in lines)


def is_usable(view: RuntimeReport) -> bool:
    """Whether the runtime gets an agent from the file that it can start."""
    grammar = view.runtime.tool_grammar
    on_purpose = grammar is not None and grammar.none_on_purpose and view.tools.mode == "none"
    return view.loads and view.how != "damaged" and (on_purpose or not view.tools.is_empty)


def verdict(view: RuntimeReport) -> str:
    """In a sentence or two, what the runtime does with the file."""
    title = f"{view.runtime.title} {view.runtime.version}".rstrip()
    if not view.loads:
        return f"{title} {view.runtime.refusal.replace('the file', 'this file')}."
    if view.how == "damaged" and view.runtime.damage:
        return f"{title} cannot use the frontmatter: it {view.runtime.damage}."
    if view.how == "damaged":
        return f"{title} cannot read the frontmatter: `{view.name}` gets all tools, and nothing else counts."
    effect = f"{title} {'loads' if view.runtime.version else 'should load'} this file"
    if view.how == "repaired":
        effect += " after repairing it"
    if view.tools.mode == "none":
        return f"{effect}, and starts the {view.dialect.thing} without any tool."
    if view.tools.is_empty and view.runtime.without_tools != "refused":
        left = "is" if view.runtime.without_tools == "started" else "may be"
        return f"{effect}, but the {view.dialect.thing} {left} left without any tool."
    if view.tools.is_empty:
        return f"{effect}, but refuses to start the {view.dialect.thing}, which is left without any tool."
    return f"{effect}."


def short_status(view: RuntimeReport) -> str:
    """In a word or two, as fits a status bar, what comes of the file."""
    if view.loads and view.how != "damaged" and view.tools.is_empty:
        return "no tools"
    return {
        "clean": "loads",
        "repaired": "loads after repair",
        "damaged": "unreadable",
        "dropped": view.runtime.refused,
    }[view.how]


def describe_model(model: ResolvedModel, mark: Callable[[str], str] = str) -> str:
    """What was written for the model, and what that comes to; `mark` sets off its names."""
    written, resolved = model
    if resolved == INHERIT:
        return f"{mark(written) if written else 'not set'}: the model of the session"
    return mark(resolved) if written == resolved else f"{mark(written or '')} -> {mark(resolved)}"


def describe_tools(view: RuntimeReport, mark: Callable[[str], str] = str) -> str:
    """The tools an agent may use, by name where they are listed; `mark` sets off their names."""
    if view.tools.mode == "all":
        if any(tool.subagents != "yes" for tool in view.dialect.tools):
            return "all that subagents may use"
        key = view.dialect.key("tools")
        return key.default if key and key.default else "all"
    denied = {ruling.name for ruling in view.capabilities.denied} if view.capabilities else ()
    return ", ".join(mark(tool) for tool in view.tools.available if tool not in denied) or "none"


def describe_tokens(view: RuntimeReport, then: str = ",") -> str:
    """What the texts cost, `then` between the two; not every file has a description."""
    where = "prompt" if view.dialect.thing in _PROMPTS else "text"
    body = f"{view.tokens.body:,} in the {where}"
    if view.description is None:
        return f"about {body}"
    return f"about {view.tokens.description:,} in the description{then} {body}"


_PROMPTS = ("agent", "droid", "prompt", "command")
"""Things whose text is a prompt."""


def _rows(view: RuntimeReport) -> Iterator[tuple[str, str, TextStyle]]:
    """Label, text and style of what the runtime sees."""
    if view.name is not None:
        yield "name", view.name, "plain"
    if view.description is not None:
        shortened = textwrap.shorten(view.description, _LONGEST_DESCRIPTION, placeholder=" ...")
        yield "description", shortened, "plain"
    if not view.loads:
        return
    if view.dialect.key("model"):
        yield "model", describe_model(view.model), "plain"
    if view.dialect.key("tools"):
        yield "tools", describe_tools(view), "bad" if view.tools.is_empty else "plain"
    for label, dropped in zip(("dropped", *[""] * len(view.tools.dropped)), view.tools.dropped, strict=False):
        yield label, f"{dropped.name} ({dropped.reason})", "bad"
    if view.capabilities:
        yield from capabilities.describe_capabilities(view.capabilities)
    yield "tokens", describe_tokens(view), "plain"
    for note in view.notes:
        yield "note", note, "muted"


def _wrapped(label: str | None, text: str, style: TextStyle, width: int) -> Iterator[Line]:
    """The text over as many lines as it needs, beside a column for the label, if there is one."""
    indent = 0 if label is None else _LABEL
    pieces = textwrap.wrap(
        _printable(text), max(20, width - 2 - indent), break_long_words=False, break_on_hyphens=False
    )
    for at, piece in enumerate(pieces):
        lead = (label or "" if at == 0 else "").ljust(indent)
        yield (StyledText("  "), StyledText(lead, "label"), StyledText(piece, style))


def _printable(text: str) -> str:
    """`text` without the characters that would steer a terminal."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text)
