"""Rules about descriptions, each alone and compared with others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from agentls.linter.consequence import Consequence, effects_on
from agentls.linter.rule import Context, Finding, Fix, Related, rule
from agentls.linter.shared.definitions import main_definition
from agentls.linter.shared.lost_text import find_lost_text, quote_value
from agentls.text.offsets import Edit, Span
from agentls.text.patterns import lazy_pattern
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
    """A part of `name` or `description` is YAML syntax and not part of the value.

    In an unquoted value, YAML reads ` #` and the rest of the line as a comment, a first word with `&` as
    an anchor, and one with `!` as a tag. The runtime does not receive this text.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews fixes of issue #12 and others. Use it after every change.
    ---

    You review code.
    ```

    ## Good

    ```yaml
    description: "Reviews fixes of issue #12 and others. Use it after every change."
    ```
    """
    for key in ("name", "description"):
        entry, lost = ctx.reading.entry(key), find_lost_text(ctx, key)
        if entry is None or lost is None:
            continue
        shown = lost.text_in(ctx.text)
        kind = {"#": "comment", "&": "anchor", "!": "tag"}[shown[0]]
        fixes = [quote_value(ctx, entry, lost)]
        if shown[:2] == "# " and entry.value.span.end > entry.value.span.start:
            above = ctx.text.rfind("\n", 0, entry.key.span.start) + 1
            spaces = len(ctx.text[: lost.start]) - len(ctx.text[: lost.start].rstrip(" \t"))
            moved = (
                Edit(Span(above, above), shown + ctx.document.newline),
                Edit(Span(lost.start - spaces, lost.end), ""),
            )
            fixes.append(Fix("Move the comment above", moved))
        yield Finding(
            lost,
            f"`{shown[:40]}` is a YAML {kind} and not part of `{key}`.",
            tuple(fixes),
        )


@rule("advice", contains="\\")
def mangled_backslash(ctx: Context) -> Iterator[Finding]:
    r"""A path in the description contains `\n`, which becomes a line break.

    Claude Code turns the two characters `\n` into a line break, anywhere in a description, quoted or
    not. This splits a path such as `C:\new`.

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
    if not ctx.reading.runtime.description.line_breaks:
        return
    text = entry.value.text
    paths = [found[0] for found in _WINDOWS_PATH.finditer(text) if "\\n" in found[0]]
    # If `\n` also occurs outside paths, it is intended as a line break, even after a drive letter.
    only_paths = sum(path.count("\\n") for path in paths) == text.count("\\n")
    for path in paths:
        if not (_DRIVE.match(path) and only_paths) and not _FOLDERS.search(path):
            continue
        written = path if path in entry.value.span.text_in(ctx.text) else path.replace("\\", "\\\\")
        at = ctx.text.find(written, *entry.value.span)
        span = Span(at, at + len(written)) if at >= 0 else entry.value.span
        fixes = (Fix("Use `/` in the path", (Edit(span, path.replace("\\", "/")),)),) if at >= 0 else ()
        yield Finding(span, f"{ctx.describe_effect('reads')} `\\n` in `{path[:40]}` as a line break.", fixes)


_WINDOWS_PATH = lazy_pattern(r"(?<![\w.:\\-])(?:[A-Za-z]:)?(?:[\w.-]*\\[\w.-]*\w)+")
_DRIVE = lazy_pattern(r"[A-Z]:\\")
_FOLDERS = lazy_pattern(r"\w\\(?!u[0-9a-f]{4}|[nrt])\w")


@rule("suggestion")
def description_without_cue(ctx: Context) -> Iterator[Finding]:
    """The description does not say when to use the agent.

    The model chooses an agent by its description. A description that names the occasion, as in "use it after
    every change" or "when tests fail", is matched more often than one that only describes the agent.

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
    if entry is None or not description or not ctx.reading.string("description"):
        return
    is_started_by_people = ctx.is_chosen_by_people or "model" in ctx.document.blocked_callers(ctx.reading)
    if not ctx.dialect.model_invocable or is_started_by_people:
        return  # The model does not delegate tasks to it.
    if any(cue in description for cue in _FREQUENT_CUES) or _CUE.search(description.lower()):
        return
    if find_lost_text(ctx, "description"):
        return
    if _ENGLISH.search(description):
        yield Finding(entry.report_span, f"The description does not say when to use the {ctx.dialect.noun}.")


# These words are found quicker than by the pattern, which has them as well.
_FREQUENT_CUES = (" when ", " use ", " after ", " before ")

_ENGLISH = lazy_pattern(r"\b(?:the|and|of|with|to|an|for)\b", re.IGNORECASE)
_CUE = lazy_pattern(
    r"\b(?:us(?:e|es|ed|ing|age)|invok\w+|call(?:s|ed)?|trigger\w*|spawn\w*|launch\w*|delegat\w+|dispatch\w*"
    r"|activat\w+|consult|engage|recommended|proactive\w*|when\w*|before|after|during|once|while|if|upon"
    r"|must|should|need\w*|requir\w+|ask(?:s|ed)?|want(?:s|ed)?"
    r"|(?:agent|assistant|specialist|expert|tool|ideal|perfect|best|great|good|suitable|responsible) for)\b"
)
"""It is matched with text in lower case, which takes half the time of a pattern that ignores case."""


@rule("advice")
def long_description(ctx: Context) -> Iterator[Finding]:
    """The description is long and is sent in every session.

    Claude Code sends the descriptions of all agents to the model in every session, used or not, and does not
    shorten them. Move examples to the prompt, which is only sent when the agent runs. The limit is the
    setting `max-description-tokens`.

    ```toml
    max-description-tokens = 10
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
    entry, limit = ctx.reading.entry("description"), ctx.config.max_description_tokens
    if entry is None or not ctx.reading.description or not ctx.dialect.model_invocable:
        return
    tokens = estimate_tokens(ctx.reading.description)
    if tokens > limit:
        yield Finding(
            entry.key.span,
            f"The description has about {tokens:,} tokens (limit: {limit:,}) and is sent in every session.",
        )


@rule("ignored", subjects=("format with listed keys",))
def cut_description(ctx: Context) -> Iterator[Finding]:
    """The description is too long, and the model receives only its start.

    Claude Code lists a skill with its `description`, followed by `when_to_use`, and cuts this text at 1,536
    characters. What comes after them does not reach the model.

    ## Bad

    ```markdown .claude/skills/style/SKILL.md
    ---
    description: |
      How code is laid out here. Use it when writing code.
      (1,400 characters)
    when_to_use: |
      When code is written or changed, and when it is moved from one file to another one. Use it as well when
      others ask how they should lay out theirs.
    ---

    Four spaces.
    ```

    ## Good

    ```markdown .claude/skills/style/SKILL.md
    ---
    description: How code is laid out here. Use it when writing code.
    when_to_use: When code is written or changed.
    ---

    Four spaces.
    ```
    """
    for reading in ctx.readings:
        rules = reading.runtime.description
        keys = [key for key in rules.listed_keys if reading.string(key)]
        length = sum(len((reading.string(key) or "").strip()) for key in keys)
        entry = reading.entry(keys[-1]) if keys else None
        if entry and length > rules.max_listed_length:
            has = f"have {length:,} characters together" if len(keys) > 1 else f"has {length:,} characters"
            cuts = f"{reading.runtime.title} cuts {'them' if len(keys) > 1 else 'it'}"
            message = f"{join_names(keys)} {has}; {cuts} at {rules.max_listed_length:,}."
            yield Finding(entry.report_span, message, effects=effects_on([reading], Consequence.IGNORED))


MOST = 3
"""The number of similar descriptions in one finding, and of the longest descriptions that are reported."""


@rule("advice", subjects=("project",))
def similar_description(ctx: Context) -> Iterator[Finding]:
    """The description is nearly identical to another one, so the model cannot tell them apart.

    A model chooses an agent or a skill by its name and its description alone. If two descriptions differ only
    in case and punctuation, or one has all the words of the other and few more, the model has to guess.
    Describe how they differ, and when to use which.

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
    described = _described_definition(ctx)
    if described is None:
        return
    own, roster, entry = described
    # Of several definitions with the same name only one is loaded; `duplicate-name` reports them.
    equal = [
        path
        for path in roster.descriptions.find_duplicates(own.path, MOST)
        if roster[path].full_name != own.full_name
    ]
    if equal:
        noun = "description" if len(equal) == 1 else "descriptions"
        names = join_names(roster[path].name for path in equal)
        message = f"Same wording as the {noun} of {names}; the model cannot tell them apart."
        related = tuple(Related(roster[path].span, "the same description", path) for path in equal)
        yield Finding(entry.key.span, message, related=related)
        return
    similar = [
        found
        for found in roster.descriptions.find_near_duplicates(own.path, MOST)
        if roster[found.key].full_name != own.full_name
    ]
    if similar:
        name, added = roster[similar[0].key].name, _added_words(similar[0])
        message = f"Nearly identical to the description of `{name}` (adds {added}); the model cannot tell them apart."
        related = tuple(
            Related(roster[found.key].span, "a nearly identical description", found.key) for found in similar
        )
        yield Finding(entry.key.span, message, related=related, effects=ctx.effects(Consequence.SUGGESTION))


def _described_definition(ctx: Context) -> tuple[Definition, Namespace, Entry] | None:
    """Return what the file defines, if its description is sent to the model.

    With it come the definitions whose descriptions are sent together with its own, and the entry of the
    description.
    """
    own = main_definition(ctx)
    if own is None or ctx.project_index is None or not (own.model_invocable and ctx.dialect.model_invocable):
        return None
    entry = ctx.reading.entry("description")
    return (own, ctx.project_index.namespace(own), entry) if entry else None


def _added_words(similar: NearDuplicate) -> str:
    """Return the words that a description has and the similar one does not, as many as fit a message."""
    shown = ", ".join(f"`{word}`" for word in similar.extra_words[:MOST])
    return f"{shown}, ..." if len(similar.extra_words) > MOST else shown


@rule("suggestion", subjects=("project",))
def descriptions_over_budget(ctx: Context) -> Iterator[Finding]:
    """The descriptions together are too long, and this is one of the longest.

    The descriptions of all agents and skills are sent to the model in every session. Claude Code has warned
    above 15,000 tokens for agents, and reserves one percent of the context for skills. The three longest
    descriptions are reported. The limit is the setting `max-total-description-tokens`.

    ```toml
    max-total-description-tokens = 30
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
    described = _described_definition(ctx)
    if described is None:
        return
    own, roster, entry = described
    runtime = ctx.reading.runtime
    limit = ctx.config.max_total_description_tokens or runtime.description.description_budget
    if not limit or roster.description_tokens <= limit or own not in roster.longest_descriptions(MOST):
        return
    budget, source = runtime.description.description_budget, runtime.description.description_budget_source
    reason = f" {runtime.title} {source}." if limit == budget else ""
    yield Finding(
        entry.key.span,
        f"This is one of the longest of {len(roster)} descriptions, which are sent in every session and have about"
        f" {roster.description_tokens:,} tokens in total (limit: {limit:,}).{reason}",
    )
