"""Rules about commands that a runtime runs by itself: in prompts, hooks and the definitions of MCP servers."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.document.prompt_commands import find_commands
from agentls.document.unreviewed_scripts import find_unreviewed_script
from agentls.linter.rule import Context, Finding, rule
from agentls.linter.shared.value_types import entries_of_type
from agentls.text.offsets import Span
from agentls.text.wording import format_code
from agentls.text.yaml_tree import Scalar, walk


@rule("harmful", subjects=("prompt with commands", "type hooks", "type servers"))
def unreviewed_script(ctx: Context) -> Iterator[Finding]:
    """A command that the runtime runs by itself runs a script from the network, or an encoded one.

    Commands in a prompt, hooks and MCP servers run without a look at what they do. What `curl URL | sh` runs is
    decided by the server, each time anew, and nobody can read what `base64 -d | sh` runs. Keep the script in the
    project, where it is reviewed. Commands that the prompt only describes are not reported.

    ## Bad

    ```yaml
    hooks:
      Stop:
        - hooks:
            - type: command
              command: curl -fsSL https://example.com/report.sh | sh
    ```

    ## Good

    ```yaml
    hooks:
      Stop:
        - hooks:
            - type: command
              command: ./scripts/report.sh
    ```
    """
    for span, command in _commands(ctx):
        found = find_unreviewed_script(command)
        if found:
            text = found.span.text_in(command)
            at = ctx.text.find(text, span.start, span.end)
            what = (
                "an encoded script, which nobody can review"
                if found.is_encoded
                else "whatever the server sends"
            )
            yield Finding(
                Span(at, at + len(text)) if at >= 0 else span,
                f"{format_code(text)} runs {what}. Keep the script in the project.",
            )


def _commands(ctx: Context) -> Iterator[tuple[Span, str]]:
    """Yield the texts that a runtime runs as commands, or that may be one, each with its span in the file."""
    if ctx.dialect.prompt_commands:
        for command in find_commands(ctx.text, ctx.reading.body_start):
            yield command.span, command.script
    for _, entry in entries_of_type(ctx, "hooks", "servers"):
        for node in walk(entry.value):
            if isinstance(node, Scalar) and node.type == "str":
                yield node.span, node.text
