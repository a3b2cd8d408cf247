"""The rules, one function each, grouped by what they look at.

Importing this package registers them in `agentls.linter.rule.RULES`, except those that apply to few files, whose
modules are imported for the first of these files.
"""

from __future__ import annotations

from collections.abc import Set
from importlib import import_module

from agentls.linter.rule import RULES, Rule
from agentls.linter.rules import (
    characters,
    dangerous_content,
    descriptions,
    file_references,
    identity,
    ignore_comments,
    keys,
    listed_tools,
    loading,
    prompt,
    values,
)

__all__ = [
    "characters",
    "dangerous_content",
    "descriptions",
    "file_references",
    "identity",
    "ignore_comments",
    "keys",
    "listed_tools",
    "loading",
    "prompt",
    "values",
]

LATE_MODULES = {
    "argument_placeholders": {"prompt with arguments"},
    "dangerous_commands": {"prompt with commands", "type hooks", "type servers"},
    "glob_patterns": {"file patterns"},
    "hook_definitions": {"type hooks", "reason broken-hooks"},
    "injected_commands": {"project", "prompt with commands"},
    "mcp_servers": {"type servers", "type skills"},
    "models": {"questionable model"},
    "permission_entries": {"format with permissions"},
    "plugin_files": {"reason rejected-plugin", "reason replaced-folder"},
    "project_names": {"project", "references in a project", "shared name"},
    "yaml_syntax": {
        "ignored lines",
        "reason frontmatter-not-a-mapping",
        "reason invalid-yaml",
        "repaired frontmatter",
        "tabs",
        "unparsed value",
    },
}
"""The modules that are not imported with this package, with the subjects of all their rules."""


def load_rules_about(subjects: Set[str]) -> None:
    """Register the rules about these subjects."""
    for module, about in LATE_MODULES.items():
        if not about.isdisjoint(subjects):
            import_module(f"{__name__}.{module}")


def all_rules() -> dict[str, Rule]:
    """Return all rules by their codes, in the order of their modules."""
    load_rules_about(set().union(*LATE_MODULES.values()))
    return {rule.code: rule for rule in sorted(RULES.values(), key=lambda rule: rule.group)}
