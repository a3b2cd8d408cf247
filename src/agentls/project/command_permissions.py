"""Which shell commands may run without asking: by the file that contains them, and by the settings of its project."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.dialects.prompt_syntax import PromptCommands
from agentls.dialects.runtimes import Runtime
from agentls.dialects.tool_names import split_tool_list
from agentls.document.document import Document
from agentls.document.shell_commands import rule_pattern
from agentls.project.index import Index


def allowed_in_file(document: Document, syntax: PromptCommands) -> Iterator[str]:
    """The patterns of the commands that a file allows itself. They also count if the runtime cannot read the
    frontmatter, which is a mistake of its own."""
    entry = document.entry(syntax.allowing_key)
    if entry is None or entry.unparsed:
        return
    for tool in split_tool_list(entry.value, document.text, document.dialect.tool_grammar):
        if tool.name == syntax.tool:
            yield rule_pattern(tool.specifier)


def allowed_in_settings(index: Index, runtime: Runtime, syntax: PromptCommands) -> Iterator[str]:
    """The patterns of the commands that settings allow. Which of them apply depends on the folder in which the session
    starts, so all count."""
    for file in index.permission_files(runtime):
        for rule in file.permissions:
            if rule.action == "allow" and rule.tool == syntax.tool:
                yield rule_pattern(rule.specifier)
