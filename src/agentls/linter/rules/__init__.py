"""The rules, one function each, grouped by what they look at.

Importing this package registers all of them in `agentls.linter.rule.RULES`.
"""

from agentls.linter.rules import (
    characters,
    descriptions,
    file_references,
    hook_definitions,
    identity,
    ignore_comments,
    keys,
    listed_tools,
    loading,
    mcp_servers,
    models,
    permission_entries,
    project_names,
    prompt,
    values,
    yaml_syntax,
)

__all__ = [
    "characters",
    "descriptions",
    "file_references",
    "hook_definitions",
    "identity",
    "ignore_comments",
    "keys",
    "listed_tools",
    "loading",
    "mcp_servers",
    "models",
    "permission_entries",
    "project_names",
    "prompt",
    "values",
    "yaml_syntax",
]
