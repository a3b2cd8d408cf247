"""The rules, one function each, grouped by what they look at.

Importing this package registers all of them in `agentls.rule.RULES`.
"""

from agentls.rules import body, description, hooks, keys, loading, servers, suppression, tools, values

__all__ = ["body", "description", "hooks", "keys", "loading", "servers", "suppression", "tools", "values"]
