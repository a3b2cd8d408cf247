"""The files with settings or dialects, and the manifests of plugins, apply before they are saved."""

from __future__ import annotations

from collections.abc import Iterable

from agentls.lsp.documents import OpenDocument
from agentls.text.toml_positions import TomlError, parse_toml
from agentls.workspace import disk, settings_files

_APPLYING = (*settings_files.SETTINGS_FILES, settings_files.DIALECT_FILE_SUFFIX, *disk.MANIFESTS)


def applies_unsaved(path: str | None) -> bool:
    """Whether the file at `path` is one whose text applies to other files before it is saved."""
    return path is not None and path.endswith(_APPLYING)


def unsaved_settings(documents: Iterable[OpenDocument]) -> dict[str, str]:
    """Return the texts of such files that differ from those on the disk, by their paths.

    Without the settings that are half typed, other files would get diagnostics that the user has disabled: while they
    cannot be parsed, the file on the disk applies. So it does for a dialect with a mistake. A runtime rejects a plugin
    with such a manifest.
    """
    return {
        opened.path: opened.text
        for opened in documents
        if opened.path
        and applies_unsaved(opened.path)
        and opened.text != disk.find_text(opened.path)
        and not (
            opened.path.endswith(settings_files.SETTINGS_FILES)
            and isinstance(parse_toml(opened.text), TomlError)
        )
    }
