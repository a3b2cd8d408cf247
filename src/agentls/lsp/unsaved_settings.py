"""The files with settings, and the manifests of plugins, that are edited: they apply before they are saved."""

from __future__ import annotations

from collections.abc import Iterable

from agentls.lsp.documents import OpenDocument
from agentls.text.json_tree import find_json_error
from agentls.text.toml_positions import TomlError, parse_toml
from agentls.workspace import disk, settings_files

_FILES = (*settings_files.SETTINGS_FILES, *disk.MANIFESTS)


def applies_unsaved(path: str | None) -> bool:
    """Whether the file at `path` is one whose text applies to other files before it is saved."""
    return path is not None and path.endswith(_FILES)


def unsaved_settings(documents: Iterable[OpenDocument]) -> dict[str, str]:
    """Return the texts of such files that differ from those on the disk, by their paths. Of a text that cannot be
    parsed, because it is half typed, the file on the disk applies."""
    return {
        opened.path: opened.text
        for opened in documents
        if opened.path
        and applies_unsaved(opened.path)
        and opened.text != disk.find_text(opened.path)
        and _can_be_parsed(opened.path, opened.text)
    }


def _can_be_parsed(path: str, text: str) -> bool:
    if path.endswith(settings_files.SETTINGS_FILES):
        return not isinstance(parse_toml(text), TomlError)
    return find_json_error(text) is None
