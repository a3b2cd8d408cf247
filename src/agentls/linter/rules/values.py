"""Rules about the values of keys."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentls.dialects import value_schema
from agentls.dialects.records import Key, KeyType
from agentls.linter.rule import Context, Finding, join_titles, rule
from agentls.linter.rules.loading import certainty
from agentls.readers.reading import Reading
from agentls.text.offsets import Edit, Span
from agentls.text.spelling import closest_match
from agentls.text.wording import describe_value
from agentls.text.yaml_tree import Entry, Node, Scalar, Sequence


def entries_of_type(ctx: Context, *types: KeyType) -> Iterator[tuple[Key, Entry]]:
    """The keys of these types with the entries that count for them, unless those say nothing or
    have no effect where the file lies."""
    return (pair for pair in ctx.document.significant_entries if pair[0].type in types)


@rule("warning")
def invalid_value(ctx: Context) -> Iterator[Finding]:
    """A key has a value that the runtime does not understand, and drops.

    The file loads as if the key were not there, and only the debug log of Claude Code says so.
    Case counts: `permissionMode: plan` works and `permissionMode: Plan` does not. For a truth
    value only `true` and `false` will do, not `yes`, `on` or `1`.

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
    """
    for key, entry in entries_of_type(ctx, "enum", "boolean", "integer", "text", "tools"):
        # Without a name or a description the file does not load, and a wrong `tools` leaves the
        # agent with none: rules of their own say so. Of some keys nobody knows what a wrong value does.
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
        meant = _meant(key, entry.value)
        message = f"`{key.name}` takes {_wanted(key)}, not {describe_value(entry.value)}: {key.docs.invalid_effect}."
        yield suggest(ctx, entry.report_span, message, entry.value.span, meant)
    yield from _misfits(ctx)


def _misfits(ctx: Context) -> Iterator[Finding]:
    """Values that do not have the shape that a runtime takes, and that it does without."""
    refused = {reason.span for reading in ctx.readings for reason in reading.reasons}
    told: dict[Span, list[Reading]] = {}
    findings: dict[Span, Finding] = {}
    for reading in ctx.readings:
        for entry in reading.root.entries if reading.root else ():
            key = reading.dialect.key(entry.key.text)
            if key is None or not key.known_to(reading.runtime.name) or entry.unparsed:
                continue
            for misfit in value_schema.find_mismatches(key, entry.value, reading.runtime.name):
                span = misfit.span if misfit.span.end > misfit.span.start else entry.report_span
                if span not in refused:
                    told.setdefault(span, []).append(reading)
                    message = f"{misfit.message}: {key.docs.invalid_effect or _outcome(reading)}"
                    findings.setdefault(span, Finding(span, message, at_most=ctx.trust(key.source)))
    for span, readings in told.items():
        where = f" in {join_titles(reading.runtime for reading in readings)}" if len(ctx.readings) > 1 else ""
        finding = findings[span]
        weakest = max(finding.at_most, certainty(readings))
        finding = finding._replace(message=f"{finding.message}{where}.", at_most=weakest)
        yield with_suggestion(ctx, finding)._replace(at_most=weakest)


def _outcome(reading: Reading) -> str:
    """What becomes of a wrong value where the table of keys does not tell."""
    if reading.runtime.unknown_keys == "undocumented":
        return f"what {reading.runtime.title} makes of it is not known"
    return "the value is ignored"


def with_suggestion(ctx: Context, finding: Finding) -> Finding:
    """A finding about a wrong value, with the word that was meant, if one was."""
    entry = next((each for each in ctx.document.root.entries if each.value.span == finding.span), None)
    key = ctx.dialect.key(entry.key.text) if entry else None
    if entry is None or key is None or not finding.span.text_in(ctx.text):
        return finding
    meant = _meant(key, entry.value)
    found = suggest(ctx, finding.span, finding.message, finding.span, meant)
    return found._replace(at_most=finding.at_most)


def matches_type(key: Key, value: Node) -> bool:
    """Whether the runtime takes the value. Where it is not known, it is taken to."""
    if not isinstance(value, Scalar):
        return key.type == "tools" and isinstance(value, Sequence)
    if value.type in ("int", "float"):
        whole = float(value.value).is_integer()
        return whole and (value.value > 0 if key.type == "integer" else "int" in key.value.also_types)
    if key.type in ("text", "tools"):
        return value.type == "str"
    if key.type == "boolean":
        return value.type == "bool" or value.text.lower() in ("true", "false")
    if value.type == "bool":
        return False
    # Text that starts with digits may well be read as a number.
    numeric = key.type == "integer" or "int" in key.value.also_types
    if numeric and re.match(r"\s*\+?0*[1-9]", value.text):
        return True
    words = [word.name for word in key.values]
    return value.text in words or (key.value.ignores_case and value.text.lower() in words)


def _wanted(key: Key) -> str:
    """What a key accepts, in words."""
    words = {"text": "text", "integer": "a whole number above zero", "tools": "the names of tools"}
    if key.type in words:
        return words[key.type]
    if key.type == "boolean":
        return "`true` or `false`"
    values = [f"`{value.name}`" for value in key.values if not value.alias_of]
    if "int" in key.value.also_types:
        values.append("a whole number")
    return " or ".join((", ".join(values[:-1]), values[-1])) if len(values) > 1 else values[0]


_TRUE, _FALSE = ("true", "yes", "y", "on", "1", "enabled"), ("false", "no", "n", "off", "0", "disabled")


def closest_boolean(text: str) -> str | None:
    """The truth value that a word in other spellings stands for, if it does."""
    word = text.strip().lower()
    return "true" if word in _TRUE else "false" if word in _FALSE else None


def _meant(key: Key, value: Node) -> str | None:
    """The value that the author most likely had in mind."""
    if isinstance(value, Sequence) and len(value.items) == 1:
        (value,) = value.items
        if isinstance(value, Scalar) and matches_type(key, value):
            return value.text
    if not isinstance(value, Scalar):
        return None
    if key.type == "boolean":
        return closest_boolean(value.text)
    text = value.text.strip().lower()
    return closest_match(text, [word.name for word in key.values]) if key.type == "enum" else None


def suggest(ctx: Context, mark: Span, message: str, written: Span, meant: str | None) -> Finding:
    """A finding at `mark`, with the word that was meant, if one was, and the fix that writes it."""
    if meant is None:
        return Finding(mark, message)
    fixes = ctx.make_fix(f"Write `{meant}`", Edit(written, meant))
    return Finding(mark, f"{message} Did you mean `{meant}`?", fixes)


@rule("hint")
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
        if key.name == _COLOR and not key.value.closed and not matches_type(key, entry.value):
            wanted, given = _wanted(key), describe_value(entry.value)
            message = f"`{key.name}` is documented with {wanted}, not {given}: {key.docs.invalid_effect}."
            yield suggest(ctx, entry.report_span, message, entry.value.span, _meant(key, entry.value))


_COLOR = "color"


@rule("warning")
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
        names = [] if key.value.closed or key.name == _COLOR else [value.name for value in key.values]
        if not names or not isinstance(entry.value, Scalar) or entry.value.text in names:
            continue
        meant = closest_match(entry.value.text, names, most=1)
        if meant:
            message = f"`{key.name}` knows no `{entry.value.text}`: {key.docs.invalid_effect}."
            yield suggest(ctx, entry.report_span, message, entry.value.span, meant)


@rule("warning")
def unclosed_list(ctx: Context) -> Iterator[Finding]:
    """A list that starts with `[` has no end.

    VS Code reports it, and takes what it can read. Other products skip such a file, which is another
    finding.

    ## Bad

    ```markdown .github/prompts/explain.prompt.md
    ---
    description: Explains a file.
    tools: [read, search
    ---

    Explain the file.
    ```

    ## Good

    ```markdown .github/prompts/explain.prompt.md
    ---
    description: Explains a file.
    tools: [read, search]
    ---

    Explain the file.
    ```
    """
    if any(reason.kind == "invalid-yaml" for reading in ctx.readings for reason in reading.reasons):
        return
    for entry in ctx.document.root.entries:
        if entry.unparsed and isinstance(entry.value, Sequence):
            span = entry.value.span
            closed = "]" in span.text_in(ctx.text)
            end = Span(span.end, span.end)
            fixes = () if closed else ctx.make_fix("Insert the closing `]`", Edit(end, "]"))
            what = "is not in order" if closed else "has no closing `]`"
            message = f"The list of `{entry.key.text}` {what}. {ctx.describe_effect('reports it')}."
            yield Finding(span, message, fixes)
