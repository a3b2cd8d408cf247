"""Rules about what every agent must have: a name and a description."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import dedent

from agentls.document.edits import set_value, write_literal_block, write_scalar
from agentls.linter.consequence import Consequence, effects_on
from agentls.linter.reason_wording import describe_reason
from agentls.linter.rule import Context, Finding, Fix, describe_effect, rule
from agentls.linter.shared.load_reasons import find_early_closing, findings_for_reason
from agentls.linter.shared.lost_text import find_lost_text, quote_value
from agentls.readers.pipeline import compare_name_with_folder
from agentls.text.offsets import Edit, Span
from agentls.text.spelling import closest_match
from agentls.text.yaml_tree import Scalar, Sequence


def _placeholder(ctx: Context) -> str:
    """A description to be written by the user."""
    return f"What the {ctx.dialect.thing} does. Use it when ..."


@rule("not loaded", subjects=("reason missing-name",))
def missing_name(ctx: Context) -> Iterator[Finding]:
    """The agent has no `name`, or an empty one.

    Claude Code takes a file without a `name` for documentation, and skips it. The name of the file
    does not stand in for it, except in a plugin.

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
    yield from _missing(ctx, "name")


@rule("not loaded", subjects=("reason missing-description",))
def missing_description(ctx: Context) -> Iterator[Finding]:
    """The agent has no `description`, or an empty one.

    The description tells the model what the agent is for. Claude Code skips a file without one; a
    plugin's agent gets a placeholder.

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
    yield from _missing(ctx, "description")


def _missing(ctx: Context, key: str) -> Iterator[Finding]:
    """The finding that `key` is missing or empty, with a fix that writes a value."""
    if find_early_closing(ctx) and ctx.document.entry(key):
        return  # The key is there; that the runtime does not get to see it is another finding.
    code = f"missing-{key}"
    for finding in findings_for_reason(ctx, code):
        entry = ctx.reading.entry(key)
        swallowed = find_lost_text(ctx, key)
        value = write_scalar(_default_name(ctx)) if key == "name" else _placeholder(ctx)
        if entry is None:
            fix = Fix(f"Insert `{key}`", _insertion(ctx, key, value))
        elif swallowed:
            fix = quote_value(ctx, entry, swallowed)
        else:
            fix = Fix(f"Fill in `{key}`", (set_value(entry, value),))
        yield finding._replace(fixes=_working(ctx, code, fix))


def _insertion(ctx: Context, key: str, value: str) -> tuple[Edit, ...]:
    """The edit that adds the entry `key`: first, or a description below the name."""
    block, entries = ctx.reading.block, ctx.reading.root.entries if ctx.reading.root else ()
    if block is None or any(_is_meant_as(ctx, entry.key.text, key) for entry in entries):
        return ()  # A key that is almost the same has a finding and a fix of its own.
    at, indent = block.start, ""
    if entries:
        first = entries[0].key.span.start
        indent = ctx.text[max(ctx.text.rfind("\n", 0, first) + 1, block.start) : first]
    name = ctx.reading.entry("name")
    if key != "name" and name:
        at = ctx.text.find("\n", name.span.end) + 1
    if not block.start <= at <= block.end:
        return ()  # The closing fence stands on the line of the name.
    return (Edit(Span(at, at), f"{indent}{key}: {value}{ctx.document.newline}"),)


def _is_meant_as(ctx: Context, written: str, key: str) -> bool:
    """Whether a key that the runtime does not know is meant to be `key`."""
    foreign = ctx.dialect.foreign_key(written)
    if foreign or ctx.dialect.key(written):
        return foreign is not None and foreign.use == key
    return closest_match(written, [key]) is not None


def _working(ctx: Context, code: str, *fixes: Fix) -> tuple[Fix, ...]:
    """Those of `fixes` after which the frontmatter can be read and has no reason `code` any more."""
    readings = [(fix, ctx.document.with_edits(fix.edits).readings) for fix in fixes if fix.edits]
    return tuple(
        fix
        for fix, after in readings
        if after[0].root is not None
        and not any(reason.kind == code for reading in after for reason in reading.reasons)
    )


def _default_name(ctx: Context) -> str:
    """A name made from that of the file, or of its folder."""
    return _slug(ctx.document.identity.default_name(ctx.reading.runtime.identity))


def _slug(stem: str) -> str:
    """A name made from the name of the file."""
    return re.sub(r"[\W_]+", "-", stem).strip("-").lower() or "my-agent"


@rule("not loaded", subjects=("reason name-not-text",))
def name_not_text(ctx: Context) -> Iterator[Finding]:
    """The value of `name` is a number, a truth value, a list or a mapping.

    YAML takes `123`, `1e3`, `true` and `~` for something other than text, unless they stand in
    quotes. Claude Code does not accept them as a name, and skips the file.

    ## Bad

    ```markdown
    ---
    name: 123
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: "123"
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    yield from _not_text(ctx, "name")


@rule("not loaded", subjects=("reason description-not-text",))
def description_not_text(ctx: Context) -> Iterator[Finding]:
    """The value of `description` is a number, a truth value, a list or a mapping.

    Only text counts. A line such as `Use it when: the code has changed`, indented below
    `description:`, makes the value a mapping; text in square brackets makes it a list. Claude Code
    skips such a file.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description:
      Use it when: the code has changed.
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: |
      Use it when: the code has changed.
    ---

    You review code.
    ```
    """
    yield from _not_text(ctx, "description")


def _not_text(ctx: Context, key: str) -> Iterator[Finding]:
    """The finding that the value of `key` is not text, with a fix that makes it text."""
    code = f"{key}-not-text"
    for finding in findings_for_reason(ctx, code):
        entry = ctx.reading.entry(key)
        assert entry is not None, "the reason is about its value"
        raw = entry.value.span.text_in(ctx.text)
        fixes = []
        if isinstance(entry.value, Sequence) and len(entry.value.items) == 1:
            item = entry.value.items[0].span.text_in(ctx.text)
            fixes.append(Fix("Write it without a list", (set_value(entry, item),)))
        if "\n" in raw or not (isinstance(entry.value, Scalar) or entry.value.flow):
            start = ctx.text.rfind("\n", 0, entry.value.span.start) + 1
            lines = dedent(ctx.text[max(start, entry.key.span.end + 1) : entry.value.span.end]).strip()
            edit = set_value(entry, write_literal_block(lines, ctx.document.newline))
            fixes.append(Fix("Write it as a block of lines", (edit,)))
        else:
            fixes.append(Fix("Put it into quotes", (Edit(entry.value.span, f'"{raw}"'),)))
        yield finding._replace(fixes=_working(ctx, code, *fixes)[:1])


@rule("not loaded", subjects=("reason invalid-name",))
def invalid_name(ctx: Context) -> Iterator[Finding]:
    """The name contains a colon, or starts with a hyphen.

    Colons separate a plugin's name from those of its agents. Claude Code skips a project's agent
    with such a name. Capital letters, spaces and other characters are accepted, but letters in lower
    case and hyphens are the documented form.

    ## Bad

    ```markdown
    ---
    name: team:reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
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
            yield finding._replace(fixes=_working(ctx, "invalid-name", *_override_fix(ctx)))
            continue
        if finding.span != entry.report_span:  # It is the name of a further definition in a list.
            yield finding
            continue
        name = re.sub(r"\s*:\s*", "-", entry.value.text.strip()).strip("-").strip() or "my-agent"
        names = dict.fromkeys((name, _slug(entry.value.text)))
        fixes = [Fix(f"Call it `{name}`", (Edit(finding.span, write_scalar(name)),)) for name in names]
        fixes += _override_fix(ctx)
        yield finding._replace(fixes=_working(ctx, "invalid-name", *fixes)[:1])


def _override_fix(ctx: Context) -> Iterator[Fix]:
    """The fix that lets the agent take the place of a built-in one, where that needs a key."""
    override = ctx.reading.runtime.override
    entry = ctx.reading.entry(override) if override else None
    if entry:
        yield Fix(f"Write `{override}: true`", (set_value(entry, "true"),))
    elif override:
        yield Fix(f"Insert `{override}: true`", _insertion(ctx, override, "true"))


@rule("advice")
def name_not_folder(ctx: Context) -> Iterator[Finding]:
    """The name of a skill is not that of its folder.

    The Agent Skills standard wants them to be the same, and its validator refuses a skill for it. The
    runtimes load it all the same: some under the one name, some under the other. VS Code reports it.

    ## Bad

    ```markdown .agents/skills/review-code/SKILL.md
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    Read the diff first.
    ```

    ## Good

    ```markdown .agents/skills/review-code/SKILL.md
    ---
    name: review-code
    description: Reviews code. Use it after every change.
    ---

    Read the diff first.
    ```
    """
    for finding in (
        *findings_for_reason(ctx, "name-not-folder", consequence=Consequence.ADVICE),
        *_other_names(ctx),
    ):
        folder = ctx.document.identity.default_name("folder")
        fix = Fix(f"Call it `{folder}`", (Edit(finding.span, write_scalar(folder)),))
        yield finding._replace(fixes=_working(ctx, "name-not-folder", fix))


def _other_names(ctx: Context) -> Iterator[Finding]:
    """The name, if it is not that of the folder, and runtimes say so that take it all the same."""
    readings = [reading for reading in ctx.readings if reading.runtime.other_names == "reported"]
    for reading in readings[:1]:
        for reason in compare_name_with_folder(reading.root, ctx.document.identity) if reading.root else ():
            said = describe_effect((reading.runtime for reading in readings), "reports it")
            yield Finding(
                reason.span,
                f"{describe_reason(reason)}. {said}.",
                effects=effects_on(readings, Consequence.ADVICE),
            )


@rule("advice")
def builtin_name(ctx: Context) -> Iterator[Finding]:
    """The agent has the name of a built-in agent, and takes its place.

    That is documented, and useful to replace a built-in agent on purpose. It also changes what
    the other parts of Claude Code get when they start the agent of that name.

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
            yield Finding(
                _mark(ctx, "name"),
                f"`{agent.name}` is a built-in agent, whose place this one takes. {agent.summary}",
            )


@rule("advice")
def reserved_name(ctx: Context) -> Iterator[Finding]:
    """The name has a meaning of its own, so the agent may not be found by it.

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
    for word in ctx.dialect.reserved_names:
        if word.name == ctx.reading.name and ctx.reading.loads:
            yield Finding(_mark(ctx, "name"), f"Choose another name: {word.summary}")


def _mark(ctx: Context, key: str) -> Span:
    """Where a finding about the value of `key` goes: to the fence where the name of the file stands in."""
    entry = ctx.reading.entry(key)
    if entry:
        return entry.report_span
    block = ctx.document.frontmatter
    return block.opening if block else Span(0, min(3, len(ctx.text)))


@rule("advice")
def placeholder_description(ctx: Context) -> Iterator[Finding]:
    """There is no description, and something else stands in for it.

    A project's agent without a description is skipped. A plugin's agent is registered with a
    placeholder, which says nothing to the model that decides whom to give a task. Of a skill the model
    is told the first line, which is most often a heading.

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
    read = reading.status in ("clean", "repaired") and reading.block is not None
    if not ctx.dialect.model_invocable or not read or not reading.description or find_early_closing(ctx):
        return
    entry = reading.entry("description")
    if entry and isinstance(entry.value, Scalar) and entry.value.text and entry.value.type != "null":
        return
    mark, edits = _description(ctx)
    message = f"There is no description in text. The model is told `{reading.description}`."
    yield Finding(mark, message, ctx.make_fix("Write a description", *edits))


def _description(ctx: Context) -> tuple[Span, tuple[Edit, ...]]:
    """Where a finding about the missing description goes, and the edits that write one."""
    entry, block = ctx.reading.entry("description"), ctx.document.frontmatter
    if entry:
        return entry.report_span, (set_value(entry, _placeholder(ctx)),)
    mark = block.opening if block and ctx.reading.block else ctx.document.lines.line_span(0)
    return mark, _insertion(ctx, "description", _placeholder(ctx))


@rule("advice")
def undescribed_agent(ctx: Context) -> Iterator[Finding]:
    """There is no description, and the runtime takes the file all the same.

    Factory Droid lists every Markdown file among its droids, also one without a frontmatter, such as
    a README. Without a description the model can only guess when to use it. OpenCode tells the model
    that only the user should call such an agent; a primary one, which people choose, needs none.

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
    if not reading.runtime.undescribed or reading.status in ("damaged", "dropped") or find_early_closing(ctx):
        return
    if (reading.description or "").strip() or ctx.is_chosen_by_people:
        return
    if reading.block is None and reading.runtime.without_frontmatter == "prompt":
        return  # All of the frontmatter is missing.
    if any(_is_meant_as(ctx, entry.key.text, "description") for entry in ctx.document.root.entries):
        return  # A key that is almost the same has a finding of its own.
    mark, edits = _description(ctx)
    message = f"There is no description: {ctx.runtime_titles} {reading.runtime.undescribed}."
    yield Finding(mark, message, ctx.make_fix("Write a description", *edits))
