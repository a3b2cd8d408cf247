"""Rules about names in a project: duplicate, shadowed, unresolved and unreachable ones."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Literal

from agentls.dialects import loader, value_schema
from agentls.dialects.builtin_commands import builtin_command_names
from agentls.dialects.records import Key
from agentls.dialects.tool_names import MCP_PREFIX
from agentls.linter.consequence import Consequence, Effect
from agentls.linter.rule import Context, Finding, Related, describe_effect, rule
from agentls.linter.shared.definitions import main_definition, name_span, project_path
from agentls.linter.shared.tool_entries import TOOLS
from agentls.project.names import (
    Definition,
    NameKind,
    Names,
    PermissionRule,
    Reference,
    ReferenceForm,
    normalise_name,
)
from agentls.text.offsets import Edit
from agentls.text.paths import is_inside, parent_folders
from agentls.text.patterns import lazy_pattern
from agentls.text.spelling import closest_match
from agentls.text.wording import join_names
from agentls.text.yaml_tree import Entry, Mapping, Sequence

if TYPE_CHECKING:
    from agentls.project.index import Index

_MAX_RELATED = 4
"""How many other definitions a finding shows."""


_DUPLICATE_EFFECTS = {
    "first": "{} uses the one whose file comes first.",
    "last": "{} uses the one whose file comes last.",
    "one": "{} loads only one of them, without reporting which.",
    "all": "{} lists all of them under this name.",
    "undocumented": "Which of them is used is undocumented.",
}


@rule("ignored", subjects=("shared name",))
def duplicate_name(ctx: Context) -> Iterator[Finding]:
    """Another file in the same location defines the same name.

    If two agents in one folder of agents have the same name, Claude Code loads only one of them and does
    not report which. Subfolders and file names make no difference. Other runtimes use the first or the
    last file, or list both.

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
    others = _others(own, ctx.project_index.namespace(own).find(own.full_name))
    if not others:
        return
    runtime = ctx.reading.runtime
    verdict, consequence = runtime.precedence.same_name, Consequence.ADVICE
    if verdict in ("first", "last"):
        paths = sorted((own.path, *(other.path for other in others)))
        if len({path.rpartition("/")[0] for path in paths}) > 1:
            verdict = "undocumented"
        elif own.path != paths[0 if verdict == "first" else -1]:
            consequence = Consequence.IGNORED
    elif verdict == "one" and ctx.document.identity.base_folder:
        consequence = Consequence.IGNORED
    path = project_path(own, others[0].path)
    effect = _DUPLICATE_EFFECTS[verdict].format(runtime.title)
    yield Finding(
        name_span(ctx, own),
        f"Duplicate {ctx.dialect.noun} name `{own.name}` (also in `{path}`). {effect}",
        related=_related(others, "the same name"),
        effects=ctx.effects(consequence),
    )


@rule("ignored", subjects=("shared name",))
def hidden_definition(ctx: Context) -> Iterator[Finding]:
    """A definition is shadowed by another one of the same name, or shadows it.

    In Claude Code, a skill shadows a command of the same name. If a project folder and one of its parent
    folders define agents of the same name, Claude Code uses the agent nearest to the folder in which the
    session starts. An agent of the project shadows one in your user folder, and a skill in your user
    folder shadows one of the project.

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
    for other, message, consequence in _shadowings(ctx, ctx.project_index, own):
        related = _related([other], "the other definition")
        yield Finding(name_span(ctx, own), message, related=related, effects=ctx.effects(consequence))


def _shadowings(ctx: Context, index: Index, own: Definition) -> Iterator[tuple[Definition, str, Consequence]]:
    """Yield the definitions that shadow `own` or that it shadows, each with a message and its consequence."""
    runtime, thing, user_folder = ctx.reading.runtime, ctx.dialect.noun, index.user_folder
    if runtime.precedence.shadowed_by:
        for other in _same_name(index, own._replace(kind=runtime.precedence.shadowed_by)):
            message = f"Shadowed by the {other.kind} of the same name in {runtime.title}."
            yield other, message, Consequence.ADVICE if own.qualifier else Consequence.IGNORED
    if own.qualifier:
        return
    if (
        user_folder
        and own.base_folder != user_folder
        and runtime.precedence.user_folder_precedence != "undocumented"
    ):
        for other in _same_name(index, own._replace(base_folder=user_folder)):
            shadowed = f"of the same name in your user folder in {runtime.title}"
            if runtime.precedence.user_folder_precedence == "wins":
                yield other, f"Shadowed by the {thing} {shadowed}.", Consequence.ADVICE
            else:
                yield other, f"Shadows the {thing} {shadowed}.", Consequence.SUGGESTION
    # The dialect of a file outside all known places is configured, so no session starts in its folder.
    if not runtime.precedence.nearest_wins or not ctx.document.identity.base_folder:
        return
    for folder in parent_folders(own.base_folder):
        for other in _same_name(index, own._replace(base_folder=folder)) if folder != user_folder else ():
            message = (
                f"Shadows the {thing} of the same name in a parent folder"
                f" when {runtime.title} starts in `{own.base_folder.rpartition('/')[2]}/` or below."
            )
            yield other, message, Consequence.SUGGESTION


@rule("advice", subjects=("shared name",))
def confusable_name(ctx: Context) -> Iterator[Finding]:
    """The name differs from another one only in case and separators.

    Claude Code loads `code-reviewer` and `Code_Reviewer` as two agents. When it starts an agent by name,
    it ignores case and separators, so either of them can be started.

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
    others = _others(own, ctx.project_index.namespace(own).find_similar(own.full_name))
    if not others:
        return
    runtime = ctx.reading.runtime
    message = f"`{own.name}` differs from `{others[0].name}` only in case and separators"
    consequence = Consequence.SUGGESTION
    if runtime.precedence.similar_names == "same":
        message += f", which {runtime.title} ignores when it starts an agent"
        consequence = Consequence.ADVICE
    yield Finding(
        name_span(ctx, own),
        f"{message}.",
        related=_related(others, "the similar name"),
        effects=ctx.effects(consequence),
    )


def _others(own: Definition, definitions: Iterator[Definition]) -> list[Definition]:
    """Return the first few of `definitions` that are in other files than `own`."""
    return list(islice((each for each in definitions if each.path != own.path), _MAX_RELATED))


def _same_name(index: Index, like: Definition) -> Iterator[Definition]:
    """Yield one definition with the name, kind and base folder of `like`, if there is one."""
    return islice(index.namespace(like).find(like.full_name), 1)


def _related(others: list[Definition], message: str) -> tuple[Related, ...]:
    return tuple(Related(other.span, message, other.path) for other in others)


@rule("ignored", subjects=("references in a project",))
def unknown_skill(ctx: Context) -> Iterator[Finding]:
    """A key refers to an unknown skill.

    Claude Code starts the agent without the skill and reports it only in its debug log. The finding is a
    warning if a skill in the project, in your user folder or in a plugin has a similar name. Otherwise it
    is an information, because skills also come with the product and from folders that agentls does not
    read.

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


@rule("ignored", subjects=("references in a project",))
def unknown_agent(ctx: Context) -> Iterator[Finding]:
    """A key, or `Agent(x)` in a list of tools, refers to an unknown agent.

    Such an entry starts or allows no agent. The finding is a warning if an agent in the project, in your
    user folder or in a plugin has a similar name and the effect of an unknown name is documented.
    Otherwise it is an information, because agents also come from the command line, from extensions and
    from folders that agentls does not read. VS Code identifies an agent by its `name`, not by its file name.

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


@rule("suggestion", subjects=("references in a project",))
def unknown_server(ctx: Context) -> Iterator[Finding]:
    """The name of an MCP server is similar to that of a configured server, but not the same.

    Names of servers are case-sensitive, and Claude Code silently ignores the tools of a server that it does not
    know. Servers can be configured in many places, most of which agentls does not read. A name that is not
    similar to a known server is therefore not reported.

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
    for reference, suggestion in _unresolved(ctx, ("server",), ("key", "tool")):
        if suggestion:
            is_same = normalise_name(suggestion) == normalise_name(reference.name)
            effects = ctx.effects(Consequence.ADVICE) if is_same else ()
            message = f"Unknown MCP server `{reference.name}`."
            yield _finding(ctx, reference, message, suggestion, effects)


@rule("advice", subjects=("references in a project",))
def unconfigured_server(ctx: Context) -> Iterator[Finding]:
    """All tools of the agent are those of MCP servers that nothing in the project configures.

    Servers can be configured in many places, most of which agentls does not read. Where they are missing,
    Claude Code refuses to start the agent, because it has no tool.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: mcp__tracker__list
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

    ```yaml
    tools: Read, mcp__tracker__list
    ```
    """
    index, names, tools = ctx.project_index, ctx.names, ctx.document.tools_in(ctx.reading)
    entry = ctx.entry(TOOLS)
    if index is None or names is None or entry is None or tools.mode != "listed" or tools.is_empty:
        return
    if ctx.reading.runtime.without_tools != "refused" or not ctx.dialect.tool_grammar.server_wildcard:
        return
    if not all(tool.startswith(MCP_PREFIX) for tool in tools.available):
        return
    visible = index.visible_definitions(("server",), names)
    servers = dict.fromkeys(
        each.name for each in names.references if each.kind == "server" and each.form == "tool"
    )
    has_tools = any(server.path == names.path or servers.keys() & {*server.all_names} for server in visible)
    if servers and not has_tools:
        what = join_names(servers)
        refuses = ctx.describe_effect("refuses to start the agent without them")
        yield Finding(
            entry.report_span, f"The agent has only tools of {what}, not configured here; {refuses}."
        )


@rule("suggestion", subjects=("references in a project",))
def dead_mention(ctx: Context) -> Iterator[Finding]:
    """The prompt refers to an unknown agent or skill.

    The prompt tells the model to use an agent or a skill that does not exist. Often it was renamed or not copied,
    and the prompts of others still refer to it.

    A prompt is prose, so a word is only treated as a name where it is meant as one: in `@agent-x`,
    `subagent_type: x`, `Agent(x)` and `Skill(x)`, and in backticks next to the word "agent" or "skill".

    ## Bad

    ```markdown
    ---
    name: lead
    description: Leads the work. Use it for large tasks.
    ---

    Give drawings to the `ui-designer` agent.
    ```

    ```markdown .claude/agents/ux-designer.md
    ---
    name: ux-designer
    description: Draws screens. Use it before any of them is built.
    ---

    You draw.
    ```

    ## Good

    ```markdown
    ---
    name: lead
    description: Leads the work. Use it for large tasks.
    ---

    Give drawings to the `ux-designer` agent.
    ```

    ```markdown .claude/agents/ux-designer.md
    ---
    name: ux-designer
    description: Draws screens. Use it before any of them is built.
    ---

    You draw.
    ```
    """
    for reference, suggestion in _unresolved(
        ctx, ("agent", "skill"), ("mention", "argument", "call", "labelled")
    ):
        if _is_meant_as_name(ctx, reference, suggestion):
            yield _finding(ctx, reference, f"Unknown {reference.kind} `{reference.name}`.", suggestion)


_PLACEHOLDER = lazy_pattern(
    r"(?:my|your|the|a|an|any|old|some|other|another|new|custom|this|that|example|sample|test|specific|appropriate)-.*"
    r"|(?:.*-)?(?:name|names|type|types|id|foo|bar|baz|x+|y+|n|placeholder|example)(?:-?\d+)?"
)
"""Words that stand for any name."""


_ELSEWHERE = lazy_pattern(
    r"\b(?:plugin|marketplace|install|examples?\b|e\.g\.|public\b|separate\b|creat(?:es?|ing)\b|(?:build|design)ing\b"
    r"|not yet\b|no longer\b|archived|retired|removed|renamed|former|previous|deprecated|legacy|unrelated|consolidat)"
)
"""Words of a line that speaks of what is not in the project: of other plugins, of examples, of the past."""


def _is_meant_as_name(ctx: Context, reference: Reference, suggestion: str | None) -> bool:
    """Whether an unresolved reference in the prompt names something, and something of this project."""
    assert ctx.project_index is not None
    assert ctx.names is not None
    name = reference.name
    if _PLACEHOLDER.fullmatch(name.lower()) or ctx.project_index.resolve(
        reference._replace(kind="any"), ctx.names
    ):
        return False
    start, end = reference.span
    if reference.form == "call" and suggestion is None and "-" not in name:
        # It can also be code in a program that passes a variable, such as `Agent(model)`.
        return False
    lines = ctx.document.lines
    line = lines.line_span(lines.line_number(start))
    around = f"{ctx.text[line.start : start]} {ctx.text[end : line.end]}"
    return not _ELSEWHERE.search(around.lower())


# --- unresolved references --------------------------------------------------------------------


def _unresolved(
    ctx: Context, kinds: tuple[NameKind, ...], forms: tuple[ReferenceForm, ...]
) -> Iterator[tuple[Reference, str | None]]:
    """Yield the references of the file without a definition in the project, in the user folder or in their
    plugins, each with the similar name of a definition, if there is one."""
    index, names = ctx.project_index, ctx.names
    if index is None or names is None:
        return
    for reference in names.references:
        if (
            reference.kind in kinds
            and reference.form in forms
            and not _is_resolved(ctx, index, names, reference)
        ):
            yield reference, index.suggest_name(reference.kind, reference.name)


def _is_resolved(ctx: Context, index: Index, names: Names, reference: Reference) -> bool:
    """Whether a reference has a definition, or may have one that is not in the index.

    That is so for names of other plugins, and in a file that is the only one of its kind: it was likely copied
    from elsewhere.
    """
    if reference.qualifier.partition(":")[0] not in ("", names.plugin) or "/" in reference.name.lstrip("/"):
        return True
    kinds: tuple[NameKind, ...] = (
        ("skill", "command") if reference.kind in ("skill", "command") else ("agent",)
    )
    in_file = sum(definition.kind in kinds for definition in names.definitions)
    is_only_one = sum(index.count(kind) for kind in kinds) <= in_file
    if reference.kind != "server" and is_only_one and not _needs_agent(ctx, reference):
        return True
    return bool(index.resolve(reference, names)) or _is_built_in(ctx, reference)


def _needs_agent(ctx: Context, reference: Reference) -> bool:
    """Whether a reference in a key of a skill or command is to one of the agents of a product that has agents of its
    own, so that a project without agents is no sign of a copied file."""
    in_key = reference.form == "key" and reference.kind == "agent"
    return in_key and ctx.dialect.kind != "agent" and bool(ctx.dialect.builtin_agents)


def _is_built_in(ctx: Context, reference: Reference) -> bool:
    """Whether a reference means something that comes with a product. A prompt may also refer to what comes with
    another product than the one that reads it."""
    if reference.kind in ("skill", "command"):
        return reference.name in builtin_command_names()
    name, own = reference.name.lower(), ctx.dialect.special_agent_names
    if any(special.name.lower() == name for special in own):
        return True
    return not (own and reference.form == "key") and name in loader.builtin_agents()


def _finding(
    ctx: Context,
    reference: Reference,
    message: str,
    suggestion: str | None,
    effects: tuple[Effect, ...] = (),
) -> Finding:
    """Return a finding at `reference`, with the suggestion in its message and as a fix if there is one."""
    if suggestion is None:
        return Finding(reference.span, message, effects=effects)
    fixes = ctx.make_fix(f"Change to `{suggestion}`", Edit(reference.span, suggestion))
    return Finding(reference.span, message, fixes, effects=effects, meant=f"`{suggestion}`")


# --- references in keys -----------------------------------------------------------------------


def _unknown_in_keys(ctx: Context, kind: Literal["agent", "skill"]) -> Iterator[Finding]:
    """Yield a finding for each unresolved reference of that kind in a key or a list of tools."""
    for reference, suggestion in _unresolved(ctx, (kind,), ("key", "tool")):
        message, is_documented = f"Unknown {kind} `{reference.name}`.", True
        if reference.form == "key":
            keys = _keys_at(ctx, reference)
            readers = [r.runtime for r in ctx.readings if all(key.known_to(r.runtime.name) for key in keys)]
            if not (keys and readers) or _is_value(keys[-1], reference.name):
                continue
            if not value_schema.applies(keys[0], ctx.document.root):
                continue  # The key has no effect, which is reported elsewhere.
            is_documented = bool(keys[-1].reference.unresolved_effect)
            if is_documented:
                message += f" {describe_effect(readers, keys[-1].reference.unresolved_effect)}."
        consequence = Consequence.IGNORED if is_documented and suggestion else Consequence.ADVICE
        yield _finding(ctx, reference, message, suggestion, ctx.effects(consequence))


def _is_value(key: Key, name: str) -> bool:
    """Whether a name is a value of the key, or a misspelt one, which `misspelt-value` reports."""
    values = [value.name for value in key.values]
    return name in values or closest_match(name, values, max_distance=1) is not None


def _keys_at(ctx: Context, reference: Reference) -> list[Key]:
    """Return the key whose value contains a reference, and the field of a mapping in it, if any."""
    at = reference.span.start
    entry = next((entry for entry in ctx.document.root.entries if _contains(entry, at)), None)
    key = entry and ctx.dialect.key(entry.key.text)
    if not entry or not key or key.name_kind:
        return [key] if key else []
    records = entry.value.items if isinstance(entry.value, Sequence) else (entry.value,)
    for record in records:
        for row in record.entries if isinstance(record, Mapping) else ():
            field = key.field(row.key.text)
            if field and _contains(row, at):
                return [key, field]
    return []


def _contains(entry: Entry, offset: int) -> bool:
    return entry.span.start <= offset < entry.span.end


@rule("ignored", subjects=("references in a project",))
def unpreloadable_skill(ctx: Context) -> Iterator[Finding]:
    """A skill to be preloaded is not loaded itself, or disables model invocation.

    Claude Code loads the skills in `skills` when the agent starts, but not those with
    `disable-model-invocation: true`, which only users can start. A skill that is not loaded, for example
    because its folder is too deep, cannot be preloaded either.

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
        entry = ctx.entry(key.name) if key.reference.requires_model_invocable else None
        for reference in ctx.names.references if entry else ():
            if entry and entry.value.span.start <= reference.span.start < entry.value.span.end:
                skill = _unusable_skill(ctx, reference)
                if skill:
                    effect = ctx.describe_effect("does not preload it")
                    why = "disables model invocation" if skill.loads else "is not loaded"
                    message = f"`{reference.name}` {why}, so {effect}."
                    related = (Related(skill.span, "the skill", skill.path),)
                    yield Finding(reference.span, message, related=related)


def _unusable_skill(ctx: Context, reference: Reference) -> Definition | None:
    """Return the skill that a reference resolves to, if the runtime loads none of its definitions or the model can
    start none."""
    assert ctx.project_index is not None
    assert ctx.names is not None
    found = ctx.project_index.resolve(reference, ctx.names)
    runtime = ctx.reading.runtime.name
    skills = [each for each in found if each.kind == "skill" and runtime in each.runtimes]
    if not skills or skills != found or any(each.loads and each.model_invocable for each in skills):
        return None
    return skills[0]


@rule("advice", subjects=("project",))
def unreachable_agent(ctx: Context) -> Iterator[Finding]:
    """The agent cannot be started, neither by users nor by the model.

    `user-invocable: false` hides the agent from users, and `disable-model-invocation: true` hides it from
    the model. Only agents that list it by name could start it, and no agent does. In Claude Code, an agent
    receives no tasks if the permissions in the settings deny `Agent(name)`.

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
        effect = ctx.describe_effect("does not delegate tasks to it")
        message = f"`{denial.text}` is denied in `{project_path(own, path)}`, so {effect}."
        yield Finding(name_span(ctx, own), message, related=(Related(denial.span, "denied here", path),))
        return
    blocked = (ctx.document.blocked_callers(reading) for reading in ctx.readings if reading.loads)
    if any(len(callers) > 1 for callers in blocked) and not _is_referenced(ctx, own):
        message = (
            "This agent cannot be started:"
            " it is hidden from users and from the model, and no other agent lists it."
        )
        yield Finding(name_span(ctx, own), message, effects=ctx.effects(Consequence.SUGGESTION))


def _denying_rules(ctx: Context, own: Definition) -> Iterator[tuple[str, PermissionRule]]:
    """Yield the permission rules in settings files that deny the agent by name, each with its path."""
    assert ctx.project_index is not None
    for file in ctx.project_index.permission_files(ctx.reading.runtime):
        applies = not own.qualifier and is_inside(own.base_folder, file.base_folder)
        if not (applies or file.base_folder == ctx.project_index.user_folder):
            continue
        for each in file.permissions:
            tool = ctx.dialect.tool(each.tool)
            if (
                each.action == "deny"
                and tool
                and tool.refers_to == own.kind
                and each.specifier == own.full_name
            ):
                yield file.path, each


def _is_referenced(ctx: Context, own: Definition) -> bool:
    """Whether a key in another file refers to the agent by name."""
    assert ctx.project_index is not None
    uses = ctx.project_index.find_by_name(own.name)
    return any(names.path != own.path and reference.form == "key" for names, reference in uses)
