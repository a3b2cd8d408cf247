"""Rules about what stands below a key: the fields of records; and about keys that depend on others, or are
missed by runtimes that load a file without them."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.dialects import value_schema
from agentls.dialects.runtimes import Runtime
from agentls.document.edits import remove_entry
from agentls.linter.rule import Context, Finding, Fix, Related, Severity, describe_effect, rule
from agentls.linter.rules.loading import certainty
from agentls.linter.rules.values import suggest
from agentls.text.offsets import Span
from agentls.text.spelling import closest_match
from agentls.text.wording import format_code, join_names
from agentls.text.yaml_tree import Entry, Mapping, Scalar, Sequence


@rule("hint", tags=("unnecessary",))
def unknown_field(ctx: Context) -> Iterator[Finding]:
    """A field of a record is not known, and has no effect.

    Records are mappings with fixed fields, such as the handoffs of a Copilot agent.

    ## Bad

    ```markdown .github/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    handoffs:
      - label: Mend
        agent: mender
        prompt: Mend what was found.
        colour: red
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
    ---

    You review code.
    ```
    """
    strange: dict[Span, tuple[Entry, Mapping, list[str]]] = {}
    known: set[Span] = set()
    refused = {reason.span for reading in ctx.readings for reason in reading.reasons}
    for _, _, records, names in _records(ctx):
        for mapping in records:
            for entry in mapping.entries:
                if entry.key.text in names:
                    known.add(entry.key.span)
                elif entry.key.span not in refused:
                    strange.setdefault(entry.key.span, (entry, mapping, names))
    for span, (entry, mapping, names) in strange.items():
        if span in known:
            continue
        message = f"{format_code(entry.key.text)} is no field that is known here, and has no effect."
        meant = closest_match(entry.key.text, names)
        if meant and mapping.get(meant) is None:
            yield suggest(ctx, span, message, span, meant)
        else:
            yield Finding(span, message, _removal(ctx, mapping, entry))


def _records(ctx: Context) -> Iterator[tuple[Runtime, str, tuple[Mapping, ...], list[str]]]:
    """The records with fixed fields as each runtime sees them, with the name of their unique field ("" for
    none) and those of all fields; those of a list come together."""
    for reading in ctx.readings:
        runtime = reading.runtime
        for entry in reading.root.entries if reading.root else ():
            top = reading.dialect.key(entry.key.text)
            if top is None or not top.fields or not top.known_to(runtime.name) or entry.unparsed:
                continue
            for key, mappings in value_schema.find_records(top, entry.value, runtime.name):
                fields = [field for field in key.fields if field.known_to(runtime.name)]
                unique = next((field.name for field in fields if field.unique), "")
                if key.unknown_fields == "ignored":
                    yield runtime, unique, mappings, [field.name for field in fields]


def _removal(ctx: Context, mapping: Mapping, entry: Entry) -> tuple[Fix, ...]:
    """The fix that takes a field out, unless it shares its line with the dash of the list."""
    if not mapping.flow and entry is mapping.entries[0]:
        return ()
    edit = remove_entry(ctx.document, mapping, entry)
    return ctx.make_fix(f"Remove {format_code(entry.key.text)}", edit, safe=True)


@rule("warning")
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
    for runtime, unique, records, _ in _records(ctx):
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


@rule("warning")
def missing_tool(ctx: Context) -> Iterator[Finding]:
    """A key does nothing without a tool that the agent does not have.

    In VS Code an agent starts those in `agents` by the tool `agent`. Where it has `tools`, that one has
    to be among them.

    ## Bad

    ```markdown .github/agents
    ---
    name: lead
    description: Leads the work on a feature. Use it for features of several parts.
    tools: [read]
    agents: [reviewer]
    ---

    You lead the work.
    ```

    ## Good

    ```markdown .github/agents
    ---
    name: lead
    description: Leads the work on a feature. Use it for features of several parts.
    tools: [read, agent]
    agents: [reviewer]
    ---

    You lead the work.
    ```
    """
    for reading in ctx.readings:
        for entry in reading.root.entries if reading.root else ():
            key = reading.dialect.key(entry.key.text)
            if key is None or not key.needs_tool or not key.known_to(reading.runtime.name):
                continue
            empty = not entry.value.items if isinstance(entry.value, Sequence) else True
            tools = ctx.document.tools_in(reading)
            tool = reading.dialect.tool(key.needs_tool)
            enough = {key.needs_tool, *(tool.members if tool else ())}
            if empty or tools.mode == "all" or enough & set(tools.available):
                continue
            yield Finding(
                entry.report_span,
                f"`{key.name}` does nothing in {reading.runtime.title} unless {join_names([key.needs_tool])}"
                " is among the tools.",
            )


@rule("warning")
def expected_key(ctx: Context) -> Iterator[Finding]:
    """A key is missing that a runtime asks for, though it loads the file.

    VS Code reports a skill without a name or a description. One that people do not see, or that the model
    may start by itself as the file says, does not go without a description.

    ## Bad

    ```markdown .github/skills/review/SKILL.md
    ---
    name: review
    user-invocable: false
    ---

    Read the diff first.
    ```

    ## Good

    ```markdown .github/skills/review/SKILL.md
    ---
    name: review
    description: Reviews code. Use it after every change.
    user-invocable: false
    ---

    Read the diff first.
    ```
    """
    for reading in ctx.readings:
        asked = reading.runtime.asks_for
        if not asked or not reading.loads or reading.root is None or reading.block is None:
            continue
        at_most = certainty((reading,))
        for entry in reading.root.entries:
            key = reading.dialect.key(entry.key.text)
            value = entry.value.text if key and isinstance(entry.value, Scalar) else ""
            needed = key.needs.get(value) if key and key.known_to(reading.runtime.name) else None
            if needed in asked and reading.root.get(needed) is None:
                wants = describe_effect(
                    (reading.runtime,), f"wants a `{needed}` with `{entry.key.text}: {value}`"
                )
                yield Finding(entry.value.span, f"`{needed}` is missing. {wants}.", at_most=at_most)
        for name in asked:
            if reading.root.get(name) is None and not _is_told(ctx, name):
                message = f"`{name}` is missing. {describe_effect((reading.runtime,), 'reports it')}."
                mark = ctx.document.frontmatter.opening if ctx.document.frontmatter else reading.block
                yield Finding(mark, message, at_most=max(at_most, Severity.INFORMATION))


def _is_told(ctx: Context, name: str) -> bool:
    """Whether another finding is about the missing key: it stops a runtime, or something stands in for it."""
    refused = any(reason.kind == f"missing-{name}" for other in ctx.readings for reason in other.reasons)
    return refused or (name == "description" and bool(ctx.reading.description))
