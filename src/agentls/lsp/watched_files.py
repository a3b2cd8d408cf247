"""Files that change outside of the editor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lsprotocol import types as t

if TYPE_CHECKING:
    from agentls.lsp.server import Server


def register(server: Server) -> None:
    """Register what every client may report."""
    server.feature(t.WORKSPACE_DID_CHANGE_WATCHED_FILES)(did_change_watched_files)


def watchers() -> list[t.FileSystemWatcher]:
    """What a client is asked to watch."""
    from agentls.workspace import load

    return [t.FileSystemWatcher(pattern) for pattern in dict.fromkeys((*_settings(), *load.watch_patterns()))]


def _settings() -> Sequence[str]:
    from agentls.workspace import disk, settings_files

    return [
        f"**/{name}"
        for name in (
            *settings_files.SETTINGS_FILES,
            f"*{settings_files.DIALECT_FILE_SUFFIX}",
            disk.PLUGIN_FILE,
        )
    ]


def did_change_watched_files(ls: Server, params: t.DidChangeWatchedFilesParams) -> None:
    """Files have changed, appeared or gone: settings, plugins, or those of a project."""
    from agentls.lsp.open_documents import path_of
    from agentls.workspace import disk, settings_files

    paths = [path for path in (path_of(change.uri) for change in params.changes) if path]
    settings = (*settings_files.SETTINGS_FILES, settings_files.DIALECT_FILE_SUFFIX, disk.PLUGIN_FILE)
    if any(path.endswith(settings) for path in paths):
        ls.reload(renew=any(path.endswith(disk.PLUGIN_FILE) for path in paths))
    for path in paths:
        ls.projects.touched(path)
