"""The rules, one function each, grouped by what they look at.

Importing this package registers all of them in `agentls.rule.RULES`.
"""

from agentls.rules import (
    body,
    damage,
    description,
    dialect,
    encoding,
    globs,
    handlers,
    hooks,
    identity,
    imports,
    keys,
    loading,
    matchers,
    models,
    permissions,
    refusals,
    servers,
    suppression,
    tool_lists,
    tools,
    values,
    yaml,
)

__all__ = [
    "body",
    "damage",
    "description",
    "dialect",
    "encoding",
    "globs",
    "handlers",
    "hooks",
    "identity",
    "imports",
    "keys",
    "loading",
    "matchers",
    "models",
    "permissions",
    "refusals",
    "servers",
    "suppression",
    "tool_lists",
    "tools",
    "values",
    "yaml",
]
