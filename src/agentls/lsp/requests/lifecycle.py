"""Lifecycle: the start and the end of a session, its settings, and its workspace folders."""

from __future__ import annotations

from typing import Any

from lsprotocol import types as t

from agentls.dialects import loader
from agentls.lsp.addresses import path_of
from agentls.lsp.server import Server
from agentls.lsp.session import FoldersChanged, SettingsChanged
from agentls.lsp.settings import SECTION, settings_section
from agentls.workspace import disk, load, settings_files


async def initialized(server: Server, _: t.InitializedParams) -> None:
    """Load the core, read the workspace, ask for the settings, and ask to be notified of changes."""
    loader.load_dialect(loader.DIALECT_NAMES[0])
    server.apply(FoldersChanged(server.folder_uris))
    if server.client.answers_configuration:
        await _request_settings(server)
    wanted = list(_registrations(server))
    if wanted:
        await server.client_register_capability_async(t.RegistrationParams(wanted))


def _registrations(server: Server) -> list[t.Registration]:
    """Return the notifications that the client supports and that have to be requested from it."""
    wanted = []
    options: Any
    if server.client.registers_configuration:
        options = t.DidChangeConfigurationRegistrationOptions(section=SECTION)
        wanted.append(t.Registration("settings", t.WORKSPACE_DID_CHANGE_CONFIGURATION, options))
    if server.client.watches_files:
        options = t.DidChangeWatchedFilesRegistrationOptions(file_watchers())
        wanted.append(t.Registration("files", t.WORKSPACE_DID_CHANGE_WATCHED_FILES, options))
    return wanted


def file_watchers() -> list[t.FileSystemWatcher]:
    """Return watchers for the files with settings, and for those with names."""
    settings = (*settings_files.SETTINGS_FILES, f"*{settings_files.DIALECT_FILE_SUFFIX}", *disk.MANIFESTS)
    patterns = (*(f"**/{name}" for name in settings), *load.watch_patterns())
    return [t.FileSystemWatcher(pattern) for pattern in dict.fromkeys(patterns)]


def shutdown(server: Server, _: None) -> None:
    """Note that the client ends the session as the protocol requires."""
    server.is_shut_down = True


async def did_change_configuration(server: Server, params: t.DidChangeConfigurationParams) -> None:
    """Apply new settings, from the message itself if the client cannot be asked for them."""
    if server.client.answers_configuration:
        await _request_settings(server)
    else:
        server.apply(SettingsChanged(settings_section(params.settings)))


async def _request_settings(server: Server) -> None:
    """Ask for the settings, and if there are several workspace folders, for those of each."""
    uris = server.folder_uris if len(server.folder_uris) > 1 else ()
    items = [t.ConfigurationItem(section=SECTION), *(t.ConfigurationItem(uri, SECTION) for uri in uris)]
    found = await server.workspace_configuration_async(t.ConfigurationParams(items))
    general, *of_folders = (settings_section({SECTION: each}) for each in found)
    paths = map(path_of, uris)
    folders = {path: each for path, each in zip(paths, of_folders, strict=True) if path and each != general}
    server.apply(SettingsChanged(general, folders))


async def did_change_workspace_folders(server: Server, _: t.DidChangeWorkspaceFoldersParams) -> None:
    """Apply new workspace folders, which may have settings of their own."""
    server.apply(FoldersChanged(server.folder_uris))
    if server.client.answers_configuration:
        await _request_settings(server)
