"""Rules about `tools` and `disallowedTools`."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.rule import Context, Finding, rule


@rule("error")
def no_tools(ctx: Context) -> Iterator[Finding]:
    """The agent is left without a single tool.

    An empty value, a mapping, a number, or a list in which no name is known: Claude Code starts
    such an agent with no tool at all, or refuses to start it. Nothing is said when the file is
    loaded. To give the agent all tools, leave the key out or write `*`.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools:
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, Grep
    ---

    You review code.
    ```
    """
    tools = ctx.document.tools
    entry = ctx.reading.get("tools")
    if entry is None or not tools.leaves_none:
        return
    runtime = ctx.dialect.runtimes[0].title
    if tools.mode == "none":
        yield Finding(entry.mark, f"`tools` names no tool. {runtime} starts the agent without any.")
        return
    names = ", ".join(f"`{dropped.name}`" for dropped in tools.dropped)
    yield Finding(
        entry.mark, f"None of {names} is available. {runtime} refuses to start the agent without any tool."
    )
