"""Rules about whether a file loads at all, and how.

What is wrong is found by the runtime's reading; the rules here say what it comes to and how to
mend it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from agentls.causes import key_of, value_of
from agentls.document import Document
from agentls.frontmatter import Mapping, Source, parse, top_level_chunks
from agentls.rewrite import folded, literal, quoted
from agentls.rule import Context, Finding, Fix, rule
from agentls.text import Edit, Span, apply

_FENCE = "---"


def _reasons(ctx: Context, code: str, *fixes: Fix) -> Iterator[Finding]:
    """The reasons of the runtime that belong to the rule `code`, with what they come to."""
    reading = ctx.reading
    runtime = ctx.dialect.runtimes[0].title
    if reading.how == "dropped":
        effect = f"{runtime} skips the file"
    else:
        effect = f"{runtime} registers `{reading.name}` with all tools, and nothing else counts"
    for reason in reading.reasons:
        if reason.code == code:
            yield Finding(reason.span, f"{reason.message}. {effect}.", fixes)


def _newline(ctx: Context) -> str:
    return "\r\n" if "\r\n" in ctx.text else "\n"


def _loads(ctx: Context, edits: tuple[Edit, ...]) -> bool:
    """Whether the runtime would read the frontmatter after `edits`."""
    changed = Document(ctx.document.path, apply(ctx.text, edits), ctx.dialect, ctx.document.identity)
    return changed.reading.how in ("clean", "repaired")


@rule("information")
def missing_frontmatter(ctx: Context) -> Iterator[Finding]:
    """A file among the agents has no frontmatter.

    Claude Code takes a file in a project's `agents` folder that does not start with `---` for
    documentation and skips it. That is in order for a README; an agent needs a frontmatter
    with a `name` and a `description`.

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
    if not ctx.in_plugin:
        yield from _reasons(ctx, "missing-frontmatter")


@rule("warning")
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
        yield from _reasons(ctx, "missing-frontmatter")


@rule("error")
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
    for finding in _reasons(ctx, "text-before-frontmatter"):
        before = finding.span.of(ctx.text)
        if not before.strip():
            fix = Fix("Remove what stands in front", (Edit(finding.span, ""),), safe=True)
        else:
            end = ctx.document.body
            moved = Edit(Span(end, end), _newline(ctx) + before.strip() + _newline(ctx))
            fix = Fix("Move it below the frontmatter", (Edit(finding.span, ""), moved))
        yield finding._replace(fixes=(fix,))


@rule("error")
def malformed_fence(ctx: Context) -> Iterator[Finding]:
    """The first line is almost an opening fence.

    Only `---` alone on the first line, followed by LF or CRLF, opens the frontmatter. Claude
    Code reads neither `----` nor `---yaml` nor TOML between `+++`, and skips the file.

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
    for finding in _reasons(ctx, "malformed-fence"):
        edits = [Edit(finding.span, _FENCE)]
        block = ctx.document.block
        if block and block.closing is None:
            closing = re.compile(r"^-{4,}[ \t]*$", re.MULTILINE).search(ctx.text, finding.span.end)
            if closing:
                edits.append(Edit(Span(*closing.span()), _FENCE))
        fix = Fix("Write `---`", tuple(edits))
        yield finding._replace(fixes=(fix,) if _loads(ctx, fix.edits) else ())


@rule("error")
def unclosed_frontmatter(ctx: Context) -> Iterator[Finding]:
    """The closing `---` is missing.

    Without it Claude Code sees no frontmatter, and skips the file. `...` does not count.

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
    block = ctx.document.block
    fixes: tuple[Fix, ...] = ()
    if block and block.closing is None:
        end = block.content.end
        lead = "" if ctx.text[end - 1 : end] == "\n" else _newline(ctx)
        fixes = (Fix("Insert the closing `---`", (Edit(Span(end, end), lead + _FENCE + _newline(ctx)),)),)
    yield from _reasons(ctx, "unclosed-frontmatter", *fixes)


@rule("error")
def frontmatter_not_a_mapping(ctx: Context) -> Iterator[Finding]:
    """The frontmatter is text or a list, where keys with values are wanted.

    A common cause is a missing space behind the colon: `name:reviewer` is plain text in YAML.

    ## Bad

    ```markdown
    ---
    name:reviewer
    description:Reviews code.
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
    for finding in _reasons(ctx, "frontmatter-not-a-mapping"):
        tight = re.compile(r"^([A-Za-z_-]+):(?=\S)", re.MULTILINE)
        edits = tuple(
            Edit(Span(found.end(), found.end()), " ") for found in tight.finditer(ctx.text, *finding.span)
        )
        usable = edits and _loads(ctx, edits)
        yield finding._replace(fixes=(Fix("Add a space behind each colon", edits),) if usable else ())


@rule("error")
def invalid_yaml(ctx: Context) -> Iterator[Finding]:
    """The frontmatter is not valid YAML, and the runtime cannot repair it.

    Claude Code parses the block as YAML. If that fails, it puts suspicious values into quotes,
    line by line, and tries once more. What it cannot mend: a value that goes on over further
    lines without being indented, a value that ends in a colon, a quoted part with more text
    behind it, and any value in need of quotes in a file with CRLF line ends. Then the file is
    skipped without a word; a plugin's agent loses its whole frontmatter.

    Text with colons, quotes or several lines is safest in a block scalar: `description: |` with
    the text indented below.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    Examples: "please review", then "thanks"
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: |
      Reviews code. Use it after every change.
      Examples: "please review", then "thanks"
    ---

    You review code.
    ```
    """
    for finding in _reasons(ctx, "invalid-yaml"):
        fix = _fix_yaml(ctx, finding.span)
        yield finding._replace(fixes=(fix,) if fix else ())


def _fix_yaml(ctx: Context, where: Span) -> Fix | None:
    """The least change around `where` after which the runtime reads the frontmatter."""
    block = ctx.reading.block
    if block is None:
        return None
    line = re.compile(r"(?m)^([ \t]*(?:- )?[\w.-]+:[ \t]+)(\S.*?)[ \t\r]*$").search(
        ctx.text, ctx.text.rfind("\n", 0, where.start) + 1, where.end
    )
    candidates = []
    if line:
        value = Span(line.start(2), line.end(2))
        candidates.append(Fix("Put the value into quotes", (Edit(value, quoted(line[2])),)))
    for chunk in top_level_chunks(ctx.text, block):
        if chunk.overlaps(where):
            raw = value_of(ctx.text, chunk)
            lines = [text.strip() for text in raw.of(ctx.text).split("\n")]
            edit = Edit(raw, literal("\n".join(lines), _newline(ctx)))
            candidates.append(Fix(f"Write `{key_of(ctx.text, chunk)}` as a block of lines", (edit,)))
    return next((fix for fix in candidates if _loads(ctx, fix.edits)), None)


@rule("information")
def repaired_yaml(ctx: Context) -> Iterator[Finding]:
    """A value needs quotes, and loads only because the runtime adds them.

    A colon with a space behind it, or a first character such as `@` or `[`, makes this
    frontmatter invalid YAML. Claude Code then puts suspicious values into quotes by itself, so
    the agent loads as it is written. Other tools that read the same file refuse it, and so
    does Claude Code once the file has CRLF line ends.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Examples: "please review", then "thanks". Use it often.
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: >-
      Reviews code. Examples: "please review", then "thanks". Use it often.
    ---

    You review code.
    ```
    """
    reading = ctx.reading
    if reading.how != "repaired" or reading.root is None or reading.block is None:
        return
    runtime = ctx.dialect.runtimes[0].title
    others, culprits = [], []
    for chunk in top_level_chunks(ctx.text, reading.block):
        value = next((span for span in reading.rewritten if chunk.start < span.start < chunk.end), None)
        if value is None:
            continue
        alone = parse(Source.plain(ctx.text, chunk))
        if alone.problem:
            culprits.append((key_of(ctx.text, chunk), value))
        elif isinstance(alone.root, Mapping) and alone.root.entries[0].value.value != value.of(ctx.text):
            others.append(value)
    for key, value in culprits:
        rest = [span for _, span in culprits if span != value] + others
        also = tuple(Edit(span, quoted(span.of(ctx.text))) for span in rest)
        text = value.of(ctx.text)
        fixes = [
            Fix("Put it into quotes", (Edit(value, quoted(text)), *also), safe=True),
            Fix(
                "Fold it into a block of lines", (Edit(value, folded(text, _newline(ctx))), *also), safe=True
            ),
        ]
        if len(text) > 100:
            fixes.reverse()
        yield Finding(
            value,
            f"`{key}` is not valid YAML without quotes."
            f" {runtime} adds them by itself; other tools refuse the file.",
            tuple(fix for fix in fixes if _keeps_values(ctx, fix.edits)),
        )


def _keeps_values(ctx: Context, edits: tuple[Edit, ...]) -> bool:
    """Whether after `edits` the frontmatter is valid YAML with the values that the repair gave."""
    changed = replace(ctx.document, text=apply(ctx.text, edits)).reading
    before = ctx.reading
    assert before.root is not None, "a repaired file has a tree"
    return changed.how == "clean" and changed.root is not None and changed.root.value == before.root.value


@rule("error")
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
    description: Reviews code – and tests. Use it after every change.
    tools: Read
    ---

    You review code.
    ```
    """
    cut = ctx.reading.closing
    block = ctx.document.block
    if cut is None or block is None or block.closing is None or cut.start >= block.closing.start:
        return
    span = _dashes(ctx.text, cut)
    line = ctx.document.lines.line(ctx.document.lines.line_at(cut.start))
    lost = [e.key.text for e in ctx.document.root.entries if e.key.span.start > cut.end]
    what = ", ".join(f"`{key}`" for key in lost)
    runtime = ctx.dialect.runtimes[0].title
    ends = f"{runtime} takes this `---` for the end of the frontmatter"
    if lost:
        are = "is" if len(lost) == 1 else "are"
        effect = f"{what} {are} lost, and the rest of the block becomes part of the prompt"
    else:
        effect = "the text behind it is cut off and becomes part of the prompt"
    if not lost and not Span(cut.end, block.closing.start).of(ctx.text).strip(" \t\r\n-"):
        return
    comment = line.of(ctx.text).lstrip().startswith("#")
    replacement = "#" if comment else "–"
    edits = tuple(
        Edit(Span(*found.span()), replacement)
        for found in re.finditer(r"-{3,}", ctx.text[: block.closing.start])
        if found.start() >= cut.start
    )
    title = f"Replace the dashes by `{replacement}`"
    yield Finding(span, f"{ends}: {effect}.", (Fix(title, edits),))


@rule("information")
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
    cut = ctx.reading.closing
    if cut is None or ctx.text[cut.start - 1] != "\n":
        return
    line = ctx.document.lines.line(ctx.document.lines.line_at(cut.start))
    rest = Span(cut.end, line.end)
    block = ctx.document.block
    lost = (
        block
        and block.closing
        and block.closing.start > cut.start
        and any(entry.key.span.start > cut.end for entry in ctx.document.root.entries)
    )
    if rest.of(ctx.text).strip() and not lost:
        yield Finding(
            line,
            f"`{rest.of(ctx.text).strip()}` behind the closing `---` becomes the beginning of the prompt.",
            (Fix("Leave just `---`", (Edit(rest, ""),)),),
        )


def _dashes(text: str, span: Span) -> Span:
    """The whole run of dashes that `span` begins."""
    end = span.end
    while text[end : end + 1] == "-":
        end += 1
    return Span(span.start, end)
