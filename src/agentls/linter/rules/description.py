"""Rules about descriptions as texts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentls.document.edits import keeps_loading, quote_scalar
from agentls.linter.rule import Context, Finding, Fix, rule
from agentls.text.offsets import Edit, Span
from agentls.text.tokens import estimate_tokens
from agentls.text.yaml_tree import Entry, Scalar


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
        entry, lost = ctx.reading.entry(key), find_lost_text(ctx, key)
        if entry is None or lost is None:
            continue
        shown = lost.text_in(ctx.text)
        kind = {"#": "a comment", "&": "an anchor", "!": "a tag"}[shown[0]]
        fixes = [quote_value(ctx, entry, lost)]
        if shown[:2] == "# " and entry.value.span.end > entry.value.span.start:
            above = ctx.text.rfind("\n", 0, entry.key.span.start) + 1
            blanks = len(ctx.text[: lost.start]) - len(ctx.text[: lost.start].rstrip(" \t"))
            moved = (
                Edit(Span(above, above), shown + ctx.document.newline),
                Edit(Span(lost.start - blanks, lost.end), ""),
            )
            fixes.append(Fix("Move the comment to a line above", moved))
        yield Finding(
            lost,
            f"`{shown[:40]}` is {kind} to YAML, and not part of `{key}`.",
            tuple(fix for fix in fixes if keeps_loading(ctx.document, fix.edits)),
        )


_COMMENT_BEHIND = re.compile(r"[ \t]*(#[^\r\n]*)")


_MEANT_AS_COMMENT = re.compile(r"#[ \t]*(?:agentls:|TODO|FIXME|NOTE|XXX|HACK|noqa|yaml|prettier|cspell)")


def find_lost_text(ctx: Context, key: str) -> Span | None:
    """What YAML takes away from the text behind `key`, if it is likely to be meant as text."""
    entry = ctx.reading.entry(key)
    if entry is None or not isinstance(entry.value, Scalar) or entry.value.style != "plain":
        return None
    value = entry.value
    if value.properties_span:
        word = value.properties_span.text_in(ctx.text)
        used = word.startswith("!!") or (word[0] == "&" and f"*{word[1:]}" in ctx.text[value.span.end :])
        return None if used else value.properties_span
    found = _COMMENT_BEHIND.match(ctx.text, value.span.end)
    if found is None or value.span in ctx.reading.repaired_values or _MEANT_AS_COMMENT.match(found[1]):
        return None
    if key == "name" and found[1][1:2] in ("", " ", "\t"):
        return None  # Behind a name, `# text` is most likely a comment indeed; `#2` is not.
    end = found.start(1) + len(found[1].rstrip())
    return Span(found.start(1), min(end, ctx.reading.block.end) if ctx.reading.block else end)


def quote_value(ctx: Context, entry: Entry, lost: Span) -> Fix:
    """The fix that puts a value together with what it has `lost` into quotes."""
    value = entry.value.span
    whole = Span(min(lost.start, value.start), max(lost.end, value.end)) if value.start < value.end else lost
    text = " ".join(line.strip() for line in whole.text_in(ctx.text).split("\n"))
    return Fix("Put all of it into quotes", (Edit(whole, quote_scalar(text)),))


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
    entry = ctx.reading.entry("description")
    if entry is None or not isinstance(entry.value, Scalar) or "\\n" not in entry.value.text:
        return
    if not ctx.reading.runtime.descriptions.line_breaks:
        return
    text = entry.value.text
    paths = [found[0] for found in _WINDOWS_PATH.finditer(text) if "\\n" in found[0]]
    # Where `\n` also stands between words, it is meant as a line break, also behind `A:`.
    only_paths = sum(path.count("\\n") for path in paths) == text.count("\\n")
    for path in paths:
        if not (_DRIVE.match(path) and only_paths) and not _FOLDERS.search(path):
            continue
        written = path if path in entry.value.span.text_in(ctx.text) else path.replace("\\", "\\\\")
        at = ctx.text.find(written, *entry.value.span)
        span = Span(at, at + len(written)) if at >= 0 else entry.value.span
        fixes = (Fix("Write `/` in the path", (Edit(span, path.replace("\\", "/")),)),) if at >= 0 else ()
        yield Finding(
            span, f"{ctx.runtime_titles} turns the `\\n` in `{path[:40]}` into a line break.", fixes
        )


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
    entry, description = ctx.reading.entry("description"), ctx.reading.description
    if (
        not ctx.dialect.model_invocable
        or entry is None
        or not ctx.reading.string("description")
        or not description
    ):
        return
    if is_chosen_by_people(ctx):
        return  # Nobody hands tasks to it.
    if _CUE.search(description) or find_lost_text(ctx, "description"):
        return
    if _ENGLISH.search(description):
        yield Finding(entry.report_span, f"The description does not say when to use the {ctx.dialect.noun}.")


def is_chosen_by_people(ctx: Context) -> bool:
    """Whether people choose the agent, so that no model has to find it."""
    return "primary" in (ctx.reading.string("mode"), ctx.document.identity.fixed_values.get("mode"))


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
    entry, limit = ctx.reading.entry("description"), ctx.config.description_tokens
    if entry is None or not ctx.reading.description or not ctx.dialect.model_invocable:
        return
    tokens = estimate_tokens(ctx.reading.description)
    if tokens > limit:
        yield Finding(
            entry.key.span,
            f"The description takes about {tokens:,} tokens (limit: {limit:,}), in every session.",
        )
