"""Rules about whether, and as what, a file loads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentls.dialects.unsupported_files import find_unsupported_file
from agentls.linter.consequence import Consequence, effects_on
from agentls.linter.rule import Context, Finding, Fix, Related, describe_effect, rule
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
from agentls.readers.yaml_errors import dash_run
from agentls.text.offsets import Edit, Span
from agentls.text.wording import join_names

_DASHES = re.compile(r"-{3,}")


_ALMOST_CLOSING = re.compile(r"^[-\u2010-\u2015\u2212]{2,}(?=[ \t]*\r?$)", re.MULTILINE)


_CODE_FENCE_BEFORE = re.compile(r"(?:```|~~~)[^\n]*")


_CODE_FENCE_AT_END = re.compile(r"\n[ \t]*(?:```|~~~)\s*\Z")


@rule("advice", subjects=("reason missing-frontmatter", "no frontmatter"))
def missing_frontmatter(ctx: Context) -> Iterator[Finding]:
    """A file among the agents has no frontmatter.

    Claude Code takes a file in a project's `agents` folder that does not start with `---` for
    documentation and skips it. A README is left in peace; an agent needs a frontmatter
    with a `name` and a `description`. OpenCode and Kilo make an agent of any file there, a README as
    well, and its whole text is the prompt.

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
    found = list(findings_for_reason(ctx, "missing-frontmatter", consequence=Consequence.ADVICE))
    if found and find_unsupported_file(ctx.document.path, ctx.text) is None:
        yield from found
    whole = [
        reading
        for reading in ctx.readings
        if reading.block is None
        and reading.status == "clean"
        and reading.runtime.without_frontmatter == "prompt"
    ]
    if whole and ctx.dialect.kind == "agent":
        message = (
            f"There is no frontmatter. {describe_effect((reading.runtime for reading in whole), 'makes an agent')}"
            f" `{whole[0].name}` of the file, with its whole text for the prompt."
        )
        end = ctx.text.find("\n")
        yield Finding(Span(0, end if end >= 0 else len(ctx.text)), message)


@rule("ignored", subjects=("reason missing-frontmatter",))
def documentation_in_plugin(ctx: Context) -> Iterator[Finding]:
    """A file in a plugin's `agents` folder has no frontmatter, and becomes an agent all the same.

    In a plugin Claude Code registers every Markdown file below `agents`: under the name of the
    file, with a placeholder for a description and with all tools. A README becomes the agent
    `plugin:README`. Keep documentation outside the folder.

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
    """Something stands in front of the opening `---`.

    The fence must be the first thing in the file. With a blank line, a comment or even a space in
    front of it Claude Code sees no frontmatter, and skips the file.

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
        title, safe = "Remove what stands in front", not before
        if _CODE_FENCE_BEFORE.fullmatch(before):
            title = "Take the file out of the code block"
            last = _CODE_FENCE_AT_END.search(ctx.text, finding.span.end)
            edits += [Edit(Span(last.start() + 1, last.end()), "")] if last else []
        elif before:
            title = "Move it below the frontmatter"
            end = ctx.document.with_edits(tuple(edits)).body_start + finding.span.end - finding.span.start
            lead = ctx.document.newline * (1 if ctx.text[end - 1 : end] == "\n" else 2)
            edits.append(Edit(Span(end, end), lead + before + ctx.document.newline))
        yield finding._replace(fixes=(Fix(title, tuple(edits), safe),))


@rule("not loaded", subjects=("reason unopened-frontmatter",))
def unopened_frontmatter(ctx: Context) -> Iterator[Finding]:
    """The opening `---` is missing.

    A file that starts with `name: ...` and `description: ...` is meant to be an agent. Without
    `---` on the first line Claude Code takes it for documentation, and skips it. A `SKILL.md` is meant
    to be a skill, whatever it starts with; Claude Code alone loads one without a frontmatter.

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
    """The first line is almost an opening fence.

    Only `---` alone on the first line, followed by LF or CRLF, opens the frontmatter. Claude
    Code reads neither `----` nor `---yaml`, nor TOML between `+++`, nor a file in UTF-16, and
    skips the file.

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
            fix = Fix("End the lines in LF", (Edit(whole, whole.text_in(ctx.text).replace("\r", "\n")),))
        else:
            edits = [Edit(finding.span, FENCE)]
            closing = _ALMOST_CLOSING.search(ctx.text, finding.span.end)
            if closing and closing[0] != FENCE:
                edits.append(Edit(Span(*closing.span()), FENCE))
            fix = Fix("Write `---`", tuple(edits))
        yield finding._replace(fixes=(fix,) if can_be_read(ctx, fix.edits) else ())


@rule("not loaded", subjects=("reason unclosed-frontmatter", "unclosed frontmatter"))
def unclosed_frontmatter(ctx: Context) -> Iterator[Finding]:
    """The closing `---` is missing.

    Without it Claude Code sees no frontmatter, and skips the file. `...` does not count. VS Code takes
    the whole file for the frontmatter, and is left without a prompt.

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
    yield from findings or _swallowed(ctx, *fixes)


def _swallowed(ctx: Context, *fixes: Fix) -> Iterator[Finding]:
    """The missing fence, if runtimes take the text below the frontmatter for a part of it."""
    block = ctx.document.frontmatter
    if block is None or block.closing or not ctx.text[block.content.end :].strip():
        return
    readings = [reading for reading in ctx.readings if reading.loads and reading.body_start == len(ctx.text)]
    if readings:
        runtimes = [reading.runtime for reading in readings]
        what = describe_effect(
            runtimes, "takes the prompt for a part of the frontmatter, and is left without one"
        )
        message = f"The closing `---` is missing. {what}."
        yield Finding(block.opening, message, fixes, effects=effects_on(readings, Consequence.TEXT_LOST))


@rule("text lost", subjects=("early closing fence",))
def early_terminator(ctx: Context) -> Iterator[Finding]:
    """A `---` inside the frontmatter ends it too early.

    Claude Code takes the very next `---` after the opening fence for the end, wherever it
    stands: inside a value, in a comment, indented in a block of lines. What comes behind is lost
    as metadata, and becomes the beginning of the prompt.

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
    effects = [
        f"`{entry.key.text}` is cut short"
        for entry in entries
        if entry.value.span.start < cut.start < entry.value.span.end
    ]
    lost = [f"`{entry.key.text}`" for entry in entries if entry.key.span.start > cut.end]
    if lost:
        effects.append(f"{', '.join(lost)} {'is' if len(lost) == 1 else 'are'} lost")
    if ctx.reading.reasons:
        effects.append(describe_rejection([ctx.reading]))
    else:
        effects.append("the rest becomes the beginning of the prompt")
    yield Finding(
        cut,
        f"{ctx.runtime_titles} takes this `---` for the end of the frontmatter: {_joined(effects)}.",
        _with_short_dashes(ctx, cut),
        effects=effects_on([ctx.reading], Consequence.TEXT_LOST),
    )


def _joined(parts: list[str]) -> str:
    """The parts of a sentence, the last behind "and"."""
    return ", and ".join([*([", ".join(parts[:-1])] if parts[1:] else []), parts[-1]])


def _with_short_dashes(ctx: Context, cut: Span) -> tuple[Fix, ...]:
    """The fix that leaves no `---` from `cut` on to where the author ends the frontmatter."""
    block = ctx.document.frontmatter
    assert block is not None, "the caller found the end that the author means"
    end = block.closing.start if block.closing else block.content.end
    edits = [Edit(Span(*found.span()), "--") for found in _DASHES.finditer(ctx.text, cut.start, end)]
    if block.closing is None:
        edits.append(insert_closing_fence(ctx, end))
    return ctx.make_fix("Shorten the dashes to `--`", *edits) if can_be_read(ctx, tuple(edits)) else ()


@rule("advice")
def text_after_closing_fence(ctx: Context) -> Iterator[Finding]:
    """The line of the closing fence has more text.

    Claude Code takes `---` for the end of the frontmatter also when more follows on its line, as in
    `-----`. The rest of the line becomes the beginning of the prompt. Other tools want the fence on
    a line of its own.

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
            message = f"{ctx.runtime_titles} ends the frontmatter at this `---`. The fence below it begins the prompt."
            yield Finding(run, message, _with_short_dashes(ctx, run))
    elif rest.strip("-"):
        text = Span(closing.end, closing.end + len(rest) - len(rest.lstrip("- \t")))
        edits = (Edit(text, ctx.document.newline),)
        yield Finding(
            Span(closing.start, closing.end + len(rest)),
            f"`{rest.strip()[:40]}` behind the closing `---` becomes the beginning of the prompt.",
            (Fix("Put it on a line of its own", edits),),
        )
    elif rest:
        message = f"{ctx.runtime_titles} ends the frontmatter at the first three dashes; the others begin the prompt."
        yield Finding(run, message, (Fix("Leave just `---`", (Edit(run, FENCE),)),))


@rule("ignored", tags=("deprecated",), subjects=("format with outdated places",))
def outdated_file_name(ctx: Context) -> Iterator[Finding]:
    """The file has a name, or lies in a folder, of an older form of the format.

    Chat modes have become agents: VS Code still reads `.chatmode.md`, but wants the file moved to
    `.github/agents`, under a name that ends in `.agent.md`. Other runtimes do not look for it where it
    is.

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
    if place is None or not place.renamed:
        return
    folder = f"{place.moved}/" if place.moved else ""
    name = f"{folder}{place.stem(ctx.document.path)}{place.renamed}"
    yield Finding(Span(0, min(3, len(ctx.text))), f"Files of this kind have a new name. Move it to `{name}`.")


@rule("not loaded")
def wrong_dialect(ctx: Context) -> Iterator[Finding]:
    """A file is written for another product than the one that reads it.

    Agents are copied from one product to another, whose keys and tools have other names. What the
    runtime does not know it ignores, or it refuses the file. There is one finding for such a file in
    the place of one for each key and tool, an error if the file is refused, and a fix that
    translates what has a counterpart and takes out what has none. A file that has some keys for a second
    product beside those that count here is not reported.

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
    refusing = [
        reading
        for reading in ctx.readings
        if any(is_reported_for_file(ctx, reason.kind, reason.span) for reason in reading.reasons)
    ]
    title = origin.format.title
    message = (
        f"This file is written for {title}: {join_names(origin.names)} mean nothing to {ctx.runtime_titles}."
    )
    if refusing:
        message += f" {describe_rejection(refusing)}."
    related = tuple(Related(entry.key.span, f"A key of {title}") for entry in origin.entries)
    effects = effects_on(refusing, Consequence.NOT_LOADED) or ctx.effects(Consequence.IGNORED)
    yield Finding(ctx.document.frontmatter.opening, message, translate_file(ctx, origin), related, effects)


@rule("not loaded", subjects=("reason malformed-closing-fence",))
def malformed_closing_fence(ctx: Context) -> Iterator[Finding]:
    """The line of the closing fence is not what the runtime looks for.

    Only `---` alone on its line, at the left margin, is understood everywhere.

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
        yield finding._replace(fixes=ctx.make_fix("Write `---`", Edit(finding.span, "---")))


@rule("ignored", subjects=("reason unread-file",))
def unread_file(ctx: Context) -> Iterator[Finding]:
    """The runtime does not look at a file of this name, or in this folder.

    Gemini CLI reads only what lies in the folder itself, and no file whose name starts with `_`.

    ## Bad

    ```markdown .gemini/agents/review
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
    yield from findings_for_reason(ctx, "unread-file", consequence=Consequence.IGNORED)
