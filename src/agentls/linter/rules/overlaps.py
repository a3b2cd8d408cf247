"""Rules about descriptions side by side: what a model has to choose from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from agentls.linter.rule import Context, Finding, Related, Severity, rule
from agentls.linter.rules.duplicates import main_definition
from agentls.text.wording import join_names

if TYPE_CHECKING:
    from agentls.project.names import Definition
    from agentls.project.namespace import Namespace
    from agentls.text.similarity import NearDuplicate
    from agentls.text.yaml_tree import Entry

MOST = 3
"""How many others a finding leads to, and how many of the longest descriptions are reported."""


@rule("information")
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
            entry.key.span, f"{message}, so the model has little to choose by.", (), related, Severity.HINT
        )


def _told(ctx: Context) -> tuple[Definition, Namespace, Entry] | None:
    """What the file defines, if the model is told of it, with all that it is told of beside it, and the entry
    of the description."""
    own, entry = main_definition(ctx), ctx.reading.entry("description")
    if (
        own is None
        or ctx.project_index is None
        or not own.model_invocable
        or entry is None
        or not ctx.dialect.model_invocable
    ):
        return None
    return own, ctx.project_index.roster(own), entry


def _added(covered: NearDuplicate) -> str:
    return ", ".join(f"`{word}`" for word in covered.extra_words[:MOST]) + (
        " ..." if len(covered.extra_words) > MOST else ""
    )


@rule("hint")
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
