"""Inspect an agent file: how each runtime reads it, as text and as data.

`inspect_document` collects the reports, `inspection_data` and `render_text` present them. Nothing is judged
here: a report states the result of the runtime's reading, intended or not.
"""

from __future__ import annotations

import textwrap
from bisect import bisect_right
from collections.abc import Callable, Iterator
from typing import Any

from agentls.dialects.loader import Dialect
from agentls.dialects.records import Models
from agentls.dialects.runtimes import Runtime
from agentls.document.document import Document
from agentls.document.file_patterns import Use, when_used
from agentls.document.secrets import hide_secrets
from agentls.document.tools import AvailableTools, available_tools
from agentls.linter.reason_wording import describe_reason
from agentls.project import capabilities
from agentls.project.capabilities import Capabilities, TextStyle
from agentls.project.index import Index
from agentls.readers.claude_hooks import find_invalid_hooks
from agentls.readers.reading import LoadStatus, Reading
from agentls.reports.prompt_call import Call, call_data, describe_call, expand_call
from agentls.text import tokens, wording
from agentls.text.escaping import escape_invisible, escape_path
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.yaml_tree import NESTED_TOO_DEEPLY, MappedText, Scalar, Sequence, parse

INHERIT = "inherit"


class ResolvedModel(NamedTuple):
    """The model as it is written (`None` if it is not), and the model that is requested when the agent runs:
    an id, or `inherit` for the model of the session."""

    written: str | None
    resolved: str


class TokenCounts(NamedTuple):
    """Estimated numbers of tokens of the description and of the body."""

    description: int
    body: int


class RuntimeReport(NamedTuple):
    """How one runtime reads the file.

    `is_readable` is that of the reading: a file can be readable and yet rejected.
    `reasons` state why it does not load unchanged, each with its line. `notes` state further effects that
    the author may not expect. If `loads` is false, the other fields have the values that would apply if it
    loaded. `is_read` is false if the runtime does not look at the file; if others do, the rest is about its text.
    `is_primary` tells whether the runtime owns the folder or is named by the configuration.
    `capabilities` is `None` if the project is unknown, `use` if the format has no file patterns, and `call` unless
    arguments are given to a file that takes them.
    """

    runtime: Runtime
    is_primary: bool
    dialect: Dialect
    loads: bool
    is_readable: bool
    status: LoadStatus
    reasons: tuple[str, ...]
    name: str | None
    description: str | None
    model: ResolvedModel
    tools: AvailableTools
    tokens: TokenCounts
    notes: tuple[str, ...]
    capabilities: Capabilities | None = None
    use: Use | None = None
    is_read: bool = True
    call: Call | None = None


class PortabilityCheck(NamedTuple):
    """Whether python-frontmatter can load the file, and if not, why. It represents the generic loaders of
    the ecosystem, which mostly fail on the same files."""

    loads: bool
    error: str | None


class Inspection(NamedTuple):
    """The reports on one file, the primary runtimes first."""

    path: str
    dialect: str
    reports: tuple[RuntimeReport, ...]
    portable: PortabilityCheck


def inspect_document(
    document: Document, index: Index | None = None, arguments: str | None = None
) -> Inspection:
    """Inspect `document` with all its readers and a generic loader. `index` is that of its project, if known, and
    `arguments` are those of a call to show."""
    readings = (*document.readings, *document.other_readings)
    reports = tuple(report_for(document, reading, index, arguments) for reading in readings)
    portable = _check_portability(document.text)
    if any(reading.status == "clean" and reading.root is None for reading in document.readings):
        portable = PortabilityCheck(True, None)  # The format needs no keys.
    return Inspection(document.path, document.dialect.name, reports, portable)


def report_for(
    document: Document, reading: Reading, index: Index | None = None, arguments: str | None = None
) -> RuntimeReport:
    """Report how the runtime of `reading` reads `document`. `index` is that of its project, if known, and `arguments`
    are those of a call to show."""
    text, dialect = document.text, reading.dialect
    body = text[reading.body_start :] if reading.loads else text[document.body_start :]
    tools = available_tools(reading, text, document.permission_mode)
    return RuntimeReport(
        reading.runtime,
        reading in document.readings,
        dialect,
        reading.loads,
        reading.is_readable,
        reading.status,
        tuple(_reason_texts(document, reading)),
        reading.name,
        reading.description and hide_secrets(reading.description),
        _resolved_model(reading, dialect.models),
        tools,
        TokenCounts(tokens.estimate_tokens(reading.description or ""), tokens.estimate_tokens(body.strip())),
        tuple(_notes(document, reading, tools)) if reading.loads else (),
        capabilities.find_capabilities(document, reading, tools, index) if index else None,
        when_used(reading, text) if reading.loads else None,
        reading.unread_reason is None,
        None if arguments is None else expand_call(document, reading, index, arguments),
    )


def resolve_model(written: str | None, models: Models) -> str:
    """The model that a value of `model` requests: an id, or `inherit`."""
    lowered = (written or "").strip().lower()
    if not lowered or lowered in models.inherits:
        return INHERIT
    model = models.get(lowered)
    if model is None:
        return written or INHERIT
    return model.resolves_to or model.name


def _resolved_model(reading: Reading, models: Models) -> ResolvedModel:
    entry, key = reading.entry("model"), reading.dialect.key("model")
    if entry and key and key.value.schema and isinstance(entry.value, Sequence):
        names = [item.text for item in entry.value.items if isinstance(item, Scalar)]
        return ResolvedModel(", ".join(names), resolve_model(names[0] if names else None, models))
    if entry is None or not isinstance(entry.value, Scalar) or entry.value.type == "null":
        return ResolvedModel(None, INHERIT)
    return ResolvedModel(entry.value.text, resolve_model(reading.string("model"), models))


def _reason_texts(document: Document, reading: Reading) -> Iterator[str]:
    """Why the file does not load, or only after repair, in the order of the text."""
    reasons = [reading.unread_reason] if reading.unread_reason else reading.reasons
    for reason in reasons:
        yield f"line {_line(document, reason.span)}: {describe_reason(reason)}"
    if not reading.loads or reading.root is None:
        return
    entries = reading.root.entries
    ends = [entry.value.span.end for entry in entries]
    for span in reading.repaired_values:
        at = bisect_right(ends, span.start)
        found = at < len(entries) and entries[at].value.span.overlaps(span)
        what = f"the value of {wording.format_code(entries[at].key.text)}" if found else "a value"
        yield f"line {_line(document, span)}: {what} is quoted"
    for span in reading.ignored_lines:
        yield f"line {_line(document, span)}: {wording.format_code(span.text_in(document.text))} is ignored"


def _line(document: Document, span: Span) -> int:
    """The one-based line on which `span` starts."""
    return document.lines.line_number(span.start) + 1


def _notes(document: Document, reading: Reading, tools: AvailableTools) -> Iterator[str]:
    """Effects that the author may not expect although nothing is wrong."""
    cut, block = reading.closing, document.frontmatter
    if cut and block and block.closing and cut.start < block.closing.start:
        yield (
            f"The frontmatter ends at the `---` in line {_line(document, cut)};"
            " the rest becomes part of the prompt."
        )
    ignored = list(_ignored_keys(reading))
    if ignored:
        yield f"{reading.runtime.title} ignores {wording.join_names(ignored)}."
    guard_effect = reading.dialect.hooks.broken_guard_effect
    if (
        guard_effect
        and reading.root
        and any(find_invalid_hooks(reading.root, document.text, reading.dialect))
    ):
        yield f"{reading.runtime.title} {guard_effect}, because a hook that can be a guard is invalid."
    if tools.mode == "listed":
        yield from _tool_notes(tools, reading.dialect)
    yield from _model_notes(reading.string("model"), reading.dialect.models)


def _ignored_keys(reading: Reading) -> Iterator[str]:
    """The keys that other runtimes of the dialect support, but this one does not."""
    for entry in reading.root.entries if reading.root else ():
        key = reading.dialect.key(entry.key.text)
        if key and not key.known_to(reading.runtime.name):
            yield key.name


def _tool_notes(tools: AvailableTools, dialect: Dialect) -> Iterator[str]:
    available = [tool for tool in map(dialect.tool, tools.available) if tool]
    for other in tools.available:
        yielding = [tool.name for tool in available if tool.superseded_by == other]
        if yielding:
            yield (
                f"An agent with `{other}` does not get {wording.join_names(yielding)};"
                f" it uses `{other}` instead."
            )
    lost = [tool.name for tool in available if not tool.background]
    if lost:
        yield f"In the background, which is the default, the agent does not have {wording.join_names(lost)}."
    some = [tool.name for tool in available if not tool.in_every_session]
    if some:
        yield f"Only available in some sessions or on some systems: {wording.join_names(some)}."


def _model_notes(written: str | None, models: Models) -> Iterator[str]:
    if resolve_model(written, models) == INHERIT or written is None or not models.known:
        return
    model = models.get(written)
    if models.providers and "/" not in written:
        yield f"{wording.format_code(written)} has no provider; the agent fails when it runs."
    elif model is None and not models.matches_other_id(written):
        ignored = "it is ignored unless the account has it"
        passed_on = "it is sent to the API unchanged"
        rest = passed_on if models.unknown_models == "passed on" else ignored
        yield f"Unknown model {wording.format_code(written)}; {rest}."
    elif model and model.status == "retired":
        yield f"Requests to `{model.name}` fail: {model.summary}."
    elif model and model.status == "remapped":
        yield f"`{model.name}` was removed; requests go to `{model.resolves_to}`."


def _check_portability(text: str) -> PortabilityCheck:
    """Check whether python-frontmatter can load `text`. It is not called on nesting that crashes its parser."""
    import frontmatter  # Few runs need it.
    from frontmatter.default_handlers import YAMLHandler

    boundary = YAMLHandler.FM_BOUNDARY
    assert boundary is not None, "the YAML handler has a boundary"
    stripped = text.replace("\r\n", "\n").strip()
    opening = boundary.match(stripped)
    pieces = boundary.split(stripped, 2)
    if opening and len(pieces) == 3:
        problem = parse(MappedText.unchanged(pieces[1], Span(0, len(pieces[1])))).error
        if problem and problem.message == NESTED_TOO_DEEPLY:
            return PortabilityCheck(False, problem.message)
    try:
        post = frontmatter.loads(text)
    except Exception as error:  # The constructors of values raise many types.
        format_name = getattr(error, "problem_mark", None)
        message = " ".join((getattr(error, "problem", None) or str(error)).split())
        if format_name is None or opening is None:
            return PortabilityCheck(False, message)
        lines_before = text[: len(text) - len(text.lstrip())].count("\n") + opening[0].count("\n")
        return PortabilityCheck(False, f"line {lines_before + format_name.line + 1}: {message}")
    return PortabilityCheck(True, None) if post.metadata else PortabilityCheck(False, "no keys found")


# --- data -------------------------------------------------------------------------------------


def inspection_data(inspection: Inspection) -> dict[str, Any]:
    """The inspection as plain data for JSON."""
    return {
        "path": inspection.path,
        "dialect": inspection.dialect,
        "readings": [_report_data(report) for report in inspection.reports],
        "portable": inspection.portable._asdict(),
    }


def _report_data(report: RuntimeReport) -> dict[str, Any]:
    return {
        "runtime": report.runtime.name,
        "counts": report.is_primary,
        "reads": report.is_read,
        "loads": report.loads,
        "readable": report.is_readable,
        "how": report.status,
        "reasons": list(report.reasons),
        "name": report.name,
        "description": report.description,
        "model": report.model._asdict(),
        "tools": {
            "mode": report.tools.mode,
            "entries": list(report.tools.entries),
            "available": list(report.tools.available),
            "dropped": [dropped._asdict() for dropped in report.tools.dropped],
        },
        "used": report.use._asdict() if report.use else None,
        "tokens": report.tokens._asdict(),
        "notes": list(report.notes),
        "effective": capabilities.capabilities_data(report.capabilities) if report.capabilities else None,
        "call": call_data(report.call) if report.call else None,
    }


# --- text -------------------------------------------------------------------------------------


class StyledText(NamedTuple):
    """A part of a line with a style, which the terminal maps to a colour."""

    text: str
    style: TextStyle = "plain"


Line = tuple[StyledText, ...]

_LABEL_WIDTH = 13
_MAX_DESCRIPTION = 240


def render_text(inspection: Inspection, width: int = 100) -> list[Line]:
    """Render the inspection in lines of at most `width` characters, longer only for a long word. For runtimes
    that are not primary it has only the verdict and the reasons."""
    lines: list[Line] = [(StyledText(escape_path(inspection.path), "path"),)]
    for report in inspection.reports:
        good = is_usable(report)
        lines += _wrap(None, verdict(report), "good" if good else "bad", width)
        for reason in report.reasons:
            lines += _wrap(None, f"- {reason}", "muted" if good else "plain", width)
        for label, text, style in describe_rows(report) if report.is_primary else ():
            lines += _wrap(label, text, style, width)
        for label, text, style in describe_call(report.call) if report.call and report.is_primary else ():
            lines += _verbatim(label, text, style)
    if not inspection.portable.loads:
        text = f"python-frontmatter cannot load this file: {inspection.portable.error}"
        lines += _wrap("portability", text, "muted", width)
    return lines


def _verbatim(label: str, text: str, style: TextStyle) -> Iterator[Line]:
    """The lines of `text` as they are, after a label."""
    for at, line in enumerate(text.splitlines() or [""]):
        lead = (label if at == 0 else "").ljust(_LABEL_WIDTH)
        yield (StyledText("  "), StyledText(lead, "label"), StyledText(escape_invisible(line, "\t"), style))


def strip_styles(lines: list[Line]) -> str:
    """The lines as plain text."""
    return "".join("".join(segment.text for segment in line) + "\n" for line in lines)


def is_usable(report: RuntimeReport) -> bool:
    """Whether the runtime can start an agent from the file, with tools unless it has none on purpose."""
    grammar = report.runtime.tool_grammar
    on_purpose = grammar is not None and grammar.empty_is_intended and report.tools.mode == "none"
    return (
        report.is_read
        and report.loads
        and report.status != "damaged"
        and (on_purpose or not report.tools.is_empty)
    )


def verdict(report: RuntimeReport) -> str:
    """A sentence on what the runtime does with the file."""
    title = f"{report.runtime.title} {report.runtime.version}".rstrip()
    if not (report.loads and report.is_read):
        return f"{title} {report.runtime.effects.rejection_effect.replace('the file', 'this file')}."
    if report.status == "damaged" and report.runtime.effects.degraded_effect:
        return f"{title} cannot read the frontmatter: it {report.runtime.effects.degraded_effect}."
    if report.status == "damaged":
        name = wording.format_code(report.name or "")
        return f"{title} loads this file without its frontmatter: {name} gets all tools."
    if report.runtime.effects.loading_effect:
        return f"{title} {report.runtime.effects.loading_effect}."
    effect = f"{title} {'loads' if report.runtime.version else 'should load'} this file"
    if report.status == "repaired":
        effect += " after repair"
    if report.tools.mode == "none":
        return f"{effect} and starts the {report.dialect.noun} without any tool."
    if report.tools.is_empty and report.runtime.without_tools != "refused":
        starts = "starts" if report.runtime.without_tools == "started" else "may start"
        return f"{effect} but {starts} the {report.dialect.noun} without any tool."
    if report.tools.is_empty:
        return f"{effect} but refuses to start the {report.dialect.noun}, which has no tools."
    return f"{effect}."


def short_status(report: RuntimeReport) -> str:
    """A few words on what the runtime does with the file, for a status bar."""
    if report.loads and report.status != "damaged" and report.tools.is_empty:
        return "no tools"
    return {
        "clean": "loads",
        "repaired": "loads after repair",
        "damaged": "loads without frontmatter",
        "dropped": report.runtime.effects.rejection_word,
    }[report.status]


def describe_model(model: ResolvedModel, format_name: Callable[[str], str] = str) -> str:
    """Describe the model as it is written and the one that it resolves to; `format_name` formats names."""
    written, resolved = model
    if resolved == INHERIT:
        return f"{format_name(written) if written else 'not set'} (model of the session)"
    return (
        format_name(resolved)
        if written == resolved
        else f"{format_name(written or '')} -> {format_name(resolved)}"
    )


def describe_tools(report: RuntimeReport, format_name: Callable[[str], str] = str) -> str:
    """Describe the tools that an agent may use, by name if they are listed; `format_name` formats names."""
    if report.tools.mode == "all":
        if any(tool.availability != "always" for tool in report.dialect.tools):
            return "all tools available to subagents"
        key = report.dialect.key("tools")
        return key.docs.default_effect if key and key.docs.default_effect else "all tools"
    denied = {ruling.name for ruling in report.capabilities.denied} if report.capabilities else ()
    return ", ".join(format_name(tool) for tool in report.tools.available if tool not in denied) or "none"


def describe_use(use: Use) -> str:
    """Describe when a text is used."""
    if use.when == "files":
        return f"for files that match {wording.join_names(use.patterns, ' or ')}"
    return {
        "always": "always",
        "never": "never, since no file can match",
        "description": "if the model chooses it by its description",
        "request": "on request only",
    }[use.when]


def describe_tokens(report: RuntimeReport, separator: str = ",") -> str:
    """Describe the numbers of tokens; `separator` comes between that of the description, if any, and the other."""
    where = "prompt" if report.dialect.noun in _PROMPT_THINGS else "text"
    body = f"{report.tokens.body:,} in the {where}"
    if report.description is None:
        return f"about {body}"
    return f"about {report.tokens.description:,} in the description{separator} {body}"


_PROMPT_THINGS = ("agent", "droid", "prompt", "command")
"""Kinds of files whose body is called a prompt."""


def describe_rows(
    report: RuntimeReport, format_name: Callable[[str], str] = str
) -> Iterator[tuple[str, str, TextStyle]]:
    """Describe one report in rows of label, text and style; `format_name` formats names."""
    if report.name is not None:
        yield "name", report.name, "plain"
    if report.description is not None:
        shortened = textwrap.shorten(report.description, _MAX_DESCRIPTION, placeholder=" ...")
        yield "description", shortened, "plain"
    if not report.loads:
        return
    if report.use:
        yield "used", describe_use(report.use), "bad" if report.use.when == "never" else "plain"
    if report.dialect.key("model"):
        yield "model", describe_model(report.model, format_name), "plain"
    if report.dialect.key("tools"):
        yield "tools", describe_tools(report, format_name), "bad" if report.tools.is_empty else "plain"
    for at, ignored in enumerate(report.tools.dropped):
        yield "" if at else "ignored", f"{format_name(ignored.name)} ({ignored.reason})", "bad"
    if report.capabilities:
        yield from capabilities.describe_capabilities(report.capabilities, format_name)
    yield "tokens", describe_tokens(report), "plain"
    for note in report.notes:
        yield "note", note, "muted"


def _wrap(label: str | None, text: str, style: TextStyle, width: int) -> Iterator[Line]:
    """Wrap `text` to lines of at most `width` characters, with a column for the label unless it is `None`."""
    indent = 0 if label is None else _LABEL_WIDTH
    pieces = textwrap.wrap(
        escape_invisible(text, "\n\t"),
        max(20, width - 2 - indent),
        break_long_words=False,
        break_on_hyphens=False,
    )
    for at, piece in enumerate(pieces):
        lead = (label or "" if at == 0 else "").ljust(indent)
        yield (StyledText("  "), StyledText(lead, "label"), StyledText(piece, style))
