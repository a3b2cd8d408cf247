"""Rules about names in a project: duplicate, unresolved, unreachable."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Literal, NamedTuple

from agentls.dialects import loader
from agentls.dialects.records import Key
from agentls.linter.consequence import Consequence, Effect
from agentls.linter.rule import Context, Finding, Related, describe_effect, rule
from agentls.project.names import Definition, NameKind, Names, Reference, ReferenceForm
from agentls.text.offsets import Edit
from agentls.text.yaml_tree import Entry, Mapping, Sequence

if TYPE_CHECKING:
    from agentls.project.index import Index
from agentls.document.locate import is_inside
from agentls.linter.shared.definitions import main_definition, name_span, parent_folders, project_path
from agentls.project.names import PermissionRule

MOST = 4
"""How many others a finding leads to."""


_TAKEN = {
    "first": "{} takes the one whose file comes first.",
    "last": "{} takes the one whose file comes last.",
    "one": "{} loads only one of them, and does not say which.",
    "all": "{} lists each of them under the one name.",
    "undocumented": "Which of them counts is not documented.",
}


@rule("ignored", subjects=("project",))
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
    verdict, consequence = runtime.same_name, Consequence.ADVICE
    if verdict in ("first", "last"):
        paths = sorted((own.path, *(other.path for other in others)))
        if len({path.rpartition("/")[0] for path in paths}) > 1:
            verdict = "undocumented"
        elif own.path != paths[0 if verdict == "first" else -1]:
            consequence = Consequence.IGNORED
    elif verdict == "one" and ctx.document.identity.base_folder:
        consequence = Consequence.IGNORED
    taken = _TAKEN[verdict].format(runtime.title)
    message = f"{_shown(own, others[0])} is called `{own.name}` too. {taken}"
    yield Finding(
        name_span(ctx, own),
        message,
        related=_related(others, "called the same"),
        effects=ctx.effects(consequence),
    )


@rule("ignored", subjects=("project",))
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
            consequence = Consequence.ADVICE if own.qualifier else Consequence.IGNORED
            yield Finding(
                at, message, related=_related([other], f"the {other.kind}"), effects=ctx.effects(consequence)
            )
    if own.qualifier:
        return
    thing, home = ctx.dialect.thing, ctx.project_index.user_folder
    if home and own.base_folder != home and runtime.at_home != "undocumented":
        for other in _of_same_name(ctx, own._replace(base_folder=home)):
            if runtime.at_home == "wins":
                message = (
                    f"The {thing} of the same name in your own folder takes its place in {runtime.title}."
                )
                yield Finding(
                    at, message, related=_related([other], "yours"), effects=ctx.effects(Consequence.ADVICE)
                )
            else:
                message = f"It takes the place of your own {thing} of the same name in {runtime.title}."
                yield Finding(
                    at,
                    message,
                    related=_related([other], "yours"),
                    effects=ctx.effects(Consequence.SUGGESTION),
                )
    # A file in no known place was given its dialect by hand: no session starts there.
    for base in (
        parent_folders(own.base_folder) if runtime.nearest and ctx.document.identity.base_folder else ()
    ):
        for other in _of_same_name(ctx, own._replace(base_folder=base)) if base != home else ():
            message = (
                f"It takes the place of the {thing} of the same name further up,"
                f" where {runtime.title} starts in `{own.base_folder.rpartition('/')[2]}` or below."
            )
            yield Finding(
                at,
                message,
                related=_related([other], "the other"),
                effects=ctx.effects(Consequence.SUGGESTION),
            )


@rule("advice", subjects=("project",))
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
    consequence = Consequence.ADVICE if runtime.alike == "same" else Consequence.SUGGESTION
    yield Finding(
        name_span(ctx, own),
        message,
        related=_related(others, "almost the same"),
        effects=ctx.effects(consequence),
    )


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


@rule("ignored", subjects=("project",))
def unknown_skill(ctx: Context) -> Iterator[Finding]:
    """A key names a skill that is not there.

    Claude Code starts the agent without it, and says so nowhere but in its debug log. A name that is much
    like that of a skill in the project, in your own folder or in a plugin is a warning. Any other is an
    information: skills also come with the product, and from folders that are not looked at here.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    skills: [code-stile]
    ---

    You review code.
    ```

    ```markdown .claude/skills/code-style/SKILL.md
    ---
    name: code-style
    description: How code is laid out here. Use it when writing code.
    ---

    Four spaces.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    skills: [code-style]
    ---

    You review code.
    ```

    ```markdown .claude/skills/code-style/SKILL.md
    ---
    name: code-style
    description: How code is laid out here. Use it when writing code.
    ---

    Four spaces.
    ```
    """
    yield from _unknown_in_keys(ctx, "skill")


@rule("ignored", subjects=("project",))
def unknown_agent(ctx: Context) -> Iterator[Finding]:
    """A key, or `Agent(x)` in a list of tools, names an agent that is not there.

    Nobody is started, or allowed, by such an entry. A name that is much like that of an agent in the
    project, in your own folder or in a plugin is a warning, if it is known what the runtime does about it.
    Any other is an information: agents also come from the command line, from extensions, and from folders
    that are not looked at here. VS Code knows an agent by its `name`, not by that of its file.

    ## Bad

    ```markdown .github/agents
    ---
    name: lead
    description: Leads the work. Use it for large tasks.
    handoffs:
      - label: Review
        agent: code-reviewer
        prompt: Review what was done.
    ---

    You lead.
    ```

    ```markdown .github/agents/code-reviewer.agent.md
    ---
    name: Code Reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```

    ## Good

    ```markdown .github/agents
    ---
    name: lead
    description: Leads the work. Use it for large tasks.
    handoffs:
      - label: Review
        agent: Code Reviewer
        prompt: Review what was done.
    ---

    You lead.
    ```

    ```markdown .github/agents/code-reviewer.agent.md
    ---
    name: Code Reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    yield from _unknown_in_keys(ctx, "agent")


@rule("suggestion", subjects=("project",))
def unknown_server(ctx: Context) -> Iterator[Finding]:
    """The name of an MCP server is nearly, but not quite, that of one that is configured.

    Servers are configured in many places, most of them out of sight here. So nothing is said of a name
    that is like none of those that are known.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    mcpServers:
      - tracker:
          command: npx
          args: ["-y", "tracker"]
    tools: Read, mcp__traker__list
    ---

    You review code.
    ```

    ```markdown .claude/agents/lead.md
    ---
    name: lead
    description: Leads the work. Use it for large tasks.
    ---

    You lead.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    mcpServers:
      - tracker:
          command: npx
          args: ["-y", "tracker"]
    tools: Read, mcp__tracker__list
    ---

    You review code.
    ```
    """
    for project, reference in _unresolved(ctx, ("server",), ("key", "tool")):
        meant = project.suggest_name("server", reference.name)
        if meant:
            yield _finding(ctx, reference, f"No MCP server `{reference.name}` is known here.", meant)


@rule("suggestion", subjects=("project",))
def dead_mention(ctx: Context) -> Iterator[Finding]:
    """The prompt refers to an agent, a skill or a command that is not there.

    The model is told to hand work to somebody, and there is nobody of that name. What often happens is that
    an agent was renamed or left out, and the prompts of the others go on naming it.

    A prompt is prose, so a word counts only where it can hardly be anything else: in `@agent-x`,
    `subagent_type` and `Agent(x)`, in backticks or bold in front of `agent`, and in a list of agents. In a
    list the others beside it must be there for the most part, or one must have nearly the same name.
    Skills and commands are left alone unless one has nearly the same name.

    ## Bad

    ```markdown
    ---
    name: lead
    description: Leads the work. Use it for large tasks.
    ---

    You lead.

    - Collaborate with ui-designer on screens
    - Collaborate with qa-expert on tests
    ```

    ```markdown .claude/agents/ux-designer.md
    ---
    name: ux-designer
    description: Draws screens. Use it before any of them is built.
    ---

    You draw.
    ```

    ```markdown .claude/agents/qa-expert.md
    ---
    name: qa-expert
    description: Tests. Use it before a release.
    ---

    You test.
    ```

    ## Good

    ```markdown
    ---
    name: lead
    description: Leads the work. Use it for large tasks.
    ---

    You lead.

    - Collaborate with ux-designer on screens
    - Collaborate with qa-expert on tests
    ```

    ```markdown .claude/agents/ux-designer.md
    ---
    name: ux-designer
    description: Draws screens. Use it before any of them is built.
    ---

    You draw.
    ```

    ```markdown .claude/agents/qa-expert.md
    ---
    name: qa-expert
    description: Tests. Use it before a release.
    ---

    You test.
    ```
    """
    for project, reference in _unresolved(ctx, ("agent",), ("mention", "argument", "call")):
        meant = project.suggest_name("agent", reference.name)
        # A call in a program is one of these as well, and passes a variable.
        if meant or reference.form != "call" or "-" in reference.name:
            yield _finding(ctx, reference, f"There is no agent `{reference.name}` here.", meant)
    for project, reference in _unresolved(ctx, ("skill", "command"), ("call", "noun", "code")):
        meant = project.suggest_name(reference.kind, reference.name)
        # A title of several words, as in a heading, may be written as people write titles.
        if meant and " " not in reference.name:
            thing = reference.kind
            yield _finding(ctx, reference, f"There is no {thing} `{reference.name}` here.", meant)
    yield from _in_prose(ctx)


# --- what is not there ------------------------------------------------------------------------


def _unresolved(
    ctx: Context, kinds: tuple[NameKind, ...], forms: tuple[ReferenceForm, ...]
) -> Iterator[tuple[Index, Reference]]:
    """The references of the file that lead nowhere, as far as the project, the user's folder and the
    plugins there tell, each with the names of the project."""
    project, names = ctx.project_index, ctx.names
    if project is None or names is None:
        return
    for reference in names.references:
        if (
            reference.kind in kinds
            and reference.form in forms
            and not _is_resolved(ctx, project, names, reference)
        ):
            yield project, reference


def _is_resolved(ctx: Context, project: Index, names: Names, reference: Reference) -> bool:
    """Whether there is what a reference names, or it may be where nobody looks: in a plugin that is not
    here. A file without others of that kind beside it was taken from elsewhere."""
    if reference.scope.partition(":")[0] not in ("", names.plugin) or "/" in reference.name:
        return True
    kinds: tuple[NameKind, ...] = (
        ("skill", "command") if reference.kind in ("skill", "command") else ("agent",)
    )
    own = sum(definition.kind in kinds for definition in names.definitions)
    if reference.kind != "server" and sum(project.count(kind) for kind in kinds) <= own:
        return True
    if project.resolve(reference, names):
        return True
    name = reference.name.lower()
    # A prompt may well name the agent of another product.
    return name in loader.builtin_agents() or any(
        word.name.lower() == name for word in ctx.dialect.special_agent_names
    )


def _finding(
    ctx: Context,
    reference: Reference,
    message: str,
    meant: str | None,
    effects: tuple[Effect, ...] = (),
) -> Finding:
    if meant is None:
        return Finding(reference.span, message, effects=effects)
    fixes = ctx.make_fix(f"Change to `{meant}`", Edit(reference.span, meant))
    return Finding(reference.span, f"{message} Did you mean `{meant}`?", fixes, effects=effects)


# --- in keys ----------------------------------------------------------------------------------


def _unknown_in_keys(ctx: Context, kind: Literal["agent", "skill"]) -> Iterator[Finding]:
    for project, reference in _unresolved(ctx, (kind,), ("key", "tool")):
        told, doubtful = "", False
        if reference.form == "key":
            keys = _keys_at(ctx, reference)
            readers = [r.runtime for r in ctx.readings if all(key.known_to(r.runtime.name) for key in keys)]
            if not (keys and readers) or any(value.name == reference.name for value in keys[-1].values):
                continue
            doubtful = not keys[-1].unknown_name
            told = "" if doubtful else f" {describe_effect(readers, keys[-1].unknown_name)}."
        meant = project.suggest_name(kind, reference.name)
        consequence = Consequence.ADVICE if doubtful or not meant else Consequence.IGNORED
        yield _finding(
            ctx,
            reference,
            f"There is no {kind} `{reference.name}` here.{told}",
            meant,
            ctx.effects(consequence),
        )


def _keys_at(ctx: Context, reference: Reference) -> list[Key]:
    """The key in whose value a reference stands, and the field of the record there."""
    at = reference.span.start
    entry = next((entry for entry in ctx.document.root.entries if _holds(entry, at)), None)
    key = entry and ctx.dialect.key(entry.key.text)
    if not entry or not key or key.names:
        return [key] if key else []
    records = entry.value.items if isinstance(entry.value, Sequence) else (entry.value,)
    for record in records:
        for row in record.entries if isinstance(record, Mapping) else ():
            field = key.field(row.key.text)
            if field and _holds(row, at):
                return [key, field]
    return []


def _holds(entry: Entry, offset: int) -> bool:
    return entry.span.start <= offset < entry.span.end


# --- in prose ---------------------------------------------------------------------------------

_DELEGATION = re.compile(
    r"""\b(?:(?:ask|use|(?:consult|dispatch|engag|guid|help|invok|involv|launch|notif|spawn|support|assist)
            (?:e|es|s|ing|y)?)
        |(?:delegat|hand|escalat|pass|transfer|dispatch|defer|rout|forward|switch|report|return)(?:e|es|s|ing)?
            [ ](?:[\w-]+[ ]){0,4}?to
        |(?:collaborat|coordinat|work|partner|consult|pair|check|align|communicat|integrat|sync)(?:e|es|s|ing)?
            [ ](?:[\w-]+[ ]){0,2}?with)
    [ ](?:the[ ]|an?[ ])?[*`"']*\Z""",
    re.VERBOSE | re.IGNORECASE,
)


_BEHIND_DELEGATION = re.compile(
    r"[*`\"']*[ \t]*(?:$|[.,;:)|(\u2014\u2013\u2192]|->|-{1,2}[ ]"
    r"|(?:on|for|with|to|about|before|after|in|when|if|via|and|or|at|during|through|as|from)\b)",
    re.MULTILINE,
)


_HEAD = re.compile(r"[ \t]*(?:(?:[-*+]|\d+[.)])[ \t]+|\|[ \t]*)[*`\"']*\Z")


_BEHIND_HEAD = re.compile(
    r"[*`\"']*[ \t]*(?:$|[:(|\u2014\u2013\u2192]|->|-{1,2}[ ]|(?:for|to|when|if|handles)\b)", re.MULTILINE
)


_IN_LIST = re.compile(r"[ \t]*(?:[-*+]|\d+[.)]|\|)[ \t]?")


_NO_LIST = re.compile(r"^(?![ \t]|[-*+][ \t]|\d+[.)][ \t]|\||<!--)[^\r\n]", re.MULTILINE)


_NOUN = re.compile(r"[*`]+[ ](?:sub-?)?agents?\b")


_WINDOW = 80


class _ProseMention(NamedTuple):
    """A word in prose that may name an agent: the reference, whether there is such an agent, the name that
    comes near it if not, and the list of agents that it stands in, if any: the number of the list, and how
    its items name them."""

    reference: Reference
    known: bool
    meant: str | None
    place: tuple[int, str] | None


def _in_prose(ctx: Context) -> Iterator[Finding]:
    project, names = ctx.project_index, ctx.names
    if project is None or names is None or project.count("agent") <= 1:
        return
    mentions = list(_mentions(ctx, project, names))
    beside: dict[tuple[int, str], list[bool]] = {}
    for mention in mentions:
        if mention.place:
            beside.setdefault(mention.place, []).append(mention.known or mention.meant is not None)
    for reference, known, meant, place in mentions:
        if known or project.find_similar(reference.name):
            continue
        if meant or not place or 2 * sum(beside[place]) >= len(beside[place]):
            thing = "agent, skill or command" if reference.kind == "any" and place else "agent"
            yield _finding(ctx, reference, f"There is no {thing} `{reference.name}` here.", meant)


def _mentions(ctx: Context, project: Index, names: Names) -> Iterator[_ProseMention]:
    """The words in prose that stand where names of agents do, known ones and others."""
    text, body = ctx.text, ctx.document.body_start
    ends: list[int] | None = None
    for reference in names.references:
        if reference.form not in ("word", "code", "noun") or reference.kind not in ("agent", "any"):
            continue
        start, end = reference.span
        how = _mention_form(text, start, end) if start >= body else None
        if not how:
            continue
        place = None
        if how != "noun":
            if ends is None:
                ends = [found.start() for found in _NO_LIST.finditer(text, body)]
            place = (bisect_right(ends, start), how)
        known = _is_resolved(ctx, project, names, reference)
        meant = None if known else project.suggest_name(reference.kind, reference.name)
        yield _ProseMention(reference, known, meant, place)


def _mention_form(text: str, start: int, end: int) -> Literal["head", "verb", "noun"] | None:
    """How a word names an agent, if it can hardly be anything else: at the head of an item of a list, behind
    a verb of delegation in one, or set off in front of `agent`."""
    if text[end : end + 1] in ("*", "`") and text.endswith(("`", "**"), 0, start) and _NOUN.match(text, end):
        return "noun"
    line = text.rfind("\n", 0, start) + 1
    if "-" not in text[start:end] or not _IN_LIST.match(text, line, start):
        return None
    if _HEAD.fullmatch(text, line, start):
        return "head" if _BEHIND_HEAD.match(text, end) else None
    if _BEHIND_DELEGATION.match(text, end) and _DELEGATION.search(text, max(line, start - _WINDOW), start):
        return "verb"
    return None


@rule("ignored", subjects=("project",))
def unpreloadable_skill(ctx: Context) -> Iterator[Finding]:
    """A skill is to be preloaded that is kept from the model.

    Claude Code loads the skills that `skills` names when the agent starts, but not those with
    `disable-model-invocation: true`, which are for people alone.

    ## Bad

    ```markdown shop/.claude/agents/writer.md
    ---
    name: writer
    description: Writes the notes of a release. Use it before a release.
    skills: release
    ---

    You write notes.
    ```

    ```markdown shop/.claude/skills/release/SKILL.md
    ---
    description: Prepares a release.
    disable-model-invocation: true
    ---

    List the changes first.
    ```

    ## Good

    ```markdown shop/.claude/agents/writer.md
    ---
    name: writer
    description: Writes the notes of a release. Use it before a release.
    skills: release
    ---

    You write notes.
    ```

    ```markdown shop/.claude/skills/release/SKILL.md
    ---
    description: Prepares a release. Use it when all tests have passed.
    ---

    List the changes first.
    ```
    """
    if ctx.project_index is None or ctx.names is None:
        return
    for key in ctx.dialect.keys:
        entry = ctx.entry(key.name) if key.offered_only else None
        for reference in ctx.names.references if entry else ():
            if entry and entry.value.span.start <= reference.span.start < entry.value.span.end:
                skill = _non_invocable_skill(ctx, reference)
                if skill:
                    message = f"`{reference.name}` is kept from the model, so {ctx.describe_effect('does not preload it')}."
                    related = (Related(skill.span, "kept from the model", skill.path),)
                    yield Finding(reference.span, message, related=related)


def _non_invocable_skill(ctx: Context, reference: Reference) -> Definition | None:
    """The skill that a reference means, if none that it can mean is offered to a model."""
    assert ctx.project_index is not None
    assert ctx.names is not None
    found = ctx.project_index.resolve(reference, ctx.names)
    runtime = ctx.reading.runtime.name
    known = [each for each in found if each.kind == "skill" and runtime in each.runtimes]
    return known[0] if known and known == found and not any(each.model_invocable for each in known) else None


@rule("advice", subjects=("project",))
def unreachable_agent(ctx: Context) -> Iterator[Finding]:
    """Nobody can start the agent: neither people nor the model.

    With `user-invocable: false` people do not see the agent, and with `disable-model-invocation: true` the model
    is not told of it. What is left are agents that list it by its name, and there are none. In Claude Code
    an agent gets no tasks if `Agent(name)` is among the denied permissions of the settings.

    ## Bad

    ```markdown shop/.github/agents/helper.agent.md
    ---
    name: helper
    description: Looks things up for other agents.
    user-invocable: false
    disable-model-invocation: true
    ---

    You look things up.
    ```

    ```markdown shop/.github/agents/reviewer.agent.md
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```

    ## Good

    ```markdown shop/.github/agents/helper.agent.md
    ---
    name: helper
    description: Looks things up when other agents ask for it.
    user-invocable: false
    disable-model-invocation: true
    ---

    You look things up.
    ```

    ```markdown shop/.github/agents/reviewer.agent.md
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: [agent, read]
    agents: [helper]
    ---

    You review code.
    ```
    """
    own = main_definition(ctx)
    if own is None or ctx.project_index is None or own.kind != "agent":
        return
    for path, denial in _denying_rules(ctx, own):
        message = f"`{denial.text}` is denied in `{project_path(own, path)}`, so {ctx.describe_effect('hands it no tasks')}."
        yield Finding(name_span(ctx, own), message, related=(Related(denial.span, "denied", path),))
        return
    barred = (ctx.document.blocked_callers(reading) for reading in ctx.readings if reading.loads)
    if any(len(whom) > 1 for whom in barred) and not _is_referenced(ctx, own):
        message = (
            "Nobody can start this agent: neither people nor the model see it, and no other agent lists it."
        )
        yield Finding(name_span(ctx, own), message, effects=ctx.effects(Consequence.SUGGESTION))


def _denying_rules(ctx: Context, own: Definition) -> Iterator[tuple[str, PermissionRule]]:
    """The rules of the settings that deny the agent by its name, each with its file."""
    assert ctx.project_index is not None
    for file in ctx.project_index.permission_files(ctx.reading.runtime):
        above = not own.qualifier and is_inside(file.base, own.base_folder)
        if not (above or file.base == ctx.project_index.user_folder):
            continue
        for each in file.permissions:
            tool = ctx.dialect.tool(each.tool)
            if each.action == "deny" and tool and tool.refers == own.kind and each.specifier == own.full_name:
                yield file.path, each


def _is_referenced(ctx: Context, own: Definition) -> bool:
    """Whether another file has the agent's name among the values of a key."""
    assert ctx.project_index is not None
    uses = ctx.project_index.find_by_name(own.name)
    return any(names.path != own.path and reference.form == "key" for names, reference in uses)
