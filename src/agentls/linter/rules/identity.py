"""Rules about the name and the description that every agent must have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentls.document.edits import set_value, write_literal_block, write_scalar
from agentls.linter.consequence import Consequence, effects_on
from agentls.linter.reason_wording import describe_reason
from agentls.linter.rule import Context, Finding, Fix, describe_effect, rule
from agentls.linter.shared.default_values import default_name, make_name, placeholder
from agentls.linter.shared.load_reasons import find_early_closing, findings_for_reason
from agentls.linter.shared.lost_text import find_lost_text, quote_value
from agentls.readers.pipeline import compare_name_with_folder
from agentls.text.offsets import Edit, Span
from agentls.text.spelling import closest_match
from agentls.text.yaml_tree import Entry, Scalar, Sequence


@rule("not loaded", subjects=("reason missing-name",))
def missing_name(ctx: Context) -> Iterator[Finding]:
    """`name` is missing or empty.

    Claude Code treats a file without a `name` as documentation and does not load it. The file name is only
    used instead in a plugin.

    ## Bad

    ```markdown
    ---
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    yield from _report_missing(ctx, "name")


@rule("not loaded", subjects=("reason missing-description",))
def missing_description(ctx: Context) -> Iterator[Finding]:
    """`description` is missing or empty.

    The model chooses an agent by its description. Claude Code does not load a file without one; in a plugin it
    uses a placeholder.

    ## Bad

    ```markdown
    ---
    name: reviewer
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    yield from _report_missing(ctx, "description")


def _report_missing(ctx: Context, key: str) -> Iterator[Finding]:
    """Report that `key` is missing or empty, with a fix that inserts a value."""
    if find_early_closing(ctx) and ctx.document.entry(key):
        return  # The file has the key; `early-terminator` reports that the runtime does not read it.
    code = f"missing-{key}"
    for finding in findings_for_reason(ctx, code):
        entry = ctx.reading.entry(key)
        lost = find_lost_text(ctx, key)
        value = write_scalar(default_name(ctx)) if key == "name" else placeholder(ctx)
        if entry is None:
            fix = Fix(f"Insert `{key}`", _insert_entry(ctx, key, value))
        elif lost:
            fix = quote_value(ctx, entry, lost)
        else:
            fix = Fix(f"Fill in `{key}`", (set_value(entry, value),))
        yield finding._replace(fixes=_effective_fixes(ctx, code, fix))


def _insert_entry(ctx: Context, key: str, value: str) -> tuple[Edit, ...]:
    """Return the edit that inserts the entry `key`: at the start, or after the name."""
    block, entries = ctx.reading.block, ctx.reading.root.entries if ctx.reading.root else ()
    if block is None or any(_is_misspelling(ctx, entry.key.text, key) for entry in entries):
        return ()  # `misspelt-key` reports a similar key, with a fix.
    at, indent = block.start, ""
    if entries:
        first = entries[0].key.span.start
        indent = ctx.text[max(ctx.text.rfind("\n", 0, first) + 1, block.start) : first]
    name = ctx.reading.entry("name")
    if key != "name" and name:
        at = ctx.text.find("\n", name.span.end) + 1
    if not block.start <= at <= block.end:
        return ()  # The closing fence is on the line of the name.
    return (Edit(Span(at, at), f"{indent}{key}: {value}{ctx.document.newline}"),)


def _is_misspelling(ctx: Context, written: str, key: str) -> bool:
    """Whether `written` is an unknown key that probably means `key`."""
    foreign = ctx.dialect.foreign_key(written)
    if foreign or ctx.dialect.key(written):
        return foreign is not None and foreign.replacement == key
    return closest_match(written, [key]) is not None


def _effective_fixes(ctx: Context, code: str, *fixes: Fix) -> tuple[Fix, ...]:
    """Return those of `fixes` after which the frontmatter can be read and has no reason `code`."""
    readings = [(fix, ctx.document.with_edits(fix.edits).readings) for fix in fixes if fix.edits]
    return tuple(
        fix
        for fix, after in readings
        if after[0].root is not None
        and not any(reason.kind == code for reading in after for reason in reading.reasons)
    )


@rule("not loaded", subjects=("reason name-not-text",))
def name_not_text(ctx: Context) -> Iterator[Finding]:
    """`name` is a number, a boolean, a list or a mapping instead of a string.

    Unquoted `123`, `1e3`, `true` and `~` are not strings in YAML. Claude Code does not accept them as a
    name, and does not load the file.

    ## Bad

    ```markdown
    ---
    name: 123
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```

    ## Good

    ```yaml
    name: "123"
    ```
    """
    yield from _report_non_string(ctx, "name")


@rule("not loaded", subjects=("reason description-not-text",))
def description_not_text(ctx: Context) -> Iterator[Finding]:
    """`description` is a number, a boolean, a list or a mapping instead of a string.

    A line such as `Use it when: the code has changed`, indented below `description:`, makes the value a
    mapping; square brackets make it a list. Claude Code only accepts a string, and does not load the
    file.

    ## Bad

    ```yaml
    description:
      Use it when: the code has changed.
    ```

    ## Good

    ```yaml
    description: |
      Use it when: the code has changed.
    ```
    """
    yield from _report_non_string(ctx, "description")


def _report_non_string(ctx: Context, key: str) -> Iterator[Finding]:
    """Report that the value of `key` is not a string, with a fix that makes it one."""
    code = f"{key}-not-text"
    for finding in findings_for_reason(ctx, code):
        entry = ctx.reading.entry(key)
        assert entry is not None, "the reason refers to its value"
        raw = entry.value.span.text_in(ctx.text)
        fixes = []
        is_scalar = isinstance(entry.value, Scalar) and entry.value.type in ("int", "float", "bool")
        if isinstance(entry.value, Sequence) and len(entry.value.items) == 1:
            item = entry.value.items[0].span.text_in(ctx.text)
            fixes.append(Fix("Convert to a single value", (set_value(entry, item),)))
        if "\n" in raw or not (isinstance(entry.value, Scalar) or entry.value.flow):
            start = ctx.text.rfind("\n", 0, entry.value.span.start) + 1
            from textwrap import dedent  # Loading it takes longer than all rules for one file.

            lines = dedent(ctx.text[max(start, entry.key.span.end + 1) : entry.value.span.end]).strip()
            edit = set_value(entry, write_literal_block(lines, ctx.document.newline))
            fixes.append(Fix("Convert to a block scalar", (edit,)))
        else:
            fixes.append(Fix("Quote the value", (Edit(entry.value.span, f'"{raw}"'),), is_scalar))
        yield finding._replace(fixes=_effective_fixes(ctx, code, *fixes)[:1])


@rule("not loaded", subjects=("reason invalid-name",))
def invalid_name(ctx: Context) -> Iterator[Finding]:
    """The name is not valid in the runtime.

    A colon separates the name of a plugin from the names of its agents. Claude Code does not load an agent of a
    project whose name contains a colon or starts with a hyphen. It accepts capital letters, spaces and other
    characters, but documents lower-case letters and hyphens.

    ## Bad

    ```yaml
    name: team:reviewer
    ```

    ## Good

    ```markdown
    ---
    name: team-reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    for finding in findings_for_reason(ctx, "invalid-name"):
        entry = ctx.document.entry("name")
        if entry is None or not isinstance(entry.value, Scalar):
            yield finding._replace(fixes=_effective_fixes(ctx, "invalid-name", *_override_fix(ctx)))
            continue
        if finding.span != entry.report_span:  # It is the name of another definition in the file.
            yield finding
            continue
        name = re.sub(r"\s*:\s*", "-", entry.value.text.strip()).strip("-").strip() or "my-agent"
        names = dict.fromkeys((name, make_name(entry.value.text)))
        fixes = [Fix(f"Change to `{name}`", (Edit(finding.span, write_scalar(name)),)) for name in names]
        fixes += _override_fix(ctx)
        yield finding._replace(fixes=_effective_fixes(ctx, "invalid-name", *fixes)[:1])


def _override_fix(ctx: Context) -> Iterator[Fix]:
    """Return the fix that lets the agent shadow a built-in one, where that requires a key."""
    override = ctx.reading.runtime.naming.override_key
    entry = ctx.reading.entry(override) if override else None
    if entry:
        yield Fix(f"Change to `{override}: true`", (set_value(entry, "true"),))
    elif override:
        yield Fix(f"Insert `{override}: true`", _insert_entry(ctx, override, "true"))


@rule("advice", subjects=("format with names of folders",))
def name_not_folder(ctx: Context) -> Iterator[Finding]:
    """The name of a skill differs from the name of its folder.

    The Agent Skills standard requires the same name, and its validator rejects the skill. The runtimes still
    load it, some by the name in the file and some by the name of the folder. VS Code reports it. In a folder that
    VS Code does not own, it is reported if the setting `runtimes` includes `agent-skills`, the validator.

    ## Bad

    ```markdown .github/skills/review-code/SKILL.md
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    Read the diff first.
    ```

    ## Good

    ```markdown .github/skills/review-code/SKILL.md
    ---
    name: review-code
    description: Reviews code. Use it after every change.
    ---

    Read the diff first.
    ```
    """
    for finding in (
        *findings_for_reason(ctx, "name-not-folder", consequence=Consequence.ADVICE),
        *_report_other_name(ctx),
    ):
        folder = ctx.document.identity.default_name("folder")
        fix = Fix(f"Change to `{folder}`", (Edit(finding.span, write_scalar(folder)),))
        yield finding._replace(fixes=_effective_fixes(ctx, "name-not-folder", fix))


def _report_other_name(ctx: Context) -> Iterator[Finding]:
    """Report a name that differs from the folder's, if runtimes report it but load the skill."""
    readings = [reading for reading in ctx.readings if reading.runtime.naming.name_mismatch == "reported"]
    for reading in readings[:1]:
        for reason in compare_name_with_folder(reading.root, ctx.document.identity) if reading.root else ():
            what = "uses the name of the folder" if reading.name != reading.string("name") else "reports it"
            reported = describe_effect((reading.runtime for reading in readings), what)
            yield Finding(
                reason.span,
                f"{describe_reason(reason)}. {reported}.",
                effects=effects_on(readings, Consequence.ADVICE),
            )


@rule("advice")
def builtin_name(ctx: Context) -> Iterator[Finding]:
    """The agent has the name of a built-in agent and shadows it.

    This is documented, and useful to replace a built-in agent on purpose. It also applies wherever Claude
    Code itself starts the agent of that name.

    ## Bad

    ```markdown
    ---
    name: Explore
    description: Explores the code. Use it before every change.
    ---

    You explore code.
    ```

    ## Good

    ```markdown
    ---
    name: code-explorer
    description: Explores the code. Use it before every change.
    ---

    You explore code.
    ```
    """
    for agent in ctx.dialect.builtin_agents if ctx.dialect.kind == "agent" else ():
        if agent.name == ctx.reading.name and ctx.reading.loads:
            message = f"Shadows the built-in agent `{agent.name}` of {ctx.reading.runtime.title}."
            yield Finding(_value_span(ctx, "name"), message)


@rule("advice", subjects=("format with reserved names",))
def reserved_name(ctx: Context) -> Iterator[Finding]:
    """The name is reserved, and the runtime may not find the agent by it.

    ## Bad

    ```markdown
    ---
    name: main
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    for reserved in ctx.dialect.reserved_names:
        if reserved.name == ctx.reading.name and ctx.reading.loads:
            yield Finding(_value_span(ctx, "name"), f"{reserved.summary} Choose another name.")


def _value_span(ctx: Context, key: str) -> Span:
    """Return the span for a finding about the value of `key`: the opening fence if the key is missing."""
    entry = ctx.reading.entry(key)
    if entry:
        return entry.report_span
    block = ctx.document.frontmatter
    return block.opening if block else ctx.document.start_span


@rule("advice")
def placeholder_description(ctx: Context) -> Iterator[Finding]:
    """`description` is missing or not a string, and the model receives a placeholder.

    Claude Code does not load an agent of a project without a description. For an agent of a plugin it uses a
    placeholder, which does not help the model to choose an agent. For a skill or a command, the model receives
    the first line, which is usually a heading.

    ## Bad

    ```markdown plugin
    ---
    name: reviewer
    ---

    You review code.
    ```

    ## Good

    ```markdown plugin
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    reading = ctx.reading
    has_default = (
        ctx.dialect.kind != "agent" and reading.runtime.description.default_description == "first line"
    )
    read = reading.status in ("clean", "repaired") and (reading.block is not None or has_default)
    is_described = ctx.dialect.model_invocable or has_default
    if not (is_described and read and reading.description) or find_early_closing(ctx):
        return
    if "model" in ctx.document.blocked_callers(reading):
        return
    entry = reading.entry("description")
    if entry and isinstance(entry.value, Scalar) and entry.value.text and entry.value.type != "null":
        return
    mark, edits = _insert_description(ctx)
    message = f"{_describe_missing_description(entry)} The model receives `{reading.description}` instead."
    # People choose a command by its name, and often nobody else runs it.
    consequence = Consequence.SUGGESTION if ctx.dialect.kind == "command" else Consequence.ADVICE
    fixes = ctx.make_fix("Insert a description", *edits)
    yield Finding(mark, message, fixes, effects=ctx.effects(consequence))


def _describe_missing_description(entry: Entry | None) -> str:
    """Return a sentence about a description that is missing, or that is not one."""
    return "`description` must be a non-empty string." if entry else "`description` is missing."


def _insert_description(ctx: Context) -> tuple[Span, tuple[Edit, ...]]:
    """Return the span for a finding about the description, and the edits that insert one."""
    entry, block = ctx.reading.entry("description"), ctx.document.frontmatter
    if entry:
        return entry.report_span, (set_value(entry, placeholder(ctx)),)
    mark = block.opening if block and ctx.reading.block else ctx.document.lines.line_span(0)
    return mark, _insert_entry(ctx, "description", placeholder(ctx))


@rule("advice", subjects=("format without required descriptions",))
def undescribed_agent(ctx: Context) -> Iterator[Finding]:
    """`description` is missing, and the runtime still loads the file.

    Factory Droid lists every Markdown file as a droid, even one without frontmatter, such as a README.
    Without a description the model can only guess when to use it. OpenCode tells the model that only the
    user should call such an agent; a primary agent, which the user selects, does not need a description.

    ## Bad

    ```markdown .factory/droids
    ---
    name: reviewer
    ---

    You review code.
    ```

    ## Good

    ```markdown .factory/droids
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    reading = ctx.reading
    if (
        not reading.runtime.effects.no_description_effect
        or reading.status in ("damaged", "dropped")
        or find_early_closing(ctx)
    ):
        return
    if (reading.description or "").strip() or ctx.is_chosen_by_people:
        return
    if reading.block is None and reading.runtime.without_frontmatter == "prompt":
        return  # The frontmatter is missing altogether.
    if any(_is_misspelling(ctx, entry.key.text, "description") for entry in ctx.document.root.entries):
        return  # `misspelt-key` reports a similar key.
    mark, edits = _insert_description(ctx)
    missing = _describe_missing_description(reading.entry("description"))
    message = f"{missing} {ctx.describe_effect(reading.runtime.effects.no_description_effect)}."
    yield Finding(mark, message, ctx.make_fix("Insert a description", *edits))
