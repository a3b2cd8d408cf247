"""Rules about the values of keys."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.dialects import value_schema
from agentls.linter.consequence import Consequence, effects_on
from agentls.linter.reason_wording import describe_mismatch
from agentls.linter.rule import Context, Finding, Related, describe_effect, join_titles, rule
from agentls.linter.shared.corrections import correct_value
from agentls.linter.shared.load_reasons import remaining_findings
from agentls.linter.shared.suggestions import closest_value, suggest, with_suggestion
from agentls.linter.shared.translation import translate_value
from agentls.linter.shared.value_types import entries_of_type, expected_values, matches_type, records_in
from agentls.readers.reading import Reading
from agentls.text.offsets import Edit, Span
from agentls.text.spelling import closest_match
from agentls.text.wording import describe_value, format_code
from agentls.text.yaml_tree import Entry, Scalar


@rule("ignored")
def invalid_value(ctx: Context) -> Iterator[Finding]:
    """A key has a value that the runtime does not understand, and drops.

    The file loads as if the key were not there, and only the debug log of Claude Code says so.
    Case counts: `permissionMode: plan` works and `permissionMode: Plan` does not. For a truth
    value only `true` and `false` will do, not `yes`, `on` or `1`.

    Other runtimes reject the whole file: Gemini CLI for every value of the wrong type, OpenCode so
    thoroughly that the whole program does not start.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    permissionMode: acceptedits
    ---

    You review code.
    ```

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    background: yes
    ---

    You review code.
    ```

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    max_turns: "20"
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    permissionMode: acceptEdits
    background: true
    ---

    You review code.
    ```

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    max_turns: 20
    ---

    You review code.
    ```
    """
    yield from _rejected_values(ctx)
    for key, entry in entries_of_type(ctx, "enum", "boolean", "integer", "text", "tools"):
        # Without a name or a description the file does not load, and a wrong `tools` leaves the
        # agent with none: rules of their own say so. Of some keys nobody knows what a wrong value does.
        if key.shape or key.shapes or not key.bad_value or key.required or key.name == "tools":
            continue
        if not key.closed or matches_type(key, entry.value):
            continue
        meant = closest_value(key, entry.value)
        message = (
            f"`{key.name}` takes {expected_values(key)}, not {describe_value(entry.value)}: {key.bad_value}."
        )
        yield suggest(ctx, entry.report_span, message, entry.value.span, meant)
    yield from _misfits(ctx)


def _misfits(ctx: Context) -> Iterator[Finding]:
    """Values that do not have the shape that a runtime takes, and that it does without."""
    refused = {reason.span for reading in ctx.readings for reason in reading.reasons}
    told: dict[Span, list[Reading]] = {}
    findings: dict[Span, Finding] = {}
    hearsay: dict[Span, bool] = {}
    for reading in ctx.readings:
        for entry in reading.root.entries if reading.root else ():
            key = reading.dialect.key(entry.key.text)
            if key is None or not key.known_to(reading.runtime.name) or entry.unparsed:
                continue
            for misfit in value_schema.find_mismatches(key, entry.value, reading.runtime.name):
                span = misfit.span if misfit.span.end > misfit.span.start else entry.report_span
                if span not in refused:
                    told.setdefault(span, []).append(reading)
                    message = f"{describe_mismatch(misfit)}: {key.bad_value or _outcome(reading)}"
                    findings.setdefault(span, Finding(span, message))
                    hearsay.setdefault(span, reading.dialect.source(key.source).confidence == "third-party")
    for span, readings in told.items():
        where = f" in {join_titles(reading.runtime for reading in readings)}" if len(ctx.readings) > 1 else ""
        finding = findings[span]
        effects = effects_on(readings, Consequence.IGNORED, is_hearsay=hearsay[span])
        finding = finding._replace(message=f"{finding.message}{where}.", effects=effects)
        yield with_suggestion(ctx, finding)


def _outcome(reading: Reading) -> str:
    """What becomes of a wrong value where the table of keys does not tell."""
    if reading.runtime.unknown_keys == "undocumented":
        return f"what {reading.runtime.title} makes of it is not known"
    return "the value is ignored"


@rule("suggestion", subjects=("type enum",))
def unknown_color(ctx: Context) -> Iterator[Finding]:
    """A colour is not one of those that are documented.

    Claude Code takes eight colours, in lower case. With another word or a hex value the agent
    loads, nothing is said, and what is drawn is not documented.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    color: "#ff8800"
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    color: orange
    ---

    You review code.
    ```
    """
    for key, entry in entries_of_type(ctx, "enum"):
        if key.name == _COLOR and not key.closed and not matches_type(key, entry.value):
            wanted, given = expected_values(key), describe_value(entry.value)
            message = f"`{key.name}` is documented with {wanted}, not {given}: {key.bad_value}."
            yield suggest(ctx, entry.report_span, message, entry.value.span, closest_value(key, entry.value))


_COLOR = "color"


@rule("ignored", subjects=("type enum", "type text"))
def misspelt_value(ctx: Context) -> Iterator[Finding]:
    """A value is almost one that is known, and may be any other as well.

    Case counts. If it is a name of your own, there is nothing wrong with it.

    ## Bad

    ```markdown .github/prompts/case.prompt.md
    ---
    description: Explains a file.
    agent: Ask
    ---

    Explain the file.
    ```

    ## Good

    ```markdown .github/prompts/case.prompt.md
    ---
    description: Explains a file.
    agent: ask
    ---

    Explain the file.
    ```
    """
    for key, entry in entries_of_type(ctx, "text", "enum"):
        names = [] if key.closed or key.name == _COLOR else [value.name for value in key.values]
        if not names or not isinstance(entry.value, Scalar) or entry.value.text in names:
            continue
        meant = closest_match(entry.value.text, names, most=1)
        if meant:
            message = f"`{key.name}` knows no `{entry.value.text}`: {key.bad_value}."
            yield suggest(ctx, entry.report_span, message, entry.value.span, meant)


def _rejected_values(ctx: Context) -> Iterator[Finding]:
    """Values for which a runtime rejects the file."""
    for finding in remaining_findings(ctx, "invalid-value"):
        entry = next((e for e in ctx.document.root.entries if e.report_span == finding.span), None)
        key = ctx.dialect.key(entry.key.text) if entry else None
        edits = translate_value(ctx, entry, key) if entry and key else ()
        if edits:
            yield finding._replace(fixes=ctx.make_fix(_title(edits[0]), *edits))
            continue
        named = with_suggestion(ctx, finding)
        yield named if named.fixes else named._replace(fixes=correct_value(ctx, finding.span))


def _title(edit: Edit) -> str:
    lines = edit.new_text.lstrip(": ").splitlines()
    return f"Write {format_code(lines[0])}" + (" and what belongs to it" if len(lines) > 1 else "")


@rule("ignored", subjects=("format with fields",))
def equal_entries(ctx: Context) -> Iterator[Finding]:
    """Two entries of a list have the same name where each needs its own.

    VS Code shows the handoffs of an agent as buttons, and wants their labels to differ.

    ## Bad

    ```markdown .github/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    handoffs:
      - label: Go on
        agent: mender
        prompt: Mend what was found.
      - label: Go on
        agent: tester
        prompt: Test it.
    ---

    You review code.
    ```

    ## Good

    ```markdown .github/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    handoffs:
      - label: Mend
        agent: mender
        prompt: Mend what was found.
      - label: Test
        agent: tester
        prompt: Test it.
    ---

    You review code.
    ```
    """
    for runtime, unique, records, _ in records_in(ctx):
        seen: dict[str, Entry] = {}
        for entry in (mapping.get(unique) for mapping in records if unique):
            if entry is None or not isinstance(entry.value, Scalar) or not entry.value.text:
                continue
            first = seen.setdefault(entry.value.text.lower(), entry)
            if first is not entry:
                wants = describe_effect((runtime,), f"wants each `{unique}` once")
                message = f"{format_code(entry.value.text)} stands above already. {wants}."
                yield Finding(
                    entry.report_span, message, related=(Related(first.report_span, "It stands here"),)
                )
