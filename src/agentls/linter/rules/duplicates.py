"""Rules about names that stand for more than one thing in a project."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from agentls.linter.rule import Context, Finding, Related, Severity, rule
from agentls.project.names import Definition
from agentls.text.offsets import Span

MOST = 4
"""How many others a finding leads to."""

_TAKEN = {
    "first": "{} takes the one whose file comes first.",
    "last": "{} takes the one whose file comes last.",
    "one": "{} loads only one of them, and does not say which.",
    "all": "{} lists each of them under the one name.",
    "undocumented": "Which of them counts is not documented.",
}


@rule("warning")
def duplicate_name(ctx: Context) -> Iterator[Finding]:
    """Another file in the same place has the same name.

    Claude Code loads only one of two agents that have the same name in a folder of agents, and does not
    say which. Folders below that one do not matter, and neither do the names of the files. Other
    runtimes take the first or the last file, or list both.

    ## Bad

    ```markdown shop/.claude/agents/reviewer.md
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```

    ```markdown shop/.claude/agents/team/check.md
    ---
    name: reviewer
    description: Checks the texts of the shop. Use it before a release.
    ---

    You check texts.
    ```

    ## Good

    ```markdown shop/.claude/agents/reviewer.md
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```

    ```markdown shop/.claude/agents/team/check.md
    ---
    name: text-checker
    description: Checks the texts of the shop. Use it before a release.
    ---

    You check texts.
    ```
    """
    own = main_definition(ctx)
    if own is None or ctx.project_index is None:
        return
    others = _others(own, ctx.project_index.roster(own).find(own.full_name))
    if not others:
        return
    runtime = ctx.reading.runtime
    verdict, at_most = runtime.same_name, Severity.INFORMATION
    if verdict in ("first", "last"):
        paths = sorted((own.path, *(other.path for other in others)))
        if len({path.rpartition("/")[0] for path in paths}) > 1:
            verdict = "undocumented"
        elif own.path != paths[0 if verdict == "first" else -1]:
            at_most = Severity.ERROR
    elif verdict == "one" and ctx.document.identity.base_folder:
        at_most = Severity.ERROR
    taken = _TAKEN[verdict].format(runtime.title)
    message = f"{_shown(own, others[0])} is called `{own.name}` too. {taken}"
    yield Finding(name_span(ctx, own), message, related=_related(others, "called the same"), at_most=at_most)


@rule("warning")
def hidden_definition(ctx: Context) -> Iterator[Finding]:
    """Something else of the same name has precedence, here or elsewhere.

    A command yields to a skill of the same name in Claude Code. Of two agents of the same name in folders
    of which one lies further up, the one counts that is nearest to where the session starts. An agent of
    the project comes before one in your own folder, and a skill of your own before one of the project.

    ## Bad

    ```markdown shop/.claude/commands/release.md
    ---
    description: Prepares a release.
    ---

    Prepare a release.
    ```

    ```markdown shop/.claude/skills/release/SKILL.md
    ---
    description: Prepares a release. Use it when all tests have passed.
    ---

    Write the notes of the release first.
    ```

    ## Good

    ```markdown shop/.claude/commands/prepare.md
    ---
    description: Prepares a release.
    ---

    Prepare a release.
    ```

    ```markdown shop/.claude/skills/release/SKILL.md
    ---
    description: Prepares a release. Use it when all tests have passed.
    ---

    Write the notes of the release first.
    ```
    """
    own = main_definition(ctx)
    if own is None or ctx.project_index is None:
        return
    runtime, at = ctx.reading.runtime, name_span(ctx, own)
    if runtime.hidden_by:
        for other in _of_same_name(ctx, own._replace(kind=runtime.hidden_by)):
            message = f"The {other.kind} of the same name takes its place in {runtime.title}."
            at_most = Severity.INFORMATION if own.qualifier else Severity.ERROR
            yield Finding(at, message, related=_related([other], f"the {other.kind}"), at_most=at_most)
    if own.qualifier:
        return
    thing, home = ctx.dialect.thing, ctx.project_index.user_folder
    if home and own.base_folder != home and runtime.at_home != "undocumented":
        for other in _of_same_name(ctx, own._replace(base_folder=home)):
            if runtime.at_home == "wins":
                message = (
                    f"The {thing} of the same name in your own folder takes its place in {runtime.title}."
                )
                yield Finding(at, message, related=_related([other], "yours"), at_most=Severity.INFORMATION)
            else:
                message = f"It takes the place of your own {thing} of the same name in {runtime.title}."
                yield Finding(at, message, related=_related([other], "yours"), at_most=Severity.HINT)
    # A file in no known place was given its dialect by hand: no session starts there.
    for base in (
        parent_folders(own.base_folder) if runtime.nearest and ctx.document.identity.base_folder else ()
    ):
        for other in _of_same_name(ctx, own._replace(base_folder=base)) if base != home else ():
            message = (
                f"It takes the place of the {thing} of the same name further up,"
                f" where {runtime.title} starts in `{own.base_folder.rpartition('/')[2]}` or below."
            )
            yield Finding(at, message, related=_related([other], "the other"), at_most=Severity.HINT)


@rule("information")
def confusable_name(ctx: Context) -> Iterator[Finding]:
    """The name differs from another one in nothing but case and separators.

    Claude Code loads `code-reviewer` and `Code_Reviewer` as two agents. When one is started by its name,
    it looks neither at capital letters nor at separators, so there is no telling which one it will be.

    ## Bad

    ```markdown shop/.claude/agents/code-reviewer.md
    ---
    name: code-reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```

    ```markdown shop/.claude/agents/texts.md
    ---
    name: CodeReviewer
    description: Checks the texts of the shop. Use it before a release.
    ---

    You check texts.
    ```

    ## Good

    ```markdown shop/.claude/agents/code-reviewer.md
    ---
    name: code-reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```

    ```markdown shop/.claude/agents/texts.md
    ---
    name: text-checker
    description: Checks the texts of the shop. Use it before a release.
    ---

    You check texts.
    ```
    """
    own = main_definition(ctx)
    if own is None or ctx.project_index is None:
        return
    others = _others(own, ctx.project_index.roster(own).find_similar(own.full_name))
    if not others:
        return
    runtime = ctx.reading.runtime
    message = f"`{own.name}` differs from `{others[0].name}` in nothing but case and separators"
    message += (
        f", of which {runtime.title} takes no notice when one is started." if runtime.alike == "same" else "."
    )
    at_most = Severity.ERROR if runtime.alike == "same" else Severity.HINT
    yield Finding(name_span(ctx, own), message, related=_related(others, "almost the same"), at_most=at_most)


def main_definition(ctx: Context) -> Definition | None:
    """What the file defines, where it loads and the project is known."""
    own = ctx.names.main_definition if ctx.names else None
    return own if own and own.loads else None


def name_span(ctx: Context, own: Definition) -> Span:
    """Where a finding about the name goes: to the fence where the name of the file stands in."""
    if own.span.start < own.span.end:
        return own.span
    block = ctx.document.frontmatter
    return block.opening if block else Span(0, min(3, len(ctx.text)))


def project_path(own: Definition, path: str) -> str:
    """The path of another file, as short as it is clear."""
    return path.removeprefix(f"{own.base_folder}/") if own.base_folder else path


def _shown(own: Definition, other: Definition) -> str:
    return f"`{project_path(own, other.path)}`"


def _others(own: Definition, definitions: Iterator[Definition]) -> list[Definition]:
    """The first few of `definitions` that lie in other files."""
    return list(islice((each for each in definitions if each.path != own.path), MOST))


def _of_same_name(ctx: Context, like: Definition) -> list[Definition]:
    """One definition of the name, kind and place of `like`, if there is any."""
    assert ctx.project_index is not None
    return list(islice(ctx.project_index.roster(like).find(like.full_name), 1))


def _related(others: list[Definition], message: str) -> tuple[Related, ...]:
    return tuple(Related(other.span, message, other.path) for other in others)


def parent_folders(folder: str) -> Iterator[str]:
    """The folders above `folder`, the nearest first."""
    while "/" in folder:
        folder = folder.rpartition("/")[0]
        yield folder
