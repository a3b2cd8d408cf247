"""Hover in a TOML file with the settings of agentls: the description of a setting, and the page of a rule."""

from __future__ import annotations

from agentls.config import SettingPath
from agentls.dialects import loader
from agentls.features.hover import Hover
from agentls.features.settings_context import below, find_setting
from agentls.reports import explain
from agentls.reports.settings_schema import describe_setting
from agentls.text.escaping import code_span
from agentls.text.toml_positions import TomlEntry, find_toml_entries


def hover_settings(text: str, offset: int, table: SettingPath) -> Hover | None:
    """Explain the setting, the rule or the dialect at `offset`, or return `None`. The settings are below `table`."""
    for entry in reversed(list(find_toml_entries(text))):
        if entry.key.contains_cursor(offset):
            return _on_key(text, entry, table)
    return None


def _on_key(text: str, entry: TomlEntry, table: SettingPath) -> Hover | None:
    """Explain a key, or an item of a list."""
    path = below(entry.path, table)
    setting = find_setting(path) if path else None
    if path is None or setting is None:
        return None
    word = entry.key.text_in(text).strip("\"'")
    pages = {
        "rules": explain.explain_rule,
        "severities": explain.explain_rule,
        "places": _dialect_page,
    }
    is_setting = find_setting(path[:-1]) is None or entry.kind == "header"
    if is_setting:
        page: str | None = f"**{code_span(word)}** (setting)\n\n{describe_setting(setting)}"
    else:
        page = pages[setting.type](word) if setting.type in pages else None
    return Hover(entry.key, page) if page else None


def _dialect_page(name: str) -> str | None:
    """The title of a dialect."""
    if name not in loader.DIALECT_NAMES:
        return None
    return f"**{code_span(name)}** (dialect)\n\n{loader.load_dialect(name).title}"
