"""Rules about the YAML between the fences: what cannot be parsed, and what a repair makes of it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from textwrap import dedent

from agentls.document.edits import quote_scalar, write_folded_block, write_literal_block
from agentls.linter.rule import Context, Finding, Fix, rule
from agentls.linter.shared.load_reasons import (
    can_be_read,
    find_early_closing,
    findings_for_reason,
    insert_closing_fence,
)
from agentls.readers.yaml_errors import entry_key, entry_value_span
from agentls.text.frontmatter import split_entries
from agentls.text.offsets import Edit, Span
from agentls.text.yaml_tree import TAB_INDENTATION, Entry, MappedText, Mapping, Scalar, Sequence, parse


@rule("not loaded", subjects=("reason frontmatter-not-a-mapping",))
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
    for finding in findings_for_reason(ctx, "frontmatter-not-a-mapping"):
        edits = tuple(_spaces_behind_colons(ctx, finding.span))
        fixes = (Fix("Add a space behind each colon", edits),) if edits and can_be_read(ctx, edits) else ()
        yield finding._replace(fixes=fixes)


_TIGHT_KEY = re.compile(r"^([A-Za-z_-]+):(?=\S)", re.MULTILINE)


def _spaces_behind_colons(ctx: Context, where: Span) -> Iterator[Edit]:
    """The edits that set the keys in `where` apart from the values that follow them directly."""
    for found in _TIGHT_KEY.finditer(ctx.text, *where):
        if ctx.dialect.key(found[1]):
            yield Edit(Span(found.end(), found.end()), " ")


@rule("not loaded", subjects=("reason invalid-yaml",))
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
    if find_early_closing(ctx):
        return
    for finding in findings_for_reason(ctx, "invalid-yaml"):
        fix = next((fix for fix in repair_fixes(ctx, finding.span) if can_be_read(ctx, fix.edits)), None)
        yield finding._replace(fixes=(fix,) if fix else ())


_LINE_VALUE = re.compile(r"^([ \t]*(?:- )?[\w.-]+:[ \t]+)(\S.*?)[ \t\r]*$", re.MULTILINE)


_BLOCK_HEADER = re.compile(r"[|>][-+0-9]*[ \t\r]*")


_UNINDENTED = re.compile(r"^[^\s#]", re.MULTILINE)


# What starts the lines of a conversation in a description: no keys, though they look like some.
_DIALOGUE_LABELS = frozenset({"Context", "Example", "Examples", "user", "User", "assistant", "Assistant"})


def repair_fixes(ctx: Context, where: Span) -> Iterator[Fix]:
    """Changes around `where` after which the frontmatter may be read, the smallest first."""
    block = ctx.reading.block
    if block is None:
        return
    if where.text_in(ctx.text) == "\0":
        nuls = [found.start() for found in re.finditer("\0", block.text_in(ctx.text))]
        removals = tuple(Edit(Span(block.start + at, block.start + at + 1), "") for at in nuls)
        yield Fix("Remove every NUL character", removals)
    if where.text_in(ctx.text).startswith("*"):
        yield Fix("Put the key into quotes", (Edit(where, quote_scalar(where.text_in(ctx.text))),))
    edits = tuple(_spaces_behind_colons(ctx, where))
    if edits:
        yield Fix("Add a space behind the colon", edits)
    line = _LINE_VALUE.search(ctx.text, ctx.text.rfind("\n", 0, where.start) + 1, where.end)
    if line:
        value = Span(line.start(2), line.end(2))
        yield Fix("Put the value into quotes", (Edit(value, quote_scalar(_without_quotes(line[2]))),))
    chunks = split_entries(ctx.text, block)
    at = next((n for n, chunk in enumerate(chunks) if chunk.overlaps(where)), None)
    if at is None:
        return
    first, last = _whole_text(ctx, chunks, at)
    behind_blank = ctx.text[: where.start].endswith(("\n\n", "\n\r\n"))
    if (
        behind_blank
        and last + 1 == len(chunks)
        and not where.text_in(ctx.text).startswith(("<", "-", "Example"))
    ):
        last_key = len(ctx.text[: where.start].rstrip())
        yield Fix("Insert the closing `---`", (insert_closing_fence(ctx, ctx.text.find("\n", last_key) + 1),))
    raw = Span(entry_value_span(ctx.text, chunks[first]).start, entry_value_span(ctx.text, chunks[last]).end)
    title = f"Write `{entry_key(ctx.text, chunks[first])}` as a block of lines"
    for lines in _as_lines(raw.text_in(ctx.text)):
        yield Fix(title, (Edit(raw, write_literal_block(lines, ctx.document.newline)),))


def _whole_text(ctx: Context, chunks: list[Span], at: int) -> tuple[int, int]:
    """The first and the last of the chunks that make up the value which the chunk `at` is part of.

    A line such as `user: "hello"` in the middle of a description that is not indented looks
    like a key.
    """
    first = last = at
    while first and entry_key(ctx.text, chunks[first]) in _DIALOGUE_LABELS:
        first -= 1
    ragged = _UNINDENTED.search(ctx.text, chunks[first].start + 1, chunks[at].end)
    while last + 1 < len(chunks):
        key = entry_key(ctx.text, chunks[last + 1])
        is_key = ctx.dialect.key(key) or ctx.dialect.foreign_key(key)
        if key not in _DIALOGUE_LABELS and (is_key or not ragged):
            break
        last += 1
    return first, last


def _as_lines(raw: str) -> Iterator[str]:
    """The text that a raw value is meant to be, with its lines indented as they are and then not."""
    first, *rest = raw.replace("\r\n", "\n").split("\n")
    below = dedent("\n".join(rest))
    if _BLOCK_HEADER.fullmatch(first):
        whole = below
    else:
        whole = _without_quotes(f"{first}\n{below}" if rest else first)
    yield whole.strip("\n")
    yield "\n".join(line.strip() for line in whole.strip().split("\n"))


def _without_quotes(raw: str) -> str:
    """`raw` without the quotes around it, or the one in front of it that is never closed."""
    quote = raw[:1]
    if quote not in ("'", '"'):
        return raw
    if len(raw) > 1 and raw.endswith(quote):
        return raw[1:-1]
    return raw if quote in raw[1:] else raw[1:]


@rule("advice", subjects=("repaired frontmatter",))
def repaired_yaml(ctx: Context) -> Iterator[Finding]:
    """A value needs quotes, and loads only because the runtime adds them.

    A colon with a space behind it, or a first character such as `@` or `[`, makes this
    frontmatter invalid YAML. Claude Code then puts suspicious values into quotes by itself, so
    the agent loads as it is written. Other tools that read the same file refuse it, and so
    does Claude Code once the file has CRLF line ends. OpenCode and Kilo move values with a colon into
    blocks of text; they repair nothing else.

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
    culprits, misread = list(_invalid_values(ctx)), list(_changed_values(ctx))
    # Quotes around what the repair has spoilt would keep it so; that is not for a program to decide.
    safe = not misread
    for key, value in culprits:
        rest = [span for _, span in culprits if span != value] + misread
        also = tuple(Edit(span, quote_scalar(span.text_in(ctx.text))) for span in rest)
        text = value.text_in(ctx.text)
        fixes = [
            Fix("Put it into quotes", (Edit(value, quote_scalar(text)), *also), safe),
            Fix(
                "Fold it into a block of lines",
                (Edit(value, write_folded_block(text, ctx.document.newline)), *also),
                safe,
            ),
        ]
        if len(text) > _LONG:
            fixes.reverse()
        yield Finding(
            Span(value.start, value.start + len(text.rstrip())),
            f"`{key}` is not valid YAML without quotes."
            f" {ctx.reading.runtime.title} repairs it by itself; other tools refuse the file.",
            tuple(fix for fix in fixes if _keeps_values(ctx, fix.edits)),
        )

    tight = tuple(_spaces_behind_colons(ctx, ctx.reading.block)) if ctx.reading.block else ()
    if ctx.reading.status == "repaired" and tight and not culprits:
        fix = Fix("Add a space behind each colon", tight, safe=True)
        end = tight[0].span.start
        start = ctx.text.rfind("\n", 0, end) + 1
        yield Finding(
            Span(start, end),
            f"There is no space behind the colon, so this is no key in YAML."
            f" {ctx.reading.runtime.title} repairs it by itself; other tools refuse the file.",
            (fix,) if _keeps_values(ctx, tight) else (),
        )


_LONG = 100


def _rewritten(ctx: Context) -> Iterator[tuple[Span, Span, Entry | None]]:
    """For each value that the runtime's repair put into quotes: its chunk, its span, and the entry
    as it is without the repair, unless that cannot be parsed."""
    reading = ctx.reading
    if reading.status != "repaired" or reading.block is None:
        return
    values = sorted(reading.repaired_values)
    starts = [value.start for value in values]
    for chunk in split_entries(ctx.text, reading.block):
        at = bisect_right(starts, chunk.start)
        if at < len(values) and starts[at] < chunk.end:
            value = values[at]
            alone = parse(MappedText.unchanged(ctx.text, chunk)).root
            yield chunk, value, alone.entries[0] if isinstance(alone, Mapping) else None


def _invalid_values(ctx: Context) -> Iterator[tuple[str, Span]]:
    """The keys and values that made the repair necessary."""
    for chunk, value, alone in _rewritten(ctx):
        if alone is None:
            yield entry_key(ctx.text, chunk), value


def _changed_values(ctx: Context) -> Iterator[Span]:
    """The values that were in order, and are others because of the repair."""
    for _, value, alone in _rewritten(ctx):
        if alone and alone.value.value != value.text_in(ctx.text):
            yield value


def _keeps_values(ctx: Context, edits: tuple[Edit, ...]) -> bool:
    """Whether after `edits` the frontmatter is valid YAML with the values that the repair gave."""
    after, before = ctx.document.with_edits(edits).reading, ctx.reading
    assert before.root is not None, "a repaired file has a tree"
    return after.status == "clean" and after.root is not None and after.root.value == before.root.value


def quote_invalid_values(ctx: Context) -> tuple[Fix, ...]:
    """The fix that makes the repair unnecessary, so that all other values count as they are written."""
    edits = tuple(Edit(value, quote_scalar(value.text_in(ctx.text))) for _, value in _invalid_values(ctx))
    keys = ", ".join(f"`{key}`" for key, _ in _invalid_values(ctx))
    return (
        (Fix(f"Put {keys} into quotes", edits),)
        if ctx.document.with_edits(edits).reading.status == "clean"
        else ()
    )


@rule("advice", contains="\t")
def tab_indentation(ctx: Context) -> Iterator[Finding]:
    """A line of the frontmatter is indented with a tab.

    YAML forbids tabs for indentation. Claude Code reads them all the same; other tools that read
    the file refuse it.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools:
    \t- Read
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools:
      - Read
    ---

    You review code.
    ```
    """
    block = ctx.reading.block
    if ctx.reading.status != "clean" or block is None or "\t" not in block.text_in(ctx.text):
        return
    if parse(MappedText.unchanged(ctx.text, block)).error is None:
        return
    tabs = [Span(*found.span()) for found in TAB_INDENTATION.finditer(ctx.text, *block)]
    edits = tuple(Edit(span, span.text_in(ctx.text).replace("\t", "  ")) for span in tabs)
    message = (
        f"A tab indents this line. {ctx.runtime_titles} reads it all the same; other tools refuse the file."
    )
    fixes = (Fix("Write spaces", edits, safe=True),) if _keeps_values(ctx, edits) else ()
    yield Finding(tabs[0], message, fixes)


@rule("ignored", subjects=("repaired frontmatter",))
def comment_in_value(ctx: Context) -> Iterator[Finding]:
    """A comment becomes part of a value.

    Some value in this frontmatter needs quotes, so that Claude Code repairs it: line by line, it
    puts every value with an unusual character into quotes. A `#` is one of these characters.
    The comment behind it ends up inside the quotes, and `model: haiku # cheap` asks for a model of
    the name `haiku # cheap`. An ignore comment behind such a value silences nothing.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Use it when: the code has changed.
    model: haiku # cheap
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: "Use it when: the code has changed."
    # cheap
    model: haiku
    ---

    You review code.
    ```
    """
    for chunk, value, alone in _rewritten(ctx):
        key = entry_key(ctx.text, chunk)
        known = ctx.dialect.key(key)
        pattern = _IGNORE_COMMENT if known and known.type == "text" else _COMMENT
        found = pattern.search(ctx.text, *value) if known else None
        if found is None:
            continue
        comment = Span(found.start(1), value.end)
        above = ctx.document.lines.line_span(ctx.document.lines.line_number(chunk.start)).start
        moved = (
            Edit(Span(above, above), comment.text_in(ctx.text).rstrip() + ctx.document.newline),
            Edit(Span(found.start(), value.end), ""),
        )
        shown = Span(comment.start, comment.start + len(comment.text_in(ctx.text).rstrip()))
        yield Finding(
            shown,
            f"`{shown.text_in(ctx.text)[:40]}` becomes part of the value of `{key}`,"
            f" since {ctx.reading.runtime.title} {ctx.reading.runtime.repair}.",
            (Fix("Move the comment to a line above", moved), *(quote_invalid_values(ctx) if alone else ())),
        )


_COMMENT = re.compile(r"[ \t]+(#.*)")


_IGNORE_COMMENT = re.compile(r"[ \t]+(#[ \t]*agentls:.*)")


@rule("ignored", subjects=("repaired frontmatter",))
def flow_value_repaired(ctx: Context) -> Iterator[Finding]:
    """A value in braces or brackets is read as plain text.

    Some value in this frontmatter needs quotes, so that Claude Code repairs it: line by line, it
    puts every value with an unusual character into quotes. Braces are such characters. A
    mapping written in braces becomes plain text. Qwen Code, which then reads line by line, takes a list
    in brackets for plain text, too.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Use it when: the code has changed.
    mcpServers: {docs: {type: http, url: "https://example.com/mcp"}}
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: "Use it when: the code has changed."
    mcpServers:
      - docs: {type: http, url: "https://example.com/mcp"}
    ---

    You review code.
    ```
    """
    already = {reason.span for reason in ctx.reading.reasons}
    for chunk, value, alone in _rewritten(ctx):
        key = entry_key(ctx.text, chunk)
        collection = alone and not isinstance(alone.value, Scalar)
        if alone and collection and ctx.dialect.key(key) and value not in already:
            yield Finding(
                alone.value.span,
                f"`{key}` is read as plain text, since {ctx.reading.runtime.title} {ctx.reading.runtime.repair}.",
                quote_invalid_values(ctx),
            )


@rule("text lost", subjects=("ignored lines",))
def lost_lines(ctx: Context) -> Iterator[Finding]:
    """A part of a value is lost, since the frontmatter is not valid YAML.

    Qwen Code and Factory Droid read frontmatter line by line when YAML fails. Then only the first line
    of a value counts, a block of lines comes to nothing, and so does a list whose dashes are not
    indented by two blanks: an agent may end up with a description that is cut short, and with all
    tools. Nothing is said when the file is loaded.

    ## Bad

    ```markdown .qwen/agents
    ---
    name: reviewer
    description: Reviews code. Use it
      when: the code has changed.
    ---

    You review code.
    ```

    ## Good

    ```markdown .qwen/agents
    ---
    name: reviewer
    description: >-
      Reviews code. Use it
      when: the code has changed.
    ---

    You review code.
    ```
    """
    reading = ctx.reading
    if reading.block is None or not reading.ignored_lines:
        return
    chunks = split_entries(ctx.text, reading.block)
    for at, chunk in enumerate((Span(reading.block.start, chunks[0].start), *chunks) if chunks else ()):
        lost = [span for span in reading.ignored_lines if chunk.start <= span.start < chunk.end]
        if not lost:
            continue
        candidates = (*quote_invalid_values(ctx), *repair_fixes(ctx, lost[0]))
        fix = next((fix for fix in candidates if _is_clean(ctx, fix.edits)), None)
        of = f"of `{entry_key(ctx.text, chunk)}` " if at else ""
        lines = "this line" if len(lost) == 1 else f"{len(lost)} lines"
        yield Finding(
            lost[0],
            f"{ctx.runtime_titles} {reading.runtime.repair}, and passes over {lines} {of}here.",
            (fix,) if fix else (),
        )


def _is_clean(ctx: Context, edits: tuple[Edit, ...]) -> bool:
    """Whether after `edits` the runtime takes the frontmatter as it stands."""
    return ctx.document.with_edits(edits).reading.status == "clean"


@rule("ignored", subjects=("unparsed value",))
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
