"""Rules about what cannot be reached: skills that are not preloaded, agents that nothing starts."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.document.locate import is_inside
from agentls.linter.rule import Context, Finding, Related, Severity, rule
from agentls.linter.rules.duplicates import main_definition, name_span, project_path
from agentls.project.names import Definition, PermissionRule, Reference


@rule("warning")
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


@rule("information")
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
        yield Finding(name_span(ctx, own), message, at_most=Severity.HINT)


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
