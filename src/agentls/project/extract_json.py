"""Extract the names of runtime config files: settings, servers, plugins, marketplaces.

They are JSON, often with comments. The tables in `dialects.config_files` define the paths of names in them.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Literal

from agentls.dialects import config_files, loader, tool_names
from agentls.dialects.config_files import NamePath
from agentls.dialects.loader import Dialect
from agentls.document.plugins import Plugin
from agentls.project import name_syntax
from agentls.project.names import Definition, NameKind, Names, PermissionRule, Reference
from agentls.text import json_tree
from agentls.text.named_tuples import NamedTuple
from agentls.text.yaml_tree import Mapping, Node, Scalar, Sequence, content_span

ExtractedName = Definition | Reference | PermissionRule
PermissionAction = Literal["allow", "ask", "deny"]


def extract_config_names(path: str, text: str, plugin: Plugin | None = None) -> Names | None:
    """Extract the names of the file at `path`, `None` if it is not a runtime config file.

    `plugin` is the nearest one whose root is a parent of the file. Invalid JSON is read up to the error.
    """
    location = config_files.locate_config_file(path, plugin.root if plugin else "")
    if location is None:
        return None
    config_file = location.companion
    qualifier = plugin.name if plugin and config_file.scope == "plugin" else ""
    names = Names(path, location.base, qualifier, config_file.runtimes)
    root = json_tree.parse_json(text)
    if root is None:
        return names
    extractor = _NameExtractor(names, text, loader.load_dialect(config_file.dialect))
    found = [
        each
        for name_path in config_file.names
        for parent, value in _find_values(root, name_path.steps, None)
        for each in extractor.extract(name_path, parent, value)
    ]
    found.sort(key=lambda each: each.span)
    return names._replace(
        definitions=tuple(each for each in found if isinstance(each, Definition)),
        references=tuple(each for each in found if isinstance(each, Reference)),
        permissions=tuple(each for each in found if isinstance(each, PermissionRule)),
    )


# --- names ------------------------------------------------------------------------------------


def _find_values(
    node: Node, steps: tuple[str, ...], parent: Mapping | None
) -> Iterator[tuple[Mapping | None, Node]]:
    """The values at the path `steps`, each with the mapping that contains it."""
    if not steps:
        yield parent, node
    elif isinstance(node, Mapping):
        entries = node.entries if steps[0] == "*" else [found for found in [node.get(steps[0])] if found]
        for entry in entries:
            yield from _find_values(entry.value, steps[1:], node)
    elif isinstance(node, Sequence) and steps[0] == "*":
        for item in node.items:
            yield from _find_values(item, steps[1:], parent)


class _NameExtractor(NamedTuple):
    """Extracts names from the values of one file."""

    names: Names
    text: str
    dialect: Dialect

    def extract(self, name_path: NamePath, parent: Mapping | None, value: Node) -> Iterator[ExtractedName]:
        """The names in a value at `name_path`; `parent` is the mapping that contains it."""
        if name_path.defines:
            yield from self._definitions(name_path.defines, name_path.one_of, value)
        if name_path.refers_to == "file":
            yield from self._files(name_path, parent, value)
        elif name_path.refers_to and name_path.keys and isinstance(value, Mapping):
            for entry in value.entries:
                yield from name_syntax.names_in_scalar(name_path.refers_to, entry.key, self.text)
        elif name_path.refers_to and not name_path.keys:
            for scalar in name_syntax.string_items(value):
                yield from name_syntax.names_in_scalar(name_path.refers_to, scalar, self.text)
        if name_path.hooks:
            yield from name_syntax.names_in_hooks(value, self.dialect, self.text)
        if name_path.permission_action == "value":
            yield from self._permission_mapping(value)
        elif name_path.permission_action:
            yield from self._rules(name_path.permission_action, value)

    def _definitions(self, kind: NameKind, one_of: tuple[str, ...], value: Node) -> Iterator[Definition]:
        for entry in value.entries if isinstance(value, Mapping) else ():
            if not isinstance(entry.value, Mapping) or not entry.key.text:
                continue
            if one_of and not any(entry.value.get(field) for field in one_of):
                continue
            entry_description = entry.value.get("description")
            description = (
                entry_description.value.text
                if entry_description and isinstance(entry_description.value, Scalar)
                else ""
            )
            yield Definition(
                kind,
                entry.key.text,
                self.names.plugin,
                self.names.path,
                content_span(entry.key, self.text),
                name_syntax.describe_server(entry.value) if kind == "server" else description,
                self.names.base_folder,
                self.dialect.name,
                self.names.runtimes,
                is_entry=True,
            )

    def _files(self, name_path: NamePath, parent: Mapping | None, value: Node) -> Iterator[Reference]:
        """The paths in a value that start with `.`; the base of others is unknown."""
        beside = parent.get(name_path.base_key) if parent and name_path.base_key else None
        below = "." if beside is None else beside.value.text if isinstance(beside.value, Scalar) else ""
        for scalar in name_syntax.string_items(value):
            if scalar.text.startswith(".") and below.startswith("."):
                full = posixpath.normpath(posixpath.join(self.names.base_folder, below, scalar.text))
                yield Reference("file", full, "", content_span(scalar, self.text), "link")

    def _rules(self, action: PermissionAction, value: Node) -> Iterator[PermissionRule | Reference]:
        grammar = self.dialect.tool_grammar._replace(separators="", specifiers=True)
        for entry in tool_names.split_tool_list(value, self.text, grammar):
            yield PermissionRule(action, entry.name, entry.specifier, entry.span)
            tool = tool_names.resolve_tool(entry.name, self.dialect, None).tool
            yield from name_syntax.names_in_tool_entry(entry, tool, self.dialect, grammar, "permission")

    def _permission_mapping(self, value: Node) -> Iterator[PermissionRule]:
        """Permissions as a mapping of tools to actions, or to mappings of patterns to actions."""
        for entry in value.entries if isinstance(value, Mapping) else ():
            if isinstance(entry.value, Mapping):
                for inner in entry.value.entries:
                    yield from self._permission(entry.key, inner.key, inner.value)
            else:
                yield from self._permission(entry.key, None, entry.value)

    def _permission(self, tool: Scalar, pattern: Scalar | None, value: Node) -> Iterator[PermissionRule]:
        action = _ACTIONS.get(value.text) if isinstance(value, Scalar) else None
        if action:
            span = content_span(pattern or tool, self.text)
            yield PermissionRule(action, tool.text, pattern.text if pattern else None, span)


_ACTIONS: dict[str, PermissionAction] = {"allow": "allow", "ask": "ask", "deny": "deny"}
