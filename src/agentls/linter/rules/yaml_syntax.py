"""Rules about frontmatter that is not valid YAML, and about what a runtime's repair changes in it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from agentls.dialects.records import Key
from agentls.dialects.tool_names import split_tool_names
from agentls.document.edit_safety import Trials
from agentls.document.edits import quote_scalar, write_folded_block, write_item, write_literal_block
from agentls.linter.consequence import Consequence, Effect
from agentls.linter.rule import Context, Finding, Fix, describe_effect, rule
from agentls.linter.shared.load_reasons import (
    can_be_read,
    find_early_closing,
    findings_for_reason,
    insert_closing_fence,
)
from agentls.linter.shared.tool_entries import TOOLS, WITHOUT_TOOLS
from agentls.readers.yaml_errors import entry_key, entry_value_span, find_unquoted_items
from agentls.text.escaping import code_span
from agentls.text.frontmatter import split_entries
from agentls.text.offsets import Edit, Span
from agentls.text.patterns import lazy_pattern
from agentls.text.wording import join_names
from agentls.text.yaml_tree import TAB_INDENTATION, Entry, MappedText, Mapping, Scalar, Sequence, parse


@rule("not loaded", subjects=("reason frontmatter-not-a-mapping",))
def frontmatter_not_a_mapping(ctx: Context) -> Iterator[Finding]:
    """The frontmatter is a string or a list instead of keys with values.

    A common cause is a missing space after the colon: `name:reviewer` is a plain string in YAML.

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
        edits = tuple(_insert_spaces_after_colons(ctx, finding.span))
        fixes = (Fix("Insert a space after each colon", edits),) if edits and can_be_read(ctx, edits) else ()
        yield finding._replace(fixes=fixes)


_KEY_WITHOUT_SPACE = lazy_pattern(r"^([A-Za-z_-]+):(?=\S)", re.MULTILINE)


def _insert_spaces_after_colons(ctx: Context, where: Span) -> Iterator[Edit]:
    """Yield an edit for each known key in `where` whose colon is directly followed by the value."""
    for found in _KEY_WITHOUT_SPACE.finditer(ctx.text, *where):
        if ctx.dialect.key(found[1]):
            yield Edit(Span(found.end(), found.end()), " ")


_LIKELY_KEY_WITHOUT_SPACE = lazy_pattern(r"^[ \t]*(?:-[ \t]+)?[a-z][A-Za-z_-]*:(?=[^\s/:])", re.MULTILINE)


def _insert_spaces_after_likely_keys(ctx: Context, where: Span, chunk: Span) -> tuple[Edit, ...]:
    """Return the edits for an unknown key that is the whole of `where`, or for the fields below a key of `chunk` that
    does not contain text."""
    key = ctx.dialect.key(entry_key(ctx.text, chunk))
    is_text = key is None or key.type in ("text", "enum", "any")
    word = where.text_in(ctx.text).partition(":")[0]
    start, end = where if is_text else chunk
    line_start = ctx.text.rfind("\n", 0, start) + 1
    if is_text and (line_start != start or word in _DIALOGUE_LABELS or "\n" in where.text_in(ctx.text)):
        return ()
    found = _LIKELY_KEY_WITHOUT_SPACE.finditer(ctx.text, line_start, end)
    return tuple(Edit(Span(each.end(), each.end()), " ") for each in found)


@rule("not loaded", subjects=("reason invalid-yaml",))
def invalid_yaml(ctx: Context) -> Iterator[Finding]:
    """The frontmatter is not valid YAML, and the runtime cannot repair it.

    Claude Code parses the frontmatter as YAML. If that fails, it quotes values with special characters
    line by line and parses the result again. It cannot repair a value whose further lines are not
    indented, a value that ends in a colon, a quoted string with more text after it, or a value that must
    be quoted in a file with CRLF line endings. The file is then silently not loaded; an agent of a plugin
    is loaded without its frontmatter.

    For text with colons, quotes or several lines, use a block scalar: `description: |` with the text
    indented below.

    ## Bad

    ```yaml
    Examples: "please review", then "thanks"
    ```

    ## Good

    ```yaml
    description: |
      Reviews code. Use it after every change.
      Examples: "please review", then "thanks"
    ```
    """
    if find_early_closing(ctx):
        return
    for finding in findings_for_reason(ctx, "invalid-yaml"):
        fix = next((fix for fix in repair_fixes(ctx, finding.span) if can_be_read(ctx, fix.edits)), None)
        yield finding._replace(fixes=(fix,) if fix else ())


_LINE_VALUE = lazy_pattern(r"^([ \t]*(?:- )?[\w.-]+:[ \t]+)(\S.*?)[ \t\r]*$", re.MULTILINE)
_BLOCK_HEADER = lazy_pattern(r"[|>][-+0-9]*[ \t\r]*")
_UNINDENTED = lazy_pattern(r"^[^\s#]", re.MULTILINE)


# These words start the lines of a conversation in a description. They look like keys, but are not.
_DIALOGUE_LABELS = frozenset({"Context", "Example", "Examples", "user", "User", "assistant", "Assistant"})


def repair_fixes(ctx: Context, where: Span) -> Iterator[Fix]:
    """Yield fixes around `where` that may make the frontmatter valid, the smallest change first.

    The caller must try them, since none of them is certain to work.
    """
    block = ctx.reading.block
    if block is None:
        return
    if where.text_in(ctx.text) == "\0":
        nuls = [found.start() for found in re.finditer("\0", block.text_in(ctx.text))]
        removals = tuple(Edit(Span(block.start + at, block.start + at + 1), "") for at in nuls)
        yield Fix("Remove all NUL characters", removals)
    if where.text_in(ctx.text).startswith("*") and ctx.text[where.end :].lstrip(" \t").startswith(":"):
        yield Fix("Quote the key", (Edit(where, quote_scalar(where.text_in(ctx.text))),))
    edits = tuple(_insert_spaces_after_colons(ctx, where))
    if edits:
        yield Fix("Insert a space after the colon", edits)
    line = _LINE_VALUE.search(ctx.text, ctx.text.rfind("\n", 0, where.start) + 1, where.end)
    if line:
        value = Span(line.start(2), line.end(2))
        text = _without_quotes(line[2])
        key = ctx.dialect.key(line[1].partition(":")[0])
        is_certain = key is not None and key.type == "text" and text == line[2]
        yield Fix("Quote the value", (Edit(value, quote_scalar(text)),), is_certain)
    chunks = split_entries(ctx.text, block)
    at = next((n for n, chunk in enumerate(chunks) if chunk.overlaps(where)), None)
    if at is None:
        return
    likely = _insert_spaces_after_likely_keys(ctx, where, chunks[at])
    if likely:
        yield Fix("Insert a space after the colon", likely)
    items = tuple(find_unquoted_items(ctx.text, entry_value_span(ctx.text, chunks[at])))
    if items:
        title = "Quote each item that needs it" if len(items) > 1 else "Quote the item"
        yield Fix(title, tuple(Edit(item, quote_scalar(item.text_in(ctx.text))) for item in items))
    first, last = _chunks_of_value(ctx, chunks, at)
    follows_blank_line = ctx.text[: where.start].endswith(("\n\n", "\n\r\n"))
    if (
        follows_blank_line
        and last + 1 == len(chunks)
        and not where.text_in(ctx.text).startswith(("<", "-", "Example"))
    ):
        last_key = len(ctx.text[: where.start].rstrip())
        yield Fix("Insert the closing `---`", (insert_closing_fence(ctx, ctx.text.find("\n", last_key) + 1),))
    raw = Span(entry_value_span(ctx.text, chunks[first]).start, entry_value_span(ctx.text, chunks[last]).end)
    title = f"Convert `{entry_key(ctx.text, chunks[first])}` to a block scalar"
    for lines in _intended_texts(raw.text_in(ctx.text)):
        yield Fix(title, (Edit(raw, write_literal_block(lines, ctx.document.newline)),))


def _chunks_of_value(ctx: Context, chunks: tuple[Span, ...], at: int) -> tuple[int, int]:
    """Return the indices of the first and the last chunk of the value that the chunk `at` belongs to.

    There can be several, since a line such as `user: "hello"` looks like a key in a description that is not
    indented.
    """
    first = last = at
    while first and entry_key(ctx.text, chunks[first]) in _DIALOGUE_LABELS:
        first -= 1
    has_unindented_line = _UNINDENTED.search(ctx.text, chunks[first].start + 1, chunks[at].end)
    while last + 1 < len(chunks):
        key = entry_key(ctx.text, chunks[last + 1])
        is_key = ctx.dialect.key(key) or ctx.dialect.foreign_key(key)
        if key not in _DIALOGUE_LABELS and (is_key or not has_unindented_line):
            break
        last += 1
    return first, last


def _intended_texts(raw: str) -> Iterator[str]:
    """Yield the likely intended text of a raw value, first with the indentation of its lines, then without."""
    from textwrap import dedent  # Loading it takes longer than all rules for one file.

    first, *rest = raw.replace("\r\n", "\n").split("\n")
    below = dedent("\n".join(rest))
    if _BLOCK_HEADER.fullmatch(first):
        whole = below
    else:
        whole = _without_quotes(f"{first}\n{below}" if rest else first)
    yield whole.strip("\n")
    yield "\n".join(line.strip() for line in whole.strip().split("\n"))


def _without_quotes(raw: str) -> str:
    """Return `raw` without the quotes around it, or without an opening quote that is never closed."""
    quote = raw[:1]
    if quote not in ("'", '"'):
        return raw
    if len(raw) > 1 and raw.endswith(quote):
        return raw[1:-1]
    return raw if quote in raw[1:] else raw[1:]


@rule("advice", subjects=("repaired frontmatter",))
def repaired_yaml(ctx: Context) -> Iterator[Finding]:
    """A value must be quoted, and only loads because the runtime repairs the frontmatter.

    An unquoted value that contains `: ` or starts with `@` is invalid YAML, and so is a text that starts
    with `[` but is not a list. Claude Code then quotes values with special characters automatically, so the
    agent loads as it is written. Other tools reject the file, and so does Claude Code if the file has CRLF
    line endings. OpenCode and Kilo convert values with a colon to block scalars and repair nothing else.

    ## Bad

    ```yaml
    description: Reviews code. Examples: "please review", then "thanks". Use it often.
    ```

    ## Good

    ```yaml
    description: >-
      Reviews code. Examples: "please review", then "thanks". Use it often.
    ```
    """
    invalid, misread = list(_invalid_values(ctx)), list(_changed_values(ctx))
    recovers = f"{ctx.reading.runtime.title} recovers; other tools reject the file."
    # The repair can turn comments and collections into strings. Quoting these values keeps them as
    # strings, which may not be intended, so such a fix is not safe.
    safe = not misread
    values = sorted([*(value for _, value in invalid), *misread])
    quoted = tuple(Edit(value, quote_scalar(value.text_in(ctx.text))) for value in values)
    quotes = (Fix("Quote the value", quoted, safe),) if quoted and _keeps_values(ctx, quoted) else ()
    trials = Trials(ctx.document)
    for key, value in invalid:
        if _is_invalid_list(ctx, key, value):
            continue  # `flow-value-repaired` reports it.
        text = value.text_in(ctx.text)
        fixes: tuple[Fix, ...] = quotes
        if trials.start():
            block = Edit(value, write_folded_block(text, ctx.document.newline))
            folded = tuple(block if edit.span == value else edit for edit in quoted)
            if _keeps_values(ctx, folded):
                blocks = (Fix("Convert to a block scalar", folded, safe),)
                fixes = blocks + quotes if len(text) > _LONG else quotes + blocks
        yield Finding(
            Span(value.start, value.start + len(text.rstrip())),
            f"{_describe_invalid_value(key, text)}. {recovers}",
            fixes,
        )

    spaces = tuple(_insert_spaces_after_colons(ctx, ctx.reading.block)) if ctx.reading.block else ()
    if ctx.reading.status == "repaired" and spaces and not invalid:
        fix = Fix("Insert a space after each colon", spaces, safe=True)
        end = spaces[0].span.start
        start = ctx.text.rfind("\n", 0, end) + 1
        yield Finding(
            Span(start, end),
            f"No space follows the colon, so YAML does not read this as a key. {recovers}",
            (fix,) if _keeps_values(ctx, spaces) else (),
        )


_LONG = 100
"""For values longer than this, a block scalar is offered before quotes."""


def _describe_invalid_value(key: str, text: str) -> str:
    """Describe in a sentence why a plain scalar is invalid YAML, as far as its characters show it."""
    if text[:1] in ("@", "`", "%"):
        return f"Unquoted `{key}` starts with {code_span(text[0])}, which is invalid YAML"
    # After one of these indicators, the value is not a plain scalar, and `: ` need not be the cause.
    if text[:1] not in tuple("'\"[{*&!|>#-?") and ": " in text:
        return f"Unquoted `{key}` contains `: `, which is invalid YAML"
    return f"`{key}` must be quoted to be valid YAML"


def _repaired_values(ctx: Context) -> Iterator[tuple[Span, Span, Entry | None]]:
    """Yield the chunk and the span of each value that the runtime's repair changes, and its entry.

    The entry is parsed separately and without the repair; it is `None` if it is invalid YAML.
    """
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
    """Yield the keys and values that made the repair necessary."""
    for chunk, value, alone in _repaired_values(ctx):
        if alone is None:
            yield entry_key(ctx.text, chunk), value


def _changed_values(ctx: Context) -> Iterator[Span]:
    """Yield the values that were valid and that the repair changes."""
    for _, value, alone in _repaired_values(ctx):
        if alone and alone.value.value != value.text_in(ctx.text):
            yield value


def _keeps_values(ctx: Context, edits: tuple[Edit, ...]) -> bool:
    """Whether `edits` make the frontmatter valid YAML with the same values as after the repair."""
    after, before = ctx.document.with_edits(edits).reading, ctx.reading
    if before.root is None or after.root is None:
        return False
    return after.status == "clean" and after.root.value == before.root.value


def quote_invalid_values(ctx: Context) -> tuple[Fix, ...]:
    """Return the fix that quotes all invalid values, so that no repair changes the other values."""
    invalid = list(_invalid_values(ctx))
    edits = tuple(Edit(value, quote_scalar(value.text_in(ctx.text))) for _, value in invalid)
    keys = ", ".join(f"`{key}`" for key, _ in invalid)
    return (Fix(f"Quote {keys}", edits),) if _is_clean(ctx, edits) else ()


def _is_clean(ctx: Context, edits: tuple[Edit, ...]) -> bool:
    """Whether the runtime reads the frontmatter without a repair after `edits`."""
    return ctx.document.with_edits(edits).reading.status == "clean"


@rule("advice", subjects=("tabs",))
def tab_indentation(ctx: Context) -> Iterator[Finding]:
    """A line of the frontmatter is indented with a tab.

    YAML forbids tabs in indentation. Claude Code accepts them; other tools reject the file.

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

    ```yaml
    tools:
      - Read
    ```
    """
    block = ctx.reading.block
    if ctx.reading.status != "clean" or block is None or "\t" not in block.text_in(ctx.text):
        return
    tabs = [Span(*found.span()) for found in TAB_INDENTATION.finditer(ctx.text, *block)]
    if not tabs or parse(MappedText.unchanged(ctx.text, block)).error is None:
        return  # A tab elsewhere in a line is no indentation.
    edits = tuple(Edit(span, span.text_in(ctx.text).replace("\t", "  ")) for span in tabs)
    effect = ctx.describe_effect("accepts it")
    message = (
        f"This line is indented with a tab, which is invalid YAML. {effect}; other tools reject the file."
    )
    fixes = (Fix("Replace tabs with spaces", edits, safe=True),) if _keeps_values(ctx, edits) else ()
    yield Finding(tabs[0], message, fixes)


@rule("ignored", subjects=("repaired frontmatter",))
def comment_in_value(ctx: Context) -> Iterator[Finding]:
    """A comment becomes part of the value before it.

    When a value in the frontmatter is invalid without quotes, Claude Code repairs the frontmatter line by
    line and quotes every value with special characters. `#` is one of them, so the comment ends up
    inside the quotes: `model: haiku # cheap` requests a model named `haiku # cheap`. An ignore comment
    after such a value has no effect.

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

    ```yaml
    description: "Use it when: the code has changed."
    # cheap
    model: haiku
    ```
    """
    for chunk, value, alone in _repaired_values(ctx):
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
            f"`{shown.text_in(ctx.text)[:40]}` becomes part of the value of `{key}`"
            f" because {ctx.reading.runtime.title} {ctx.reading.runtime.effects.repair_effect}.",
            (Fix("Move the comment above", moved), *(quote_invalid_values(ctx) if alone else ())),
            # A value of any form, such as a hint for people, does no harm with the comment in it.
            effects=ctx.effects(Consequence.ADVICE) if known and known.type == "any" else (),
        )


_COMMENT = lazy_pattern(r"(?<![ \t])[ \t]+(#.*)")
_IGNORE_COMMENT = lazy_pattern(r"(?<![ \t])[ \t]+(#[ \t]*agentls:.*)")


@rule("ignored", subjects=("repaired frontmatter",))
def flow_value_repaired(ctx: Context) -> Iterator[Finding]:
    """A mapping in braces or a list in brackets is read as a string.

    When a value in the frontmatter is invalid without quotes, Claude Code repairs the frontmatter line by
    line and quotes every value with special characters. Braces are among them, so a mapping in braces
    becomes a string. A list in brackets stays a list only if it is valid and nothing follows it: with
    `[Read, Grep` or `[*]` the brackets become a part of the names. Claude Code refuses to start an agent
    if no tool remains. Qwen Code reads every list in brackets as a string then.

    ## Bad

    ```yaml
    tools: [Read, Bash(git: *)]
    ```

    ```markdown
    ---
    name: reviewer
    description: Use it when: the code has changed.
    mcpServers: {docs: {type: http, url: "https://example.com/mcp"}}
    ---

    You review code.
    ```

    ## Good

    ```yaml
    tools: [Read, Bash]
    ```

    ```yaml
    description: "Use it when: the code has changed."
    mcpServers:
      - docs: {type: http, url: "https://example.com/mcp"}
    ```
    """
    already = {reason.span for reason in ctx.reading.reasons}
    for chunk, value, alone in _repaired_values(ctx):
        key = ctx.dialect.key(entry_key(ctx.text, chunk))
        if key is None or value in already:
            continue
        effect, effects = _effect_of_string(ctx, key)
        if alone and not isinstance(alone.value, Scalar):
            runtime = ctx.reading.runtime
            yield Finding(
                alone.value.span,
                f"`{key.name}` is read as a string because {runtime.title}"
                f" {runtime.effects.repair_effect}.{effect}",
                quote_invalid_values(ctx),
                effects=effects,
            )
        elif alone is None and _is_invalid_list(ctx, key.name, value):
            written = value.text_in(ctx.text).rstrip()
            yield Finding(
                Span(value.start, value.start + len(written)),
                f"`{key.name}` is not a valid list and is read as a string.{effect}",
                _complete_list(ctx, value, written),
                effects=effects,
            )


_LISTS = ("globs", "servers", "skills", "tools")


def _is_invalid_list(ctx: Context, key: str, value: Span) -> bool:
    """Whether an invalid value that the repair quoted is certainly intended as a list."""
    known = ctx.dialect.key(key)
    return known is not None and known.type in _LISTS and ctx.text.startswith("[", value.start)


def _effect_of_string(ctx: Context, key: Key) -> tuple[str, tuple[Effect, ...]]:
    """Return what the runtime does because the value of `key` is a string, as a further sentence, and the effects
    on it if they are not the usual ones."""
    reading = ctx.reading
    if key.name != TOOLS:
        return "", ()
    tools, runtime = ctx.document.tools_in(reading), reading.runtime
    if tools.is_empty and runtime.without_tools != "unknown":
        effect = describe_effect((runtime,), WITHOUT_TOOLS[runtime.without_tools])
        return f" {effect}.", (Effect(runtime.name, Consequence.NO_TOOLS),)
    ignored = join_names(each.name for each in tools.dropped)
    return (f" {describe_effect((runtime,), f'ignores {ignored}')}." if ignored else ""), ()


def _complete_list(ctx: Context, value: Span, written: str) -> tuple[Fix, ...]:
    """Return the fix that makes the list valid: the items quoted where they need it, and the bracket closed."""
    inner = written.removeprefix("[").removesuffix("]")
    if "[" in inner or "]" in inner:
        return ()
    items = [item.strip("\"'") for item in split_tool_names(inner, ",")]
    completed = f"[{', '.join(map(write_item, items))}]"
    return ctx.make_fix(f"Change to {code_span(completed)}", Edit(value, completed))


@rule("text lost", subjects=("ignored lines",))
def lost_lines(ctx: Context) -> Iterator[Finding]:
    """A part of a value is ignored because the frontmatter is not valid YAML.

    Qwen Code and Factory Droid read invalid frontmatter line by line. They use only the first line of a
    value, and ignore a block scalar and a list whose dashes are not indented by two spaces. The agent may
    then have an incomplete description, and all tools. The file is loaded without a warning.

    ## Bad

    ```yaml .qwen/agents
      when: the code has changed.
    ```

    ## Good

    ```yaml .qwen/agents
    description: >-
      Reviews code. Use it
      when: the code has changed.
    ```
    """
    reading = ctx.reading
    if reading.block is None or not reading.ignored_lines:
        return
    chunks = split_entries(ctx.text, reading.block)
    ignored = sorted(reading.ignored_lines)
    quotes, trials = quote_invalid_values(ctx), Trials(ctx.document)
    for at, chunk in enumerate((Span(reading.block.start, chunks[0].start), *chunks) if chunks else ()):
        first, end = (bisect_left(ignored, Span(offset, 0)) for offset in chunk)
        lost = ignored[first:end]
        if not lost:
            continue
        repairs = (fix for fix in repair_fixes(ctx, lost[0]) if trials.start() and _is_clean(ctx, fix.edits))
        fix = next(iter(quotes or repairs), None)
        lines = "this line" if len(lost) == 1 else f"{len(lost)} lines"
        of = f" of `{entry_key(ctx.text, chunk)}`" if at else ""
        message = (
            f"{reading.runtime.title} ignores {lines}{of} because it {reading.runtime.effects.repair_effect}."
        )
        yield Finding(lost[0], message, (fix,) if fix else ())


@rule("ignored", subjects=("unparsed value",))
def unclosed_list(ctx: Context) -> Iterator[Finding]:
    """A list that starts with `[` is not closed.

    VS Code reports it and uses the items that it can read. Products that do not load such a file are
    reported by `invalid-yaml`.

    ## Bad

    ```yaml .github/prompts/explain.prompt.md
    tools: [read, search
    ```

    ## Good

    ```yaml .github/prompts/explain.prompt.md
    tools: [read, search]
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
            what = "is invalid" if closed else "has no closing `]`"
            message = f"The list in `{entry.key.text}` {what}. {ctx.describe_effect('reports it')}."
            yield Finding(span, message, fixes)
