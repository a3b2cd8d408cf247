"""Completion in a TOML file with the settings of agentls: names of settings, rule codes, severities and the like."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from agentls.config import SETTINGS, SEVERITIES, SHOWN, Config, SettingPath
from agentls.dialects import loader
from agentls.features.completion import CompletionList
from agentls.features.completion_edit import EditRange, make_edit
from agentls.features.completion_items import BOOLEANS, CompletionItem
from agentls.features.settings_context import SettingsContext, find_settings_context
from agentls.linter.rules import all_rules

_KEY_TEXTS = {
    "rules": ' = ["$1"]',
    "strings": ' = ["$1"]',
    "runtimes": ' = ["$1"]',
    "patterns": ' = ["$1"]',
    "show": ' = "$1"',
    "count": " = ",
    "boolean": " = ",
    "severities": ".",
    "places": ".",
}
"""What follows the name of a setting, by its type. A list of tables has a header instead."""


def complete_settings(text: str, offset: int, table: SettingPath, *, snippets: bool) -> CompletionList:
    """The completion items at `offset`, as snippets if the editor supports them. The settings are below `table`."""
    context = find_settings_context(text, offset, table)
    found = _items_at(context, text, table) if context else None
    rows = enumerate(found.items) if found else ()
    return CompletionList([make_edit(item, found, order, snippets) for order, item in rows if found])


def _items_at(context: SettingsContext, text: str, table: SettingPath) -> EditRange | None:
    if context.role == "header":
        return EditRange(context.span, _header_items(table))
    rest = text[context.span.end :].lstrip(" \t")
    if context.role == "key":
        return EditRange(context.span, _key_items(context, has_value=rest.startswith("=")))
    items = [item for item in _value_items(context) if item.label not in context.others]
    if context.setting and context.setting.type in ("count", "boolean"):
        return EditRange(context.span, items)
    if context.is_quoted:
        return EditRange(context.span, items, suffix="" if context.is_closed else '"')
    return EditRange(context.span, items, '"', '"')


def _header_items(table: SettingPath) -> Iterator[CompletionItem]:
    """The headers of the tables that settings can have."""
    prefix = ".".join(map(str, table))
    if prefix:
        yield CompletionItem(f"[{prefix}]", "key", "The settings of agentls")
    for field in Config._fields:
        setting = SETTINGS[field]
        name = f"{prefix}.{field}".lstrip(".")
        if setting.type in ("severities", "places"):
            yield CompletionItem(f"[{name}]", "key", setting.description)
        elif setting.type == "overrides":
            yield CompletionItem(f"[[{name}]]", "key", setting.description)


def _key_items(context: SettingsContext, *, has_value: bool) -> Iterator[CompletionItem]:
    """The names of the settings of a table, or the keys of a table of rules or dialects."""
    for name, field in context.fields.items():
        setting = SETTINGS[field]
        if setting.type in _KEY_TEXTS:
            text = name if has_value else f"{name}{_KEY_TEXTS[setting.type]}"
            yield CompletionItem(name, "key", setting.description, text)
    setting_here = None if context.fields else context.setting
    if setting_here and setting_here.type == "severities":
        for item in _rule_items():
            yield item if has_value else item._replace(text=f'{item.label} = "$1"')
    elif setting_here and setting_here.type == "places":
        for name in loader.DIALECT_NAMES:
            text = name if has_value else f'{name} = ["$1"]'
            yield CompletionItem(name, "value", loader.load_dialect(name).title, text)


def _value_items(context: SettingsContext) -> Iterable[CompletionItem]:
    """The words that the value of a setting can be, or have as an item."""
    setting = context.setting
    match setting.type if setting else "":
        case "rules" if context.in_list:
            return _rule_items()
        case "runtimes" if context.in_list:
            return (CompletionItem(name, "value", "") for name in loader.runtime_names(Config()))
        case "severities" if not context.in_list:
            return _words(SEVERITIES)
        case "show":
            return _words(SHOWN)
        case "boolean":
            return _words(BOOLEANS)
    return ()


def _words(words: Iterable[str]) -> Iterator[CompletionItem]:
    return (CompletionItem(word, "value", "") for word in words)


def _rule_items() -> Iterator[CompletionItem]:
    for code, rule in sorted(all_rules().items()):
        yield CompletionItem(code, "value", rule.summary)
