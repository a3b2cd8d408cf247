"""The way of a change: it is applied to the session, and then read, published and checked what follows from it."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from pygls.lsp.server import LanguageServer

from agentls.lsp.background import Progress
from agentls.lsp.client import Client
from agentls.lsp.project_reader import ProjectReader
from agentls.lsp.publisher import Publisher
from agentls.lsp.session import Change, Session
from agentls.lsp.settings_reload import SettingsReload
from agentls.lsp.tree_refresh import TreeRefresh
from agentls.lsp.workspace_diagnostics import WorkspaceDiagnostics
from agentls.text.offsets import Encoding


class Updates:
    """A session, and those who follow its changes."""

    def __init__(
        self,
        server: LanguageServer,
        client: Client,
        encoding: Encoding,
        options: Mapping[str, Any],
        uris: Iterable[str],
    ) -> None:
        self.session = Session(client, encoding, options, uris)

        def progress(title: str) -> Progress:
            return Progress(server, title, enabled=client.shows_progress)

        self.reader = ProjectReader(self.session, self.apply, progress)
        self.publisher = Publisher(server, self.session, self.apply)
        self._workspace = WorkspaceDiagnostics(self.session, self.publisher, progress)
        self._tree = TreeRefresh(server, self.session)
        self._settings = SettingsReload(self.apply)
        self._set_log_level()

    def apply(self, change: Change) -> None:
        """Apply a change, and do what follows from it."""
        update = self.session.apply(change)
        if update.scope_changed:
            self._set_log_level()
        self.reader.follow(update)
        self.publisher.follow(update)
        self._workspace.follow(update)
        self._tree.follow(update)
        self._settings.follow(update)

    def _set_log_level(self) -> None:
        level = self.session.snapshot.configuration.settings.log_level.upper()
        logging.getLogger("agentls").setLevel(level)
        # pygls warns of every cancelled request.
        logging.getLogger("pygls").setLevel(level if level == "DEBUG" else "ERROR")
