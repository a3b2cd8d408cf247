"""Rules about the prompt: the Markdown after the frontmatter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from agentls.document.document import Document
from agentls.linter.rule import Context, Finding, Fix, rule
from agentls.linter.shared.load_reasons import FENCE, find_early_closing, findings_for_reason
from agentls.readers.pipeline import find_variant
from agentls.text.markdown import CodeBlock
from agentls.text.offsets import Edit, Span
from agentls.text.spelling import closest_match


@rule("advice")
def empty_body(ctx: Context) -> Iterator[Finding]:
    """The agent has no prompt.

    The text below the frontmatter is the agent's system prompt. Claude Code starts an agent without
    one as well, but then it works without any instructions of its own.

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
    closing, variant = ctx.reading.closing, find_variant(ctx.reading.root, ctx.dialect)
    if (variant and not variant.prompt) or ctx.reading.runtime.overlays:
        return
    if closing and ctx.reading.loads and not ctx.text[closing.end :].strip():
        agent = "The prompt is empty: the agent comes without instructions of its own."
        other = "Nothing stands below the frontmatter, so the file tells the model nothing."
        yield Finding(closing, agent if ctx.dialect.kind == "agent" else other)


# A quick look at the lines that may be headings or fences, most of which the first character rules out. Only
# where it finds something odd does the parser, which has the last word, take its time.
_SKETCH = re.compile(
    r"\n(?=[#`~ \t>])(?: {0,3}(?P<level>#{1,6})[ \t]|[ \t>]*(?P<fence>`{3,}|~{3,})(?P<rest>[^`\n]*))"
)


@lru_cache(maxsize=1)
def _scan_headings(text: str, body: int) -> tuple[list[int], bool]:
    """The levels of the headings outside code, and whether a code block seems to stay open."""
    levels: list[int] = []
    fence = ""
    for found in _SKETCH.finditer(text, max(0, body - 1)):
        level, mark, rest = found.groups()
        if level:
            if not fence:
                levels.append(len(level))
        elif not fence:
            fence = mark
        elif mark.startswith(fence) and not rest.strip():
            fence = ""
    return levels, bool(fence)


@rule("advice")
def unclosed_code_fence(ctx: Context) -> Iterator[Finding]:
    """A code block is never closed.

    To whoever reads the prompt as Markdown, all that follows is code. Common causes are a closing
    fence with a word behind it, which does not close, and a block inside another one, whose
    closing fence ends both; the fence around them must then be longer.

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
    if not ctx.has_prompt or not _scan_headings(ctx.text, ctx.document.body_start)[1]:
        return
    for block in _open_blocks(ctx.document):
        fences = list(_FENCE.finditer(ctx.text, _line_start(ctx.text, block.span.start), block.span.end))
        if fences:
            fixes = _closings(ctx, block, fences)
            fix = next((fix for fix in fixes if not _open_blocks(ctx.document.with_edits(fix.edits))), None)
            span = Span(fences[0].start(1), fences[0].end(1) + len(fences[0][2].rstrip()))
            yield Finding(span, "This code block is never closed.", (fix,) if fix else ())


_FENCE = re.compile(r"^[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*(`{3,}|~{3,})([^`\r\n]*)", re.MULTILINE)


def _open_blocks(document: Document) -> list[CodeBlock]:
    """The code blocks that are never closed."""
    return [block for block in document.markdown.code_blocks if block.fenced and not block.closed]


def _closings(ctx: Context, block: CodeBlock, fences: list[re.Match[str]]) -> Iterator[Fix]:
    """Changes that may close `block`, the likeliest first; `fences` are what looks like one in it."""
    opening, *inside = fences
    labelled = [Span(*fence.span(2)) for fence in inside[::2] if fence[2].strip()]
    if labelled:
        edits = tuple(Edit(span, "") for span in labelled)
        yield Fix("Leave only the fence where a block ends", edits)
    if not opening[2].strip():
        # A fence without a word may be meant to close a block that one inside it has ended.
        outer = _block_around_others(ctx, opening.start(1))
        if outer:
            longer = outer[1] + outer[1][0]
            edits = (Edit(Span(*outer.span(1)), longer), Edit(Span(*opening.span(1)), longer))
            yield Fix("Make the fence around the inner block longer", edits)
    lead = re.sub(r"[^>\s]", " ", ctx.text[_line_start(ctx.text, opening.start()) : opening.start(1)])
    end = block.span.start + len(block.span.text_in(ctx.text).rstrip())
    yield Fix("Close the block at its end", (Edit(Span(end, end), ctx.document.newline + lead + opening[1]),))


def _block_around_others(ctx: Context, end: int) -> re.Match[str] | None:
    """The opening fence of the last block before `end` with what looks like another opening inside."""
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

    The outline of the prompt has a gap: either a heading is missing, or the level is not meant.

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
    levels = _scan_headings(ctx.text, ctx.document.body_start)[0] if ctx.has_prompt else []
    if all(below <= above + 1 for above, below in pairwise(levels)):
        return
    headings = [heading for heading in ctx.document.markdown.headings if heading.level]
    for above, below in pairwise(headings):
        if below.level > above.level + 1:
            yield Finding(
                below.span,
                f"A heading of level {below.level} follows one of level {above.level}:"
                f" there is none of level {above.level + 1} between them.",
            )


@rule("suggestion", subjects=("format with template variables",))
def unknown_template_variable(ctx: Context) -> Iterator[Finding]:
    """A placeholder in the prompt names no variable.

    Kimi Code and Qwen Code fill in placeholders such as `${cwd}` when the agent starts. Kimi Code leaves
    the name of an unknown variable as it stands, which is just right for an example of shell code.

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
    template = ctx.dialect.template
    if not template.opening or template.opening not in ctx.text or ctx.reading.closing is None:
        return
    known = {variable.name for variable in template.variables}
    pattern = rf"{re.escape(template.opening)}([A-Za-z_]\w*){re.escape(template.closing)}"
    for found in re.finditer(pattern, ctx.text[ctx.reading.body_start :]):
        if found[1] in known:
            continue
        known.add(found[1])  # Told once.
        span = Span(ctx.reading.body_start + found.start(1), ctx.reading.body_start + found.end(1))
        meant = closest_match(found[1], (variable.name for variable in template.variables))
        message = f"There is no variable `{found[1]}`: {ctx.runtime_titles} {template.unknown}."
        fixes = (Fix(f"Write `{meant}`", (Edit(span, meant),)),) if meant else ()
        yield Finding(span, f"{message} Did you mean `{meant}`?" if meant else message, fixes)


@rule("advice")
def long_text(ctx: Context) -> Iterator[Finding]:
    """The text has more lines than the makers of the runtime advise.

    All of it is read whenever it is used, and what is long is followed less well. Split it by subject,
    or move parts into files that are read when they are needed. The setting `lines` sets another limit.

    ```toml
    lines = 2
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
        advised = reading.runtime.lines and (ctx.config.lines or reading.runtime.lines)
        if advised and lines > advised:
            message = (
                f"The text has {lines:,} lines; for {reading.runtime.title} at most {advised} are advised."
            )
            yield Finding(Span(0, max(1, ctx.text.find("\n"))), message)
            return


@rule("ignored")
def leaked_frontmatter(ctx: Context) -> Iterator[Finding]:
    """The prompt begins with keys of a frontmatter.

    Claude Code ends the frontmatter at the first `---`, and takes all the rest for the prompt. Keys
    below it, or a second block between fences, have no effect there: the agent reads them as part
    of its instructions.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---
    tools: Read, Grep
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, Grep
    ---

    You review code.
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
    names = ", ".join(f"`{key}`" for key in keys)
    here = [entry.key.text for entry in ctx.document.root.entries]
    edits = [Edit(Span(block.closing.start, below.start("keys")), "")]
    if not below["closing"]:
        edits.append(Edit(Span(below.end("keys"), below.end("keys")), FENCE + ctx.document.newline))
    fixes: tuple[Fix, ...] = ()
    if set(keys) <= set(here):
        fixes = (Fix("Remove it", (Edit(Span(below.start(), below.end()), ""),)),)
    elif not set(keys) & set(here) and FENCE not in below["keys"]:
        fixes = ctx.make_fix("Move it into the frontmatter", *edits)
    yield Finding(
        span,
        f"{names} {'stands' if len(keys) == 1 else 'stand'} below the frontmatter, as part of the prompt,"
        f" where {ctx.runtime_titles} reads no keys.",
        fixes,
    )


_KEY = re.compile(r"^([A-Za-z][\w-]*)[ \t]*:(?=\s)", re.MULTILINE)


_KEYS_BELOW = re.compile(
    r"""\s*(?:^-{3,}[ \t]*\r?\n\s*)?  # perhaps another fence
    (?:<!--[^\n]*-->[ \t]*\r?\n\s*)?  # perhaps a comment, which may be there to silence this
    (?P<keys>(?:
        [A-Za-z][\w-]*[ \t]*:(?:[ \t][^\n]*)?\r?\n
        (?:[ \t]+\S[^\n]*\n|-[ \t][^\n]*\n|[ \t]*\r?\n(?=[ \t]))*  # what belongs to the key
    )+)
    (?P<closing>-{3,}[ \t]*(?:\r?\n|\Z))?""",
    re.MULTILINE | re.VERBOSE,
)


@rule("ignored")
def prompt_too_long(ctx: Context) -> Iterator[Finding]:
    """The prompt has more characters than a runtime takes.

    The cloud agent of GitHub is documented to take 30,000 characters. VS Code and Copilot CLI have no
    such limit.

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
        most = reading.runtime.longest_body
        length = len(ctx.text[reading.body_start :].strip()) if most and reading.loads else 0
        if length > most:
            yield Finding(
                reading.closing or Span(0, 3),
                f"The prompt has {length:,} characters. {reading.runtime.title} takes {most:,} at most.",
            )


@rule("not loaded", subjects=("reason missing-prompt",))
def missing_prompt(ctx: Context) -> Iterator[Finding]:
    """There is no prompt below the frontmatter, or too little of it, and the runtime refuses the file.

    Kimi Code wants some text, Qwen Code ten characters of it and a line end behind the closing fence.

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
