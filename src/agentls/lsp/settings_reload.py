"""Applying edited settings and manifests of plugins to other files, once the user pauses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from agentls.lsp.session import Change, SettingsEdited, Update

RELOAD_DELAY = 0.5
"""The time in seconds without an edit after which settings are applied."""


class SettingsReload:
    """Applies the settings in documents that are edited. `apply` applies a change to the session."""

    def __init__(self, apply: Callable[[Change], None]) -> None:
        self._apply = apply
        self._timer: asyncio.TimerHandle | None = None

    def follow(self, update: Update) -> None:
        """Apply the settings in an edited document after a pause."""
        if not update.has_settings:
            return
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(RELOAD_DELAY, self._apply, SettingsEdited())
