"""Rules about `name` and `description`, by which an agent is found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import dedent

from agentls.rewrite import harmless, literal, quoted, with_value
from agentls.rule import Context, Finding, Fix, rule
from agentls.rules.loading import changed, early_closing, newline, reasons
from agentls.spelling import nearest
from agentls.text import Edit, Span
from agentls.tokens import estimate
from agentls.yamltree import Entry, Mapping, Scalar, Sequence, Source, parse

_PLACEHOLDER = "What the agent does. Use it when ..."


@rule("error")
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


@rule("error")
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
    if early_closing(ctx) and ctx.document.entry(key):
        return  # The key is there; that the runtime does not get to see it is another finding.
    code = f"missing-{key}"
    for finding in reasons(ctx, code):
        entry = ctx.reading.get(key)
        swallowed = _swallowed(ctx, key)
        value = _scalar(_slug(ctx.document.identity.stem)) if key == "name" else _PLACEHOLDER
        if entry is None:
            fix = Fix(f"Insert `{key}`", _insertion(ctx, key, value))
        elif swallowed:
            fix = _quoting(ctx, entry, swallowed)
        else:
            fix = Fix(f"Fill in `{key}`", (with_value(entry, value),))
        yield finding._replace(fixes=_working(ctx, code, fix))


def _insertion(ctx: Context, key: str, value: str) -> tuple[Edit, ...]:
    """The edit that adds the entry `key`: first, or a description below the name."""
    block, entries = ctx.reading.block, ctx.reading.root.entries if ctx.reading.root else ()
    if block is None or any(_means(ctx, entry.key.text, key) for entry in entries):
        return ()  # A key that is almost the same has a finding and a fix of its own.
    at, indent = block.start, ""
    if entries:
        first = entries[0].key.span.start
        indent = ctx.text[max(ctx.text.rfind("\n", 0, first) + 1, block.start) : first]
    name = ctx.reading.get("name")
    if key != "name" and name:
        at = ctx.text.find("\n", name.span.end) + 1
    if not block.start <= at <= block.end:
        return ()  # The closing fence stands on the line of the name.
    return (Edit(Span(at, at), f"{indent}{key}: {value}{newline(ctx)}"),)


def _means(ctx: Context, written: str, key: str) -> bool:
    """Whether a key that the runtime does not know is meant to be `key`."""
    foreign = ctx.dialect.foreign_key(written)
    if foreign or ctx.dialect.key(written):
        return foreign is not None and foreign.use == key
    return nearest(written, [key]) is not None


def _working(ctx: Context, code: str, *fixes: Fix) -> tuple[Fix, ...]:
    """Those of `fixes` after which the frontmatter can be read and has no reason `code` any more."""
    readings = [(fix, changed(ctx, fix.edits).reading) for fix in fixes if fix.edits]
    return tuple(
        fix
        for fix, reading in readings
        if reading.root is not None and code not in [reason.code for reason in reading.reasons]
    )


def _slug(stem: str) -> str:
    """A name made from the name of the file."""
    return re.sub(r"[\W_]+", "-", stem).strip("-").lower() or "my-agent"


def _scalar(text: str) -> str:
    """`text` as a scalar: plain if it is read back as it is, else in quotes."""
    line = f"key: {text}"
    root = parse(Source.plain(line, Span(0, len(line)))).root
    return text if isinstance(root, Mapping) and root.value == {"key": text} else quoted(text)


@rule("error")
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


@rule("error")
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
    for finding in reasons(ctx, code):
        entry = ctx.reading.get(key)
        assert entry is not None, "the reason is about its value"
        raw = entry.value.span.of(ctx.text)
        fixes = []
        if isinstance(entry.value, Sequence) and len(entry.value.items) == 1:
            item = entry.value.items[0].span.of(ctx.text)
            fixes.append(Fix("Write it without a list", (with_value(entry, item),)))
        if "\n" in raw or not (isinstance(entry.value, Scalar) or entry.value.flow):
            start = ctx.text.rfind("\n", 0, entry.value.span.start) + 1
            lines = dedent(ctx.text[max(start, entry.key.span.end + 1) : entry.value.span.end]).strip()
            edit = with_value(entry, literal(lines, newline(ctx)))
            fixes.append(Fix("Write it as a block of lines", (edit,)))
        else:
            fixes.append(Fix("Put it into quotes", (Edit(entry.value.span, f'"{raw}"'),)))
        yield finding._replace(fixes=_working(ctx, code, *fixes)[:1])


@rule("error")
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
    for finding in reasons(ctx, "invalid-name"):
        written = ctx.reading.text("name") or ""
        name = re.sub(r"\s*:\s*", "-", written.strip()).strip("-").strip() or "my-agent"
        fix = Fix(f"Call it `{name}`", (Edit(finding.span, _scalar(name)),))
        yield finding._replace(fixes=_working(ctx, "invalid-name", fix))


@rule("information")
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
    for agent in ctx.dialect.builtin_agents:
        if agent.name == ctx.reading.name:
            yield Finding(
                _mark(ctx, "name"),
                f"`{agent.name}` is a built-in agent, whose place this one takes. {agent.summary}",
            )


@rule("information")
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
        if word.name == ctx.reading.name:
            yield Finding(_mark(ctx, "name"), f"Choose another name: {word.summary}")


def _mark(ctx: Context, key: str) -> Span:
    """Where a finding about the value of `key` goes."""
    entry = ctx.reading.get(key)
    assert entry is not None, "the caller has seen its value"
    return entry.mark


@rule("information")
def placeholder_description(ctx: Context) -> Iterator[Finding]:
    """A plugin's agent has no description of its own.

    A project's agent without a description is skipped. A plugin's agent is registered with a
    placeholder, which says nothing to the model that decides whom to give a task.

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
    if not ctx.in_plugin or reading.how == "damaged" or reading.block is None or early_closing(ctx):
        return
    entry = reading.get("description")
    if entry and isinstance(entry.value, Scalar) and entry.value.text and entry.value.type != "null":
        return
    if entry is None:
        span = Span(reading.block.start, reading.block.start)
        fence = ctx.document.block.opening if ctx.document.block else span
        edits = _insertion(ctx, "description", _PLACEHOLDER)
    else:
        fence, edits = entry.mark, (with_value(entry, _PLACEHOLDER),)
    seen = changed(ctx, edits).reading.description
    yield Finding(
        fence,
        f"There is no description in text. The model is told `{reading.description}`.",
        (Fix("Write a description", edits),) if seen == _PLACEHOLDER else (),
    )


@rule("warning")
def swallowed_text(ctx: Context) -> Iterator[Finding]:
    """A part of `name` or `description` means something to YAML, and is lost.

    In a value without quotes, YAML takes ` #` and all that follows on the line for a comment, a
    first word with `&` for an anchor, and one with `!` for a tag. None of it reaches the runtime.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews fixes of issue #12 and others. Use it after every change.
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: "Reviews fixes of issue #12 and others. Use it after every change."
    ---

    You review code.
    ```
    """
    for key in ("name", "description"):
        entry, lost = ctx.reading.get(key), _swallowed(ctx, key)
        if entry is None or lost is None:
            continue
        shown = lost.of(ctx.text)
        kind = {"#": "a comment", "&": "an anchor", "!": "a tag"}[shown[0]]
        fixes = [_quoting(ctx, entry, lost)]
        if shown[:2] == "# " and entry.value.span.end > entry.value.span.start:
            above = ctx.text.rfind("\n", 0, entry.key.span.start) + 1
            blanks = len(ctx.text[: lost.start]) - len(ctx.text[: lost.start].rstrip(" \t"))
            moved = (
                Edit(Span(above, above), shown + newline(ctx)),
                Edit(Span(lost.start - blanks, lost.end), ""),
            )
            fixes.append(Fix("Move the comment to a line above", moved))
        yield Finding(
            lost,
            f"`{shown[:40]}` is {kind} to YAML, and not part of `{key}`.",
            tuple(fix for fix in fixes if harmless(ctx.document, fix.edits)),
        )


_COMMENT_BEHIND = re.compile(r"[ \t]*(#[^\r\n]*)")
_MEANT_AS_COMMENT = re.compile(r"#[ \t]*(?:agentls:|TODO|FIXME|NOTE|XXX|HACK|noqa|yaml|prettier|cspell)")


def _swallowed(ctx: Context, key: str) -> Span | None:
    """What YAML takes away from the text behind `key`, if it is likely to be meant as text."""
    entry = ctx.reading.get(key)
    if entry is None or not isinstance(entry.value, Scalar) or entry.value.style != "plain":
        return None
    value = entry.value
    if value.properties:
        word = value.properties.of(ctx.text)
        used = word.startswith("!!") or (word[0] == "&" and f"*{word[1:]}" in ctx.text[value.span.end :])
        return None if used else value.properties
    found = _COMMENT_BEHIND.match(ctx.text, value.span.end)
    if found is None or value.span in ctx.reading.rewritten or _MEANT_AS_COMMENT.match(found[1]):
        return None
    if key == "name" and found[1][1:2] in ("", " ", "\t"):
        return None  # Behind a name, `# text` is most likely a comment indeed; `#2` is not.
    end = found.start(1) + len(found[1].rstrip())
    return Span(found.start(1), min(end, ctx.reading.block.end) if ctx.reading.block else end)


def _quoting(ctx: Context, entry: Entry, lost: Span) -> Fix:
    """The fix that puts a value together with what it has `lost` into quotes."""
    value = entry.value.span
    whole = Span(min(lost.start, value.start), max(lost.end, value.end)) if value.start < value.end else lost
    text = " ".join(line.strip() for line in whole.of(ctx.text).split("\n"))
    return Fix("Put all of it into quotes", (Edit(whole, quoted(text)),))


@rule("information")
def mangled_backslash(ctx: Context) -> Iterator[Finding]:
    r"""A path in the description contains `\n`, which becomes a line break.

    Claude Code turns the two characters `\n` into a line break, anywhere in a description and
    whether it stands in quotes or not. A path such as `C:\new` is torn in two.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews the code in C:\new\src. Use it after every change.
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews the code in C:/new/src. Use it after every change.
    ---

    You review code.
    ```
    """
    entry = ctx.reading.get("description")
    if entry is None or not isinstance(entry.value, Scalar) or "\\n" not in entry.value.text:
        return
    text = entry.value.text
    paths = [found[0] for found in _WINDOWS_PATH.finditer(text) if "\\n" in found[0]]
    # Where `\n` also stands between words, it is meant as a line break, also behind `A:`.
    only_paths = sum(path.count("\\n") for path in paths) == text.count("\\n")
    for path in paths:
        if not (_DRIVE.match(path) and only_paths) and not _FOLDERS.search(path):
            continue
        written = path if path in entry.value.span.of(ctx.text) else path.replace("\\", "\\\\")
        at = ctx.text.find(written, *entry.value.span)
        span = Span(at, at + len(written)) if at >= 0 else entry.value.span
        fixes = (Fix("Write `/` in the path", (Edit(span, path.replace("\\", "/")),)),) if at >= 0 else ()
        runtime = ctx.dialect.runtimes[0].title
        yield Finding(span, f"{runtime} turns the `\\n` in `{path[:40]}` into a line break.", fixes)


_WINDOWS_PATH = re.compile(r"(?<![\w.:\\-])(?:[A-Za-z]:)?(?:[\w.-]*\\[\w.-]*\w)+")
_DRIVE = re.compile(r"[A-Z]:\\")
_FOLDERS = re.compile(r"\w\\(?!u[0-9a-f]{4}|[nrt])\w")


@rule("hint")
def description_without_cue(ctx: Context) -> Iterator[Finding]:
    """The description does not say when to use the agent.

    The model hands over a task by what the descriptions say. One that tells the occasion, as
    in "use it after every change" or "when tests fail", is found more often than one that only
    tells what the agent is.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: A reviewer with the eyes of a hawk and years of experience.
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
    entry, description = ctx.reading.get("description"), ctx.reading.text("description")
    if entry is None or not description or _CUE.search(description) or _swallowed(ctx, "description"):
        return
    if _ENGLISH.search(description):
        yield Finding(entry.mark, "The description does not say when to use the agent.")


_ENGLISH = re.compile(r"\b(?:the|and|of|with|to|an|for)\b", re.IGNORECASE)
_CUE = re.compile(
    r"\b(?:us(?:e|es|ed|ing|age)|invok\w+|call(?:s|ed)?|trigger\w*|spawn\w*|launch\w*|delegat\w+|dispatch\w*"
    r"|activat\w+|consult|engage|recommended|proactive\w*|when\w*|before|after|during|once|while|if|upon"
    r"|must|should|need\w*|requir\w+|ask(?:s|ed)?|want(?:s|ed)?"
    r"|(?:agent|assistant|specialist|expert|tool|ideal|perfect|best|great|good|suitable|responsible) for)\b",
    re.IGNORECASE,
)


@rule("information")
def long_description(ctx: Context) -> Iterator[Finding]:
    """The description is long, and sent in every session.

    Claude Code tells the model the descriptions of all agents in every session, whether one is
    used or not, and does not shorten them. Examples can stand in the prompt instead, which is
    only read when the agent runs. The limit is the setting `description-tokens`.

    ```toml
    description-tokens = 10
    ```

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code with great care. Use it after every change, however small it may seem.
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
    entry, limit = ctx.reading.get("description"), ctx.config.description_tokens
    if entry is None or not ctx.reading.description:
        return
    tokens = estimate(ctx.reading.description)
    if tokens > limit:
        yield Finding(
            entry.key.span,
            f"The description takes about {tokens:,} tokens (limit: {limit:,}), in every session.",
        )
