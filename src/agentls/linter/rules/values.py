"""Rules about the values of keys."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.dialects import value_schema
from agentls.dialects.records import Key, ValueRules
from agentls.document.edit_safety import Trials
from agentls.document.edits import quote_scalar, set_value
from agentls.linter.consequence import Consequence, effects_on
from agentls.linter.reason_wording import describe_mismatch
from agentls.linter.rule import Context, Finding, Fix, Related, describe_effect, join_titles, rule
from agentls.linter.shared.corrections import correct_value
from agentls.linter.shared.load_reasons import remaining_findings
from agentls.linter.shared.suggestions import closest_value, offer_choices, suggest, with_suggestion
from agentls.linter.shared.translation import translate_value
from agentls.linter.shared.value_types import entries_of_type, expected_values, matches_type, records_in
from agentls.readers.reading import Reading
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Edit, Span
from agentls.text.spelling import closest_match
from agentls.text.wording import describe_value, format_code
from agentls.text.yaml_tree import Entry, Node, Scalar, Sequence


@rule("ignored")
def invalid_value(ctx: Context) -> Iterator[Finding]:
    """A key has a value that the runtime does not accept.

    Claude Code loads the file as if the key were missing, and mentions it only in its debug log. Values are
    case-sensitive: `permissionMode: plan` works and `permissionMode: Plan` does not. A boolean is `true` or
    `false`, not `yes`, `on` or `1`.

    Other runtimes reject the file: Gemini CLI for any value of the wrong type. OpenCode does not start if
    an agent file has such a value.

    ## Bad

    ```yaml
    permissionMode: acceptedits
    ```

    ```yaml
    background: yes
    ```

    ```yaml .gemini/agents
    max_turns: "20"
    ```

    ## Good

    ```yaml
    permissionMode: acceptEdits
    background: true
    ```

    ```yaml .gemini/agents
    max_turns: 20
    ```
    """
    yield from _rejected_values(ctx)
    for key, entry in entries_of_type(ctx, "enum", "boolean", "integer", "text", "tools"):
        # Rules of their own report a missing name or description, and an invalid `tools`. Without a
        # documented effect of an invalid value there is nothing to report.
        if (
            key.value.schema
            or key.value.schemas
            or not key.docs.invalid_effect
            or key.required
            or key.name == "tools"
        ):
            continue
        if not key.value.closed or matches_type(key, entry.value):
            continue
        message = _describe_invalid_value(key, entry.value)
        closest = closest_value(key, entry.value)
        found = suggest(ctx, entry.report_span, message, entry.value.span, closest)
        yield found if found.fixes else found._replace(fixes=offer_choices(ctx, key, entry))
    yield from _mismatches(ctx)


def _describe_invalid_value(key: Key, value: Node) -> str:
    """Return what is wrong with a value, how it is handled, and which values are valid."""
    if isinstance(value, Scalar) and value.type == "str" and value.text.strip():
        invalid = f"Invalid `{key.name}` {format_code(value.text)}"
        return f"{invalid}; {key.docs.invalid_effect}. Expected {expected_values(key)}."
    is_number = isinstance(value, Scalar) and value.type in ("int", "float")
    effect = (is_number and key.docs.number_effect) or key.docs.invalid_effect
    return f"`{key.name}` must be {expected_values(key)}, not {describe_value(value)}; {effect}."


class _Mismatch(NamedTuple):
    """A value that does not match the schema of its key, and the runtimes that ignore it for that."""

    message: str
    fixes: tuple[Fix, ...]
    effect: str
    is_hearsay: bool
    readings: list[Reading]


def _mismatches(ctx: Context) -> Iterator[Finding]:
    """Report the values that do not match the schema of their key, and do not prevent loading."""
    rejected = {reason.span for reading in ctx.readings for reason in reading.reasons}
    found: dict[Span, _Mismatch] = {}
    for reading in ctx.readings:
        for entry in reading.root.entries if reading.root else ():
            key = reading.dialect.key(entry.key.text)
            if key is None or not key.known_to(reading.runtime.name) or entry.unparsed:
                continue
            is_hearsay = reading.dialect.source(key.source).confidence == "third-party"
            for mismatch in value_schema.find_mismatches(key, entry.value, reading.runtime.name):
                span = mismatch.span if mismatch.span.end > mismatch.span.start else entry.report_span
                if span in rejected:
                    continue
                effect = key.docs.invalid_effect or _default_effect(reading)
                message = describe_mismatch(mismatch)
                fixes = _quoting_fix(ctx, key, entry) or _joining_fix(ctx, key, entry)
                first = found.setdefault(span, _Mismatch(message, fixes, effect, is_hearsay, []))
                first.readings.append(reading)
    for span, (message, fixes, effect, is_hearsay, readings) in found.items():
        where = f" in {join_titles(reading.runtime for reading in readings)}" if len(ctx.readings) > 1 else ""
        effects = effects_on(readings, Consequence.IGNORED, is_hearsay=is_hearsay)
        yield with_suggestion(ctx, Finding(span, f"{message}; {effect}{where}.", fixes, effects=effects))


def _quoting_fix(ctx: Context, key: Key, entry: Entry) -> tuple[Fix, ...]:
    """Return the fix that makes a value in brackets the text that it looks like, for a key without a structure."""
    value, written = entry.value, entry.value.span.text_in(ctx.text)
    if key.type != "any" or isinstance(value, Scalar) or not value.flow or "\n" in written:
        return ()
    here = value_schema.schema_at(key)
    is_text = here is not None and here.allows("text", "scalar")
    return ctx.make_fix("Quote the value", Edit(value.span, quote_scalar(written))) if is_text else ()


def _joining_fix(ctx: Context, key: Key, entry: Entry) -> tuple[Fix, ...]:
    """Return the fix that writes a list of file patterns as one string, where a list is not accepted."""
    if key.type != "globs" or not isinstance(entry.value, Sequence):
        return ()
    patterns = [item.text for item in entry.value.items if isinstance(item, Scalar) and item.type == "str"]
    if not patterns or len(patterns) < len(entry.value.items):
        return ()
    return ctx.make_fix(
        "Separate the patterns with commas", set_value(entry, quote_scalar(",".join(patterns)))
    )


def _default_effect(reading: Reading) -> str:
    """Return how a runtime handles an invalid value where the table of keys does not specify it."""
    return (
        "the effect is undocumented"
        if reading.runtime.unknown_keys == "undocumented"
        else "the value is ignored"
    )


@rule("advice", subjects=("format with a validator",))
def invalid_for_validator(ctx: Context) -> Iterator[Finding]:
    """The runtime accepts a value that the validator of its vendor reports.

    `claude plugin validate` is stricter than Claude Code. It requires that the `name` of an agent is a
    string, and that the `metadata` of a skill are a mapping. Claude Code reads a number as text in an agent
    of a plugin, and does not use `metadata`.

    ## Bad

    ```markdown plugin
    ---
    name: 5
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```

    ## Good

    ```markdown plugin
    ---
    name: "5"
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    reading = ctx.reading
    rejected = {reason.span for reason in reading.reasons}
    for entry in reading.root.entries if reading.root else ():
        key = ctx.dialect.key(entry.key.text)
        if key is None or not key.value.validator_schema or entry.report_span in rejected:
            continue
        strict = Key(key.name, key.type, "", "", value=ValueRules(key.value.validator_schema))
        for mismatch in value_schema.find_mismatches(strict, entry.value, reading.runtime.name):
            message = f"{describe_mismatch(mismatch)}. `{reading.runtime.validator}` reports it."
            yield Finding(mismatch.span, message, _quote_number(ctx, entry))


def _quote_number(ctx: Context, entry: Entry) -> tuple[Fix, ...]:
    """Return the fix that makes a number or a boolean the text that it is read as."""
    value = entry.value
    if not isinstance(value, Scalar) or value.style != "plain" or value.type in ("str", "null"):
        return ()
    return ctx.make_fix("Quote the value", Edit(value.span, quote_scalar(value.text)), safe=True)


@rule("suggestion", subjects=("type enum",))
def unknown_color(ctx: Context) -> Iterator[Finding]:
    """A colour is not one of the documented colours.

    Claude Code documents eight colours, in lower case. With another name or a hex value the agent loads
    without a warning, and the colour that is shown is undocumented.

    ## Bad

    ```yaml
    color: "#ff8800"
    ```

    ## Good

    ```yaml
    color: orange
    ```
    """
    for key, entry in entries_of_type(ctx, "enum"):
        if key.name == _COLOR and not key.value.closed and not matches_type(key, entry.value):
            given = describe_value(entry.value)
            message = (
                f"{given[0].upper()}{given[1:]} is not a documented colour; its effect is undocumented."
                f" Expected {expected_values(key)}."
            )
            closest = closest_value(key, entry.value)
            yield suggest(ctx, entry.report_span, message, entry.value.span, closest)


_COLOR = "color"


@rule("ignored", subjects=("type enum", "type text"))
def misspelt_value(ctx: Context) -> Iterator[Finding]:
    """A value is similar to a known one, in a key that also accepts other values.

    Values are case-sensitive. If the value is a name that you defined, it is valid.

    ## Bad

    ```yaml .github/prompts/case.prompt.md
    agent: Ask
    ```

    ## Good

    ```yaml .github/prompts/case.prompt.md
    agent: ask
    ```
    """
    for key, entry in entries_of_type(ctx, "text", "enum"):
        names = [] if key.value.closed or key.name == _COLOR else [value.name for value in key.values]
        if not names or not isinstance(entry.value, Scalar) or entry.value.text in names:
            continue
        closest = closest_match(entry.value.text, names, max_distance=1)
        if closest:
            message = f"Unknown `{key.name}` `{entry.value.text}`; {key.docs.invalid_effect}."
            yield suggest(ctx, entry.report_span, message, entry.value.span, closest)


def _rejected_values(ctx: Context) -> Iterator[Finding]:
    """Report the values for which a runtime rejects the file."""
    trials = Trials(ctx.document)
    for finding in remaining_findings(ctx, "invalid-value"):
        entry = next((e for e in ctx.document.root.entries if e.report_span == finding.span), None)
        key = ctx.dialect.key(entry.key.text) if entry else None
        edits = translate_value(ctx, entry, key) if entry and key else ()
        if edits:
            yield finding._replace(fixes=ctx.make_fix(_conversion_title(edits[0]), *edits))
            continue
        suggested = with_suggestion(ctx, finding)
        yield (
            suggested
            if suggested.fixes
            else suggested._replace(fixes=correct_value(ctx, finding.span, trials))
        )


def _conversion_title(edit: Edit) -> str:
    """Return the title of a fix that converts the value of another format."""
    first, *others = edit.new_text.lstrip(": ").splitlines()
    return f"Convert to {format_code(first.rstrip(':'))}" if others else f"Change to {format_code(first)}"


@rule("ignored", subjects=("format with fields",))
def equal_entries(ctx: Context) -> Iterator[Finding]:
    """Two entries of a list have the same value in a field that must be unique.

    VS Code shows the handoffs of an agent as buttons and requires different labels.

    ## Bad

    ```yaml .github/agents
    handoffs:
      - label: Go on
        agent: mender
        prompt: Mend what was found.
      - label: Go on
        agent: tester
        prompt: Test it.
    ```

    ## Good

    ```yaml .github/agents
    handoffs:
      - label: Mend
        agent: mender
        prompt: Mend what was found.
      - label: Test
        agent: tester
        prompt: Test it.
    ```
    """
    for runtime, unique, records, _ in records_in(ctx):
        seen: dict[str, Entry] = {}
        for entry in (mapping.get(unique) for mapping in records if unique):
            if entry is None or not isinstance(entry.value, Scalar) or not entry.value.text:
                continue
            first = seen.setdefault(entry.value.text.lower(), entry)
            if first is not entry:
                required = describe_effect((runtime,), "requires unique values")
                message = f"Duplicate `{unique}` {format_code(entry.value.text)}; {required}."
                related = (Related(first.report_span, "first definition"),)
                yield Finding(entry.report_span, message, related=related)
