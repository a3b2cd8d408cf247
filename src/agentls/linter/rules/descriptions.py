"""Rules about descriptions, alone and side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from agentls.document.edits import keeps_loading
from agentls.linter.consequence import Consequence
from agentls.linter.rule import Context, Finding, Fix, Related, rule
from agentls.linter.shared.definitions import main_definition
from agentls.linter.shared.lost_text import find_lost_text, quote_value
from agentls.text.offsets import Edit, Span
from agentls.text.tokens import estimate_tokens
from agentls.text.wording import join_names
from agentls.text.yaml_tree import Entry, Scalar

if TYPE_CHECKING:
    from agentls.project.names import Definition
    from agentls.project.namespace import Namespace
    from agentls.text.similarity import NearDuplicate
    from agentls.text.yaml_tree import Entry


@rule("ignored")
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


@rule("advice", contains="\\n")
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
    if not ctx.reading.runtime.line_breaks:
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


@rule("suggestion")
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
    if ctx.is_chosen_by_people:
        return  # Nobody hands tasks to it.
    if any(cue in description for cue in _FREQUENT_CUES) or _CUE.search(description):
        return
    if find_lost_text(ctx, "description"):
        return
    if _ENGLISH.search(description):
        yield Finding(entry.report_span, f"The description does not say when to use the {ctx.dialect.thing}.")


# These words are found quicker than by the pattern, which has them as well.
_FREQUENT_CUES = (" when ", " use ", " after ", " before ")

_ENGLISH = re.compile(r"\b(?:the|and|of|with|to|an|for)\b", re.IGNORECASE)


_CUE = re.compile(
    r"\b(?:us(?:e|es|ed|ing|age)|invok\w+|call(?:s|ed)?|trigger\w*|spawn\w*|launch\w*|delegat\w+|dispatch\w*"
    r"|activat\w+|consult|engage|recommended|proactive\w*|when\w*|before|after|during|once|while|if|upon"
    r"|must|should|need\w*|requir\w+|ask(?:s|ed)?|want(?:s|ed)?"
    r"|(?:agent|assistant|specialist|expert|tool|ideal|perfect|best|great|good|suitable|responsible) for)\b",
    re.IGNORECASE,
)


@rule("advice")
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


MOST = 3
"""How many others a finding leads to, and how many of the longest descriptions are reported."""


@rule("advice", subjects=("project",))
def similar_description(ctx: Context) -> Iterator[Finding]:
    """The description says the same as another one, so the model has nothing to choose by.

    A model sees of an agent or a skill no more than its name and its description before it chooses. Where two
    descriptions are equal but for case and punctuation, or one has all the words of the other and hardly
    more, it has to guess. Say what sets them apart, and when to use which.

    ## Bad

    ```markdown shop/.claude/agents/reviewer.md
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```

    ```markdown shop/.claude/agents/checker.md
    ---
    name: checker
    description: Reviews code. Use it after every change!
    ---

    You check code.
    ```

    ## Good

    ```markdown shop/.claude/agents/reviewer.md
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```

    ```markdown shop/.claude/agents/checker.md
    ---
    name: checker
    description: Checks that the code is safe. Use it before a release.
    ---

    You check code.
    ```
    """
    told = _told(ctx)
    if told is None:
        return
    own, roster, entry = told
    # Of the same name only one counts, which is another finding.
    equal = [
        path
        for path in roster.descriptions.find_duplicates(own.path, MOST)
        if roster[path].full_name != own.full_name
    ]
    if equal:
        related = tuple(Related(roster[path].span, "described the same", path) for path in equal)
        message = f"{join_names(roster[path].name for path in equal)} {'is' if len(equal) == 1 else 'are'} described"
        yield Finding(
            entry.key.span,
            f"{message} in the same words, so the model has nothing to choose by.",
            (),
            related,
        )
        return
    covered = [
        found
        for found in roster.descriptions.find_near_duplicates(own.path, MOST)
        if roster[found.key].full_name != own.full_name
    ]
    if covered:
        related = tuple(
            Related(roster[found.key].span, "described almost the same", found.key) for found in covered
        )
        name = roster[covered[0].key].name
        message = f"This is the description of `{name}` with little more ({_added(covered[0])})"
        yield Finding(
            entry.key.span,
            f"{message}, so the model has little to choose by.",
            (),
            related,
            ctx.effects(Consequence.SUGGESTION),
        )


def _told(ctx: Context) -> tuple[Definition, Namespace, Entry] | None:
    """What the file defines, if the model is told of it, with all that it is told of beside it, and the entry
    of the description."""
    own = main_definition(ctx)
    if own is None or ctx.project_index is None or not (own.model_invocable and ctx.dialect.model_invocable):
        return None
    entry = ctx.reading.entry("description")
    return (own, ctx.project_index.roster(own), entry) if entry else None


def _added(covered: NearDuplicate) -> str:
    return ", ".join(f"`{word}`" for word in covered.extra_words[:MOST]) + (
        " ..." if len(covered.extra_words) > MOST else ""
    )


@rule("suggestion", subjects=("project",))
def descriptions_over_budget(ctx: Context) -> Iterator[Finding]:
    """All descriptions together take a great part of the context, and this is one of the longest.

    The model is told the descriptions of all agents and skills in every session. Claude Code has warned of
    more than 15,000 tokens for those of agents; for those of skills it has one percent of the context. The
    three longest are reported. The limit is the setting `roster-tokens`.

    ```toml
    roster-tokens = 30
    ```

    ## Bad

    ```markdown shop/.claude/agents/reviewer.md
    ---
    name: reviewer
    description: Reviews code with great care. Use it after every change, however small it may seem.
    ---

    You review code.
    ```

    ```markdown shop/.claude/agents/writer.md
    ---
    name: writer
    description: Writes texts. Use it before a release.
    ---

    You write texts.
    ```

    ## Good

    ```markdown shop/.claude/agents/reviewer.md
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```

    ```markdown shop/.claude/agents/writer.md
    ---
    name: writer
    description: Writes texts. Use it before a release.
    ---

    You write texts.
    ```
    """
    told = _told(ctx)
    if told is None:
        return
    own, roster, entry = told
    runtime = ctx.reading.runtime
    limit = ctx.config.roster_tokens or runtime.descriptions
    if not limit or roster.description_tokens <= limit or own not in roster.longest_descriptions(MOST):
        return
    by = f"{runtime.title} {runtime.descriptions_limit}" if limit == runtime.descriptions else "as configured"
    yield Finding(
        entry.key.span,
        f"This is one of the longest of {len(roster)} descriptions, which take about {roster.description_tokens:,} tokens"
        f" together in every session (limit: {limit:,}, {by}).",
    )
