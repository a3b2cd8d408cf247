"""Rules about files that their plugin does not provide, because of what its manifest says."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.linter.consequence import Consequence
from agentls.linter.rule import Context, Finding, Related, rule
from agentls.linter.shared.load_reasons import findings_for_reason
from agentls.text.paths import relative_to


@rule("ignored", subjects=("reason rejected-plugin",))
def rejected_plugin(ctx: Context) -> Iterator[Finding]:
    """The plugin of the file is rejected, so none of its files is loaded.

    Claude Code rejects a plugin whose `plugin.json` is invalid JSON, has no valid `name`, or has another
    key with an invalid value: `agents` takes paths of files that start with `./` and end in `.md`, and not
    a folder. An invalid hook of an event such as `PreToolUse`, in `plugin.json` or in `hooks/hooks.json`,
    is a reason as well, since it could be what guards permissions. Neither agents nor skills nor commands
    of such a plugin are loaded. The finding shows the value to correct.

    ## Bad

    ```markdown agents/example.md
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    ```json .claude-plugin/plugin.json
    {"name": "kit", "agents": "./agents/"}
    ```

    ## Good

    ```markdown agents/example.md
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    ```json .claude-plugin/plugin.json
    {"name": "kit", "agents": "./agents/example.md"}
    ```
    """
    for finding in findings_for_reason(ctx, "rejected-plugin", consequence=Consequence.IGNORED):
        yield finding._replace(related=_cause(ctx, "the plugin is rejected because of this"))


@rule("ignored", subjects=("reason replaced-folder",))
def replaced_folder(ctx: Context) -> Iterator[Finding]:
    """The manifest of the plugin replaces the folder of the file and does not list the file.

    If `plugin.json` has the key `agents`, `commands` or `outputStyles`, Claude Code loads only the files
    that the key lists. The folder `agents`, `commands` or `output-styles` is then not read, also if the list
    is empty. The key `skills` adds to the folder `skills`.

    ## Bad

    ```markdown agents/example.md
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    ```json .claude-plugin/plugin.json
    {"name": "kit", "agents": ["./more/tester.md"]}
    ```

    ## Good

    ```markdown agents/example.md
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    ```json .claude-plugin/plugin.json
    {"name": "kit", "agents": ["./more/tester.md", "./agents/example.md"]}
    ```
    """
    document = ctx.document
    if document.dialect.kind == "agent" and document.frontmatter is None:
        return  # It is documentation, which need not be loaded.
    path = relative_to(document.path, document.identity.base_folder)
    for finding in findings_for_reason(ctx, "replaced-folder", consequence=Consequence.IGNORED):
        message = f"{finding.message} To load it, add `./{path}` there."
        yield finding._replace(message=message, related=_cause(ctx, "this is loaded instead of the folder"))


def _cause(ctx: Context, message: str) -> tuple[Related, ...]:
    """Return the related information with the cause in the manifest."""
    withheld = ctx.document.identity.withheld
    return (Related(withheld.span, message, withheld.manifest),) if withheld else ()
