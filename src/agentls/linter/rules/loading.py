"""Rules about what keeps a file from loading, and about the `---` lines around its frontmatter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentls.dialects.unsupported_files import find_unsupported_file
from agentls.document.edits import write_scalar
from agentls.linter.consequence import Consequence, Effect, effects_on
from agentls.linter.reason_wording import describe_reason
from agentls.linter.rule import Context, Finding, Fix, Related, describe_effect, rule
from agentls.linter.shared.default_values import default_name, placeholder
from agentls.linter.shared.load_reasons import (
    FENCE,
    can_be_read,
    describe_rejection,
    find_early_closing,
    findings_for_reason,
    insert_closing_fence,
)
from agentls.linter.shared.translation import (
    foreign_format_of,
    is_reported_for_file,
    translate_file,
)
from agentls.readers.reading import Reading, Reason
from agentls.readers.yaml_errors import dash_run
from agentls.text.address import speaks_to_agent
from agentls.text.frontmatter import MAX_CHECKED
from agentls.text.offsets import Edit, Span
from agentls.text.paths import relative_to
from agentls.text.patterns import lazy_pattern
from agentls.text.wording import join_names

_DASHES = lazy_pattern(r"-{3,}")
_ALMOST_CLOSING = lazy_pattern(r"^[-\u2010-\u2015\u2212]{2,}(?=[ \t]*\r?$)", re.MULTILINE)
_CODE_FENCE_BEFORE = lazy_pattern(r"(?:```|~~~)[^\n]*")
_CODE_FENCE_AT_END = lazy_pattern(r"\n[ \t]*(?:`{3,}|~{3,})\s*\Z")


@rule("harmful", subjects=("long frontmatter",))
def unchecked_frontmatter(ctx: Context) -> Iterator[Finding]:
    """The frontmatter is so long that agentls does not check the file.

    The limit of 32,768 characters is far above the frontmatter of real files, and lets the server answer at once.
    Neither the frontmatter nor the prompt is checked, and references in the file are not followed.
    `agentls inspect` shows how the runtimes read it.

    ## Bad

    ```yaml
    name: reviewer
    description: Reviews code. Use it after every change. ... (40,000 more characters)
    ```

    ## Good

    ```yaml
    name: reviewer
    description: Reviews code. Use it after every change.
    ```
    """
    block = ctx.document.frontmatter
    if block is None or not ctx.document.has_long_frontmatter:
        return
    length = block.content.end - block.content.start
    message = (
        f"The frontmatter has {length:,} characters. agentls checks at most {MAX_CHECKED:,}, and has not checked this"
        " file."
    )
    # Who reads the file by default is not asked of a document that is not read.
    effects = tuple(Effect(reader.runtime.name, Consequence.HARMFUL) for reader in ctx.document.readers)
    yield Finding(ctx.document.start_span, message, effects=effects)


@rule("advice", subjects=("reason missing-frontmatter", "no frontmatter"))
def missing_frontmatter(ctx: Context) -> Iterator[Finding]:
    """A file in a folder of agents has no frontmatter.

    An agent needs frontmatter with a `name` and a `description`. Claude Code treats a file in a project's
    `agents` folder that does not start with `---` as documentation and silently skips it; Gemini CLI and
    Copilot CLI report an error. A text that speaks to an agent ("You are ...") is meant as one, so this is
    a warning, or an error where the runtime reports one. For other texts it is an information, and a README
    is not reported. OpenCode and Kilo load every file in that folder as an agent, also a README, and use
    its whole text as the prompt. So does VS Code with a text that speaks to an agent.

    ## Bad

    ```markdown
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
    if ctx.in_plugin:
        return
    found = list(findings_for_reason(ctx, "missing-frontmatter"))
    if found and find_unsupported_file(ctx.document.path, ctx.text) is None:
        effects = tuple(_effects_of_missing_frontmatter(ctx))
        is_agent = any(effect.consequence is not Consequence.ADVICE for effect in effects)
        fixes = _insert_frontmatter(ctx) if is_agent else ()
        yield from (finding._replace(effects=effects, fixes=fixes) for finding in found)
        return
    prompts = [
        reading
        for reading in ctx.readings
        if reading.block is None
        and reading.status == "clean"
        and reading.runtime.without_frontmatter in ("prompt", "addressed prompt")
    ]
    if prompts and ctx.dialect.kind == "agent":
        what = f"loads the file as the agent `{prompts[0].name}` with its whole text as the prompt"
        effect = describe_effect((reading.runtime for reading in prompts), what)
        end = ctx.text.find("\n")
        first_line = Span(0, end if end >= 0 else len(ctx.text))
        yield Finding(first_line, f"The frontmatter is missing. {effect}.")


def _insert_frontmatter(ctx: Context) -> tuple[Fix, ...]:
    """Return the fix that inserts frontmatter with a name and a description to complete, if all runtimes then load the
    file."""
    start = 1 if ctx.text.startswith("\ufeff") else 0
    values = {"name": write_scalar(default_name(ctx)), "description": placeholder(ctx)}
    lines = [f"{key}: {value}" for key, value in values.items() if ctx.dialect.key(key)]
    text = ctx.document.newline.join([FENCE, *lines, FENCE, "", ""])
    edit = Edit(Span(start, start), text)
    loads = all(reading.loads for reading in ctx.document.with_edits((edit,)).readings)
    return (Fix("Insert frontmatter", (edit,)),) if loads else ()


def _effects_of_missing_frontmatter(ctx: Context) -> Iterator[Effect]:
    """Yield the effects on the runtimes that do not load the file, by whether it is meant as an agent."""
    place = ctx.document.identity.place
    is_named_agent = place is not None and place.files.startswith("*.") and place.files.count(".") > 1
    is_agent = is_named_agent or speaks_to_agent(ctx.text)
    for reading in ctx.readings:
        if any(reason.kind == "missing-frontmatter" for reason in reading.reasons):
            is_reported = reading.runtime.without_frontmatter == "reported"
            meant = Consequence.NOT_LOADED if is_reported else Consequence.IGNORED
            yield from effects_on([reading], meant if is_agent else Consequence.ADVICE)


@rule("ignored", subjects=("reason missing-frontmatter",))
def documentation_in_plugin(ctx: Context) -> Iterator[Finding]:
    """A file without frontmatter in a plugin's `agents` folder is registered as an agent.

    Claude Code registers every Markdown file in the `agents` folder of a plugin and in its subfolders. A
    file without frontmatter is named after the file, has a placeholder as its description and has all
    tools: a README becomes the agent `plugin:README`. Keep documentation outside the folder.

    ## Bad

    ```markdown plugin
    # Our agents

    They review code.
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
    if ctx.in_plugin:
        yield from findings_for_reason(ctx, "missing-frontmatter", consequence=Consequence.IGNORED)


@rule("not loaded", subjects=("reason text-before-frontmatter",))
def text_before_frontmatter(ctx: Context) -> Iterator[Finding]:
    """The file has text or whitespace before the opening `---`.

    The opening `---` must be the first line of the file. If a blank line, a comment or even a space
    comes before it, Claude Code finds no frontmatter and does not load the file.

    ## Bad

    ```markdown

    ---
    name: reviewer
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
    for finding in findings_for_reason(ctx, "text-before-frontmatter"):
        before = finding.span.text_in(ctx.text).strip()
        edits = [Edit(finding.span, "")]
        title, safe = "Remove the whitespace before the frontmatter", not before
        if _CODE_FENCE_BEFORE.fullmatch(before):
            title = "Remove the code fence around the file"
            last = _CODE_FENCE_AT_END.search(ctx.text, finding.span.end)
            edits += [Edit(Span(last.start() + 1, last.end()), "")] if last else []
        elif before:
            title = "Move the text below the frontmatter"
            end = ctx.document.with_edits(tuple(edits)).body_start + finding.span.end - finding.span.start
            lead = ctx.document.newline * (1 if ctx.text[end - 1 : end] == "\n" else 2)
            edits.append(Edit(Span(end, end), lead + before + ctx.document.newline))
        yield finding._replace(fixes=(Fix(title, tuple(edits), safe),))


@rule("not loaded", subjects=("reason unopened-frontmatter",))
def unopened_frontmatter(ctx: Context) -> Iterator[Finding]:
    """The opening `---` is missing.

    A file that starts with `name: ...` and `description: ...` is likely an agent. Without `---` on the
    first line, Claude Code treats it as documentation and does not load it. A `SKILL.md` is always
    expected to be a skill; only Claude Code loads one without frontmatter.

    ## Bad

    ```markdown
    name: reviewer
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
    for finding in findings_for_reason(ctx, "unopened-frontmatter"):
        start = 1 if ctx.text.startswith("\ufeff") else 0
        opening = Edit(Span(start, start), FENCE + ctx.document.newline)
        edits = [opening]
        block = ctx.document.with_edits((opening,)).frontmatter
        if block and block.closing is None:
            edits.append(insert_closing_fence(ctx, block.content.end - len(opening.new_text)))
        fix = Fix("Insert the opening `---`", tuple(edits))
        yield finding._replace(fixes=(fix,) if can_be_read(ctx, fix.edits) else ())


@rule("not loaded", subjects=("reason malformed-fence",))
def malformed_fence(ctx: Context) -> Iterator[Finding]:
    """The first line is similar to an opening `---`, but does not open the frontmatter.

    Only `---` alone on the first line, followed by LF or CRLF, opens the frontmatter. Claude Code does
    not load a file that starts with `----` or `---yaml`, has TOML between `+++`, or is in UTF-16.

    ## Bad

    ```markdown
    ----
    name: reviewer
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
    for finding in findings_for_reason(ctx, "malformed-fence"):
        if "\r" in ctx.text and "\n" not in ctx.text:
            whole = Span(finding.span.start, len(ctx.text))
            fix = Fix(
                "Convert the line endings to LF", (Edit(whole, whole.text_in(ctx.text).replace("\r", "\n")),)
            )
        else:
            edits = [Edit(finding.span, FENCE)]
            closing = _ALMOST_CLOSING.search(ctx.text, finding.span.end)
            if closing and closing[0] != FENCE:
                edits.append(Edit(Span(*closing.span()), FENCE))
            fix = Fix("Change to `---`", tuple(edits))
        yield finding._replace(fixes=(fix,) if can_be_read(ctx, fix.edits) else ())


@rule("not loaded", subjects=("reason unclosed-frontmatter", "unclosed frontmatter"))
def unclosed_frontmatter(ctx: Context) -> Iterator[Finding]:
    """The closing `---` is missing.

    Without it, Claude Code finds no frontmatter and does not load the file. `...` does not close the
    frontmatter. VS Code reads the whole file as frontmatter, so the prompt is empty.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.

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
    block = ctx.document.frontmatter
    fixes: tuple[Fix, ...] = ()
    if block and block.closing is None:
        end = block.content.end
        dots = re.compile(r"\s*^\.\.\.(?=[ \t]*\r?$)", re.MULTILINE).match(ctx.text, end)
        edit = Edit(Span(dots.end() - 3, dots.end()), FENCE) if dots else insert_closing_fence(ctx, end)
        fixes = (Fix("Insert the closing `---`", (edit,)),) if can_be_read(ctx, (edit,)) else ()
    findings = tuple(findings_for_reason(ctx, "unclosed-frontmatter", *fixes))
    yield from findings or _body_in_frontmatter(ctx, *fixes)


def _body_in_frontmatter(ctx: Context, *fixes: Fix) -> Iterator[Finding]:
    """Report the missing closing `---` for runtimes that then read the body as part of the frontmatter."""
    block = ctx.document.frontmatter
    if block is None or block.closing or not ctx.text[block.content.end :].strip():
        return
    readings = [reading for reading in ctx.readings if reading.loads and reading.body_start == len(ctx.text)]
    if readings:
        runtimes = (reading.runtime for reading in readings)
        effect = describe_effect(runtimes, "reads the whole file as frontmatter, so the prompt is empty")
        message = f"The closing `---` is missing. {effect}."
        yield Finding(block.opening, message, fixes, effects=effects_on(readings, Consequence.TEXT_LOST))


@rule("text lost", subjects=("early closing fence",))
def early_terminator(ctx: Context) -> Iterator[Finding]:
    """A `---` inside the frontmatter ends it too early.

    For Claude Code, the first `---` after the opening one ends the frontmatter, wherever it is: inside
    a value, in a comment or indented in a block scalar. The keys after it are lost, and the text becomes
    part of the prompt.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code --- and tests. Use it after every change.
    tools: Read
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code -- and tests. Use it after every change.
    tools: Read
    ---

    You review code.
    ```
    """
    cut = find_early_closing(ctx)
    if cut is None:
        return
    entries = ctx.document.root.entries
    lost = [
        f"`{entry.key.text}` is cut off"
        for entry in entries
        if entry.value.span.start < cut.start < entry.value.span.end
    ]
    after = [entry.key.text for entry in entries if entry.key.span.start > cut.end]
    if ctx.reading.reasons:
        lost += [f"the rest ({join_names(after)}) is lost"] if after else []
        ends = ": ".join(["This `---` ends the frontmatter", *([" and ".join(lost)] if lost else [])])
        message = f"{ends}. {describe_rejection([ctx.reading])}."
    else:
        rest = f"the rest ({join_names(after)})" if after else "the rest"
        lost.append(f"{rest} becomes part of the prompt")
        ends = ctx.describe_effect("ends the frontmatter at this `---`")
        message = f"{ends}: {' and '.join(lost)}."
    effects = effects_on([ctx.reading], Consequence.TEXT_LOST)
    yield Finding(cut, message, _shorten_dashes(ctx, cut), effects=effects)


def _shorten_dashes(ctx: Context, cut: Span) -> tuple[Fix, ...]:
    """Return the fix that shortens every `---` from `cut` to the intended end of the frontmatter."""
    block = ctx.document.frontmatter
    assert block is not None, "the caller found the intended end of the frontmatter"
    end = block.closing.start if block.closing else block.content.end
    edits = [Edit(Span(*found.span()), "--") for found in _DASHES.finditer(ctx.text, cut.start, end)]
    if block.closing is None:
        edits.append(insert_closing_fence(ctx, end))
    return ctx.make_fix("Shorten the dashes to `--`", *edits) if can_be_read(ctx, tuple(edits)) else ()


@rule("advice")
def text_after_closing_fence(ctx: Context) -> Iterator[Finding]:
    """The line of the closing `---` contains more text.

    For Claude Code, `---` ends the frontmatter even if its line contains more text, as `-----` does. The
    rest of the line becomes part of the prompt. Other tools expect the closing `---` alone on its line.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    -----

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
    closing, block = ctx.reading.closing, ctx.document.frontmatter
    if closing is None or find_early_closing(ctx):
        return
    run = dash_run(ctx.text, closing.start)
    newline_at = ctx.text.find("\n", closing.end)
    rest = ctx.text[closing.end : newline_at if newline_at >= 0 else None].rstrip()
    if ctx.text[ctx.text.rfind("\n", 0, closing.start) + 1 : closing.start].strip():
        if block and block.closing and block.closing.start > closing.start:
            effect = ctx.describe_effect("ends the frontmatter at this `---`")
            message = f"{effect}; the `---` below it becomes part of the prompt."
            yield Finding(run, message, _shorten_dashes(ctx, run))
    elif rest.strip("-"):
        text = Span(closing.end, closing.end + len(rest) - len(rest.lstrip("- \t")))
        edits = (Edit(text, ctx.document.newline),)
        yield Finding(
            Span(closing.start, closing.end + len(rest)),
            f"`{rest.strip()[:40]}` after the closing `---` becomes part of the prompt.",
            (Fix("Move the text to a new line", edits),),
        )
    elif rest:
        effect = ctx.describe_effect("ends the frontmatter at the first three dashes")
        message = f"{effect}; the others become part of the prompt."
        yield Finding(run, message, (Fix("Change to `---`", (Edit(run, FENCE),)),))


@rule("ignored", tags=("deprecated",), subjects=("format with outdated places",))
def outdated_file_name(ctx: Context) -> Iterator[Finding]:
    """The file has a name, or is in a folder, that the format no longer uses.

    Chat modes were renamed to agents. VS Code still reads `.chatmode.md` files, but recommends moving
    them to `.github/agents`, with a name that ends in `.agent.md`. Other runtimes do not read the old
    location.

    ## Bad

    ```markdown .github/chatmodes/example.chatmode.md
    ---
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```

    ## Good

    ```markdown .github/agents/example.agent.md
    ---
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    place = next((place for place in ctx.dialect.places if place.holds(ctx.document.path)), None)
    if place is None or not place.renamed_suffix:
        return
    folder = f"{place.moved_to}/" if place.moved_to else ""
    name = f"{folder}{place.stem(ctx.document.path)}{place.renamed_suffix}"
    path = name if place.moved_to else "/".join((place.folder, *place.below(ctx.document.path), name))
    yield Finding(
        ctx.document.start_span,
        f"The file name or folder is deprecated; move the file to `{name}`.",
        _move(ctx, path) if place.folder else (),
    )


@rule("not loaded")
def wrong_dialect(ctx: Context) -> Iterator[Finding]:
    """The file is written for another product than the one that reads it.

    Agents are often copied between products whose keys and tools have different names. A runtime ignores
    the keys and tools that it does not support, or rejects the file. Such a file has one finding instead
    of one for each key and tool: an error if a runtime rejects the file. Its fix translates the keys and
    tools that have a counterpart and removes the others. A file with valid keys of this format and
    additional keys for a second product is not reported.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    kind: local
    temperature: 0.2
    max_turns: 20
    ---

    You review code.
    ```

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, Grep, Bash
    permissionMode: plan
    maxTurns: 20
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    maxTurns: 20
    ---

    You review code.
    ```

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: [read_file, grep_search, run_shell_command]
    max_turns: 20
    ---

    You review code.
    ```
    """
    origin = foreign_format_of(ctx)
    if origin is None or ctx.document.frontmatter is None:
        return
    rejecting = [
        reading
        for reading in ctx.readings
        if any(is_reported_for_file(ctx, reason.kind, reason.span) for reason in reading.reasons)
    ]
    title = origin.format.title
    effect = describe_rejection(rejecting) if rejecting else ctx.describe_effect("does not support them")
    message = f"This file is written for {title}: it uses {join_names(origin.names)}. {effect}."
    related = tuple(Related(entry.key.span, f"key of {title}") for entry in origin.entries)
    effects = effects_on(rejecting, Consequence.NOT_LOADED) or ctx.effects(Consequence.IGNORED)
    yield Finding(ctx.document.frontmatter.opening, message, translate_file(ctx, origin), related, effects)


@rule("not loaded", subjects=("reason malformed-closing-fence",))
def malformed_closing_fence(ctx: Context) -> Iterator[Finding]:
    """The runtime does not recognise the line of the closing `---`.

    Only `---` alone on its line, without indentation, is recognised by all runtimes.

    ## Bad

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
      ---

    You review code.
    ```

    ## Good

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    for finding in findings_for_reason(ctx, "malformed-closing-fence"):
        glued = finding.span.text_in(ctx.text).strip().lstrip("-")
        if glued:
            text = FENCE + ctx.document.newline + glued
            fixes = ctx.make_fix("Move the text to a new line", Edit(finding.span, text))
        else:
            fixes = ctx.make_fix("Change to `---`", Edit(finding.span, FENCE), safe=True)
        yield finding._replace(fixes=fixes)


@rule("ignored", subjects=("unread file",))
def unread_file(ctx: Context) -> Iterator[Finding]:
    """The runtime does not read files with this name or in this folder.

    Claude Code reads agents only in `.claude/agents` and its subfolders, and only if their names end in
    `.md`. A skill is `SKILL.md` in a folder of its own, directly below `.claude/skills`. VS Code looks
    only directly into `.github/agents`, and Gemini CLI only into `.gemini/agents`. None of them reports a
    file elsewhere. A file that only some of its runtimes do not read is an information, and so is a
    `SKILL.md` in the folder of another skill, which may be an example. Text without frontmatter is
    documentation and not reported.

    ## Bad

    ```markdown .gemini/agents/review
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```

    ```markdown .claude/skills/style/layout/SKILL.md
    ---
    name: layout
    description: How code is laid out here. Use it when writing code.
    ---

    Four spaces.
    ```

    ## Good

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```

    ```markdown .claude/skills/layout/SKILL.md
    ---
    name: layout
    description: How code is laid out here. Use it when writing code.
    ---

    Four spaces.
    ```
    """
    unread: dict[Reason, list[Reading]] = {}
    for reading in ctx.document.primary_readings:
        reason = reading.unread_reason
        if reason and reason.cause != "left to others":
            unread.setdefault(reason, []).append(reading)
    is_read = any(not reading.unread_reason for reading in ctx.readings)
    if is_read and ctx.document.frontmatter is None:
        return
    consequence = Consequence.ADVICE if is_read else Consequence.IGNORED
    if _is_part_of_skill(ctx):
        if ctx.document.frontmatter is None:
            return  # Notes of the skill that is around it.
        consequence = Consequence.ADVICE
    for reason, readings in unread.items():
        path = _readable_path(ctx, readings[0], reason)
        effect = describe_effect((r.runtime for r in readings), readings[0].runtime.effects.rejection_effect)
        message = f"{describe_reason(reason)}. {effect}."
        fixes: tuple[Fix, ...] = ()
        if path:
            message += f" Move it to `{path}`."
            fixes = _move(ctx, path)
        yield Finding(ctx.document.start_span, message, fixes, effects=effects_on(readings, consequence))


_PLAIN_NAME = lazy_pattern(r"[\w-]+")


def _is_part_of_skill(ctx: Context) -> bool:
    """Whether the file is in the folder of another skill."""
    depth = len(ctx.document.identity.subfolders) - 1
    names = ctx.reading.runtime.files.accepted_files
    return (
        ctx.dialect.kind == "skill"
        and depth > 0
        and any(ctx.world.exists("../" * depth + name) for name in names)
    )


def _readable_path(ctx: Context, reading: Reading, reason: Reason) -> str:
    """Return the path below the base folder at which the runtime reads the file, "" if that is unknown."""
    identity, place = ctx.document.identity, ctx.document.identity.place
    if place is None or reason.cause == "file name ignored":
        return ""
    folder = place.moved_to or place.folder
    if reading.runtime.naming.default_name != "folder":
        below = identity.subfolders if reason.cause != "file in a subfolder" else ()
        suffix = place.renamed_suffix
        return "/".join((folder, *below, identity.stem + suffix if suffix else identity.file_name))
    file_name = next(iter(reading.runtime.files.accepted_files), identity.file_name)
    own_folder = identity.stem
    if identity.file_name.lower() == file_name.lower():
        is_usable = identity.subfolders and reason.cause != "folder reserved"
        own_folder = identity.subfolders[-1] if is_usable else reading.string("name") or ""
    return f"{folder}/{own_folder}/{file_name}" if _PLAIN_NAME.fullmatch(own_folder) else ""


def _move(ctx: Context, path: str) -> tuple[Fix, ...]:
    """Return the fix that moves the file to `path` below its base folder, unless there is a file already."""
    base = ctx.document.identity.base_folder
    depth = relative_to(ctx.document.path, base).count("/") if base else ctx.document.path.count("/")
    if ctx.world.exists("../" * depth + path):
        return ()
    return (Fix("Move the file", (), new_path=f"{base}/{path}" if base else path),)
