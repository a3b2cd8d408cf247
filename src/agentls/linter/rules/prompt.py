"""Rules about the prompt: the Markdown after the frontmatter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from agentls.document.document import Document
from agentls.linter.rule import Context, Finding, Fix, rule
from agentls.linter.shared.load_reasons import FENCE, find_early_closing, findings_for_reason
from agentls.readers.pipeline import find_variant
from agentls.text.markdown_parts import CodeBlock
from agentls.text.offsets import Edit, Span
from agentls.text.patterns import lazy_pattern
from agentls.text.spelling import closest_match
from agentls.text.wording import join_names


@rule("advice")
def empty_body(ctx: Context) -> Iterator[Finding]:
    """The agent has no prompt.

    The text after the frontmatter is the system prompt of the agent. Claude Code also starts an agent
    without a prompt, but such an agent has no instructions of its own.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---
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
    closing = ctx.reading.closing
    if closing is None or not ctx.document.has_empty_body:
        return
    variant = find_variant(ctx.reading.root, ctx.dialect)
    if (variant and not variant.has_prompt) or ctx.reading.runtime.may_extend_agent:
        return
    if any(
        (key := ctx.dialect.key(each.key.text)) and key.effects.is_prompt
        for each in ctx.document.root.entries
    ):
        return  # `ineffective-key` reports it.
    if ctx.reading.loads:
        if ctx.dialect.kind == "agent":
            message = "The prompt is empty; the agent has no instructions."
        else:
            message = "The body is empty; it gives the model no instructions."
        yield Finding(closing, message)


@rule("advice")
def unclosed_code_fence(ctx: Context) -> Iterator[Finding]:
    """A code block is never closed.

    In Markdown, everything after the opening code fence is then code. Common causes are a closing fence
    followed by text, which does not close the block, and a code block inside another one, where the
    first closing fence ends the outer block. The fences of the outer block must then be longer.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    Start with this command:

    ~~~
    git diff

    Then read the files.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    Start with this command:

    ~~~
    git diff
    ~~~

    Then read the files.
    ```
    """
    if not ctx.has_prompt or not ctx.document.heading_scan.has_open_fence:
        return
    for block in _open_blocks(ctx.document):
        fences = list(_FENCE.finditer(ctx.text, _line_start(ctx.text, block.span.start), block.span.end))
        if fences:
            fixes = _closing_fixes(ctx, block, fences)
            fix = next((fix for fix in fixes if not _open_blocks(ctx.document.with_edits(fix.edits))), None)
            span = Span(fences[0].start(1), fences[0].end(1) + len(fences[0][2].rstrip()))
            yield Finding(span, "This code block is never closed.", (fix,) if fix else ())


_FENCE = lazy_pattern(r"^[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*(`{3,}|~{3,})([^`\r\n]*)", re.MULTILINE)


def _open_blocks(document: Document) -> list[CodeBlock]:
    """Return the code blocks that are never closed."""
    return [block for block in document.markdown.code_blocks if block.fenced and not block.closed]


def _closing_fixes(ctx: Context, block: CodeBlock, fences: list[re.Match[str]]) -> Iterator[Fix]:
    """Yield fixes that may close `block`, the most likely first.

    `fences` are the lines in it that look like code fences, its opening fence first.
    """
    opening, *inside = fences
    labelled = [Span(*fence.span(2)) for fence in inside[::2] if fence[2].strip()]
    if labelled:
        edits = tuple(Edit(span, "") for span in labelled)
        yield Fix("Remove the text after the closing fence", edits)
    if not opening[2].strip():
        # A fence without text may be intended as the closing fence of an outer block, which the closing
        # fence of a block inside it has ended.
        outer = _block_around_others(ctx, opening.start(1))
        if outer:
            longer = outer[1] + outer[1][0]
            edits = (Edit(Span(*outer.span(1)), longer), Edit(Span(*opening.span(1)), longer))
            yield Fix("Lengthen the fences of the outer block", edits)
    lead = re.sub(r"[^>\s]", " ", ctx.text[_line_start(ctx.text, opening.start()) : opening.start(1)])
    end = block.span.start + len(block.span.text_in(ctx.text).rstrip())
    yield Fix("Insert a closing fence", (Edit(Span(end, end), ctx.document.newline + lead + opening[1]),))


def _block_around_others(ctx: Context, end: int) -> re.Match[str] | None:
    """Return the opening fence of the last code block before `end` that seems to contain another one."""
    for block in reversed(ctx.document.markdown.code_blocks):
        if block.fenced and block.span.start < end:
            fences = list(_FENCE.finditer(ctx.text, _line_start(ctx.text, block.span.start), block.span.end))
            if any(fence[2].strip() for fence in fences[1:]):
                return fences[0]
    return None


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


@rule("suggestion")
def heading_level_skipped(ctx: Context) -> Iterator[Finding]:
    """A heading is more than one level below the heading before it.

    The outline of the prompt has a gap: a heading is missing, or the level is not intended.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    # Review

    ### Tests
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    # Review

    # Tests
    ```
    """
    levels = ctx.document.heading_scan.levels if ctx.has_prompt else ()
    if all(below <= above + 1 for above, below in pairwise(levels)):
        return
    headings = [heading for heading in ctx.document.markdown.headings if heading.level]
    for above, below in pairwise(headings):
        if below.level > above.level + 1:
            yield Finding(
                below.span,
                f"A heading of level {below.level} follows one of level {above.level};"
                f" level {above.level + 1} is missing.",
            )


@rule("advice", subjects=("format with template variables",))
def unknown_template_variable(ctx: Context) -> Iterator[Finding]:
    """A placeholder in the prompt refers to an unknown variable.

    Kimi Code and Qwen Code replace placeholders such as `${cwd}` when the agent starts. Kimi Code leaves
    placeholders with unknown variables unchanged, which is correct for an example of shell code.

    ## Bad

    ```markdown .kimi-code/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review the code in ${folder}.
    ```

    ## Good

    ```markdown .kimi-code/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review the code in ${cwd}.
    ```
    """
    template = ctx.dialect.prompt_variables
    if not template.unknown or template.opening not in ctx.text or ctx.reading.closing is None:
        return
    known = {variable.name for variable in template.variables}
    pattern = rf"{re.escape(template.opening)}([A-Za-z_]\w*){re.escape(template.closing)}"
    for found in re.finditer(pattern, ctx.text[ctx.reading.body_start :]):
        if found[1] in known:
            continue
        known.add(found[1])  # Each unknown variable is reported once.
        span = Span(ctx.reading.body_start + found.start(1), ctx.reading.body_start + found.end(1))
        suggestion = closest_match(found[1], (variable.name for variable in template.variables))
        message = f"Unknown variable `{found[1]}`. {ctx.runtime_titles} {template.unknown}."
        fixes = (Fix(f"Change to `{suggestion}`", (Edit(span, suggestion),)),) if suggestion else ()
        yield Finding(span, message, fixes, meant=f"`{suggestion}`" if suggestion else "")


@rule("advice", subjects=("format with an advised length",))
def long_text(ctx: Context) -> Iterator[Finding]:
    """The file has more lines than the documentation of the runtime recommends.

    The whole file is sent to the model whenever it is used, and models follow long instructions less
    reliably. Split the file by subject, or move parts to files that are only read when needed. The
    setting `max-lines` sets another limit.

    ```toml
    max-lines = 2
    ```

    ## Bad

    ```markdown CLAUDE.md
    Write small functions.
    Write tests for them.
    Write a page about each of them.
    ```

    ## Good

    ```markdown CLAUDE.md
    Write small functions.
    Write tests for them.
    ```
    """
    lines = ctx.text.rstrip().count("\n") + 1
    for reading in ctx.readings:
        limit = reading.runtime.prompt.advised_lines and (
            ctx.config.max_lines or reading.runtime.prompt.advised_lines
        )
        if limit and lines > limit:
            whose = "configured" if ctx.config.max_lines else f"recommended for {reading.runtime.title}"
            message = f"The file has {lines:,} lines ({whose}: at most {limit})."
            yield Finding(Span(0, max(1, ctx.text.find("\n"))), message)
            return


@rule("ignored")
def leaked_frontmatter(ctx: Context) -> Iterator[Finding]:
    """The prompt starts with keys that belong to the frontmatter.

    For Claude Code, the first `---` after the opening one ends the frontmatter, and the rest is the
    prompt. Keys after it, or a second block between `---` lines, have no effect: the agent reads them as
    part of its instructions.

    ## Bad

    ```yaml
    ---
    tools: Read, Grep
    ```

    ## Good

    ```yaml
    tools: Read, Grep
    ```
    """
    block = ctx.document.frontmatter
    if block is None or block.closing is None or ctx.reading.closing is None or find_early_closing(ctx):
        return
    below = _KEYS_BELOW.match(ctx.text, block.body_start)
    keys = [key for key in _KEY.findall(below["keys"]) if ctx.dialect.key(key)] if below else []
    if below is None or len(keys) < (1 if below["closing"] else 2):
        return
    span = Span(below.start("keys"), below.start("keys") + len(below["keys"].rstrip()))
    in_frontmatter = {entry.key.text for entry in ctx.document.root.entries}
    edits = [Edit(Span(block.closing.start, below.start("keys")), "")]
    if not below["closing"]:
        edits.append(Edit(Span(below.end("keys"), below.end("keys")), FENCE + ctx.document.newline))
    fixes: tuple[Fix, ...] = ()
    if set(keys) <= in_frontmatter:
        fixes = (Fix("Remove the keys from the prompt", (Edit(Span(below.start(), below.end()), ""),)),)
    elif not set(keys) & in_frontmatter and FENCE not in below["keys"]:
        fixes = ctx.make_fix("Move to the frontmatter", *edits)
    effect = ctx.describe_effect(f"reads {join_names(keys)} as part of the prompt and not as frontmatter")
    yield Finding(span, f"{effect}.", fixes)


_KEY = lazy_pattern(r"^([A-Za-z][\w-]*)[ \t]*:(?=\s)", re.MULTILINE)
_KEYS_BELOW = lazy_pattern(
    r"""\s*(?:^-{3,}[ \t]*\r?\n\s*)?  # an optional second `---`
    (?:<!--[^\n]*-->[ \t]*\r?\n\s*)?  # an optional comment, which may be an ignore comment
    (?P<keys>(?:
        [A-Za-z][\w-]*[ \t]*:(?:[ \t][^\n]*)?\r?\n
        (?:[ \t]+\S[^\n]*\n|-[ \t][^\n]*\n|[ \t]*\r?\n(?=[ \t]))*  # further lines of the value
    )+)
    (?P<closing>-{3,}[ \t]*(?:\r?\n|\Z))?""",
    re.MULTILINE | re.VERBOSE,
)


@rule("ignored", subjects=("format with a maximum length",))
def prompt_too_long(ctx: Context) -> Iterator[Finding]:
    """The prompt has more characters than a runtime accepts.

    GitHub documents a limit of 30,000 characters for the Copilot cloud agent. VS Code and Copilot CLI have
    no such limit.

    ## Bad

    ```markdown .github/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    (30,001 characters)
    ```

    ## Good

    ```markdown .github/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    for reading in ctx.readings:
        limit = reading.runtime.prompt.max_prompt_length
        length = len(ctx.text[reading.body_start :].strip()) if limit and reading.loads else 0
        if length > limit:
            message = (
                f"The prompt has {length:,} characters; {reading.runtime.title} accepts at most {limit:,}."
            )
            yield Finding(reading.closing or Span(0, 3), message)


@rule("not loaded", subjects=("reason missing-prompt",))
def missing_prompt(ctx: Context) -> Iterator[Finding]:
    """The prompt is missing or too short, so the runtime does not load the file.

    Kimi Code requires some text. Qwen Code requires at least ten characters and a line break after the
    closing `---`.

    ## Bad

    ```markdown .qwen/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---
    ```

    ## Good

    ```markdown .qwen/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    yield from findings_for_reason(ctx, "missing-prompt")
