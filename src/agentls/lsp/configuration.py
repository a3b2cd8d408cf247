"""The configuration files around the open documents, combined with the settings of the editor."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from agentls.config import Config
from agentls.lsp.settings import Settings
from agentls.workspace import disk, settings_files


class Configuration:
    """The settings of the editor, the paths of the workspace folders, and the configuration files on the disk.

    Each file is read once, when it is first needed; a new `Configuration` reads them again. `unsaved` has the texts
    that are used instead of files, by their paths: configuration files and manifests of plugins that are edited.
    """

    def __init__(
        self,
        settings: Settings,
        folders: tuple[str, ...],
        unsaved: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.settings = settings
        self.folders = folders
        self.unsaved = unsaved
        self._reader = settings_files.SettingsReader(unsaved)

    def changed(
        self,
        settings: Settings | None = None,
        folders: tuple[str, ...] | None = None,
        unsaved: Mapping[str, str] | None = None,
    ) -> Configuration:
        """Return the configuration with other settings, folders or texts, which reads its files again."""
        return Configuration(
            self.settings if settings is None else settings,
            self.folders if folders is None else folders,
            self.unsaved if unsaved is None else unsaved,
        )

    def settings_in(self, folder: str) -> settings_files.LoadedConfig:
        """Return the settings of the configuration file that applies to `folder`."""
        return self._reader.settings_in(folder)

    def settings_for_names(self, folder: str) -> settings_files.LoadedConfig:
        """Return the settings for the files in `folder` with those of the editor that decide what a file is."""
        loaded = self.settings_in(folder)
        settings = self.settings.in_folder(self._folder_of(f"{folder}/"))
        return loaded._replace(config=settings.merge_into(loaded.config, ""))

    def settings_of(self, path: str) -> tuple[Config, str | None]:
        """Return the settings for the checks of the file at `path`, and the dialect that they set for it."""
        folder = path.rpartition("/")[0]
        root = self._folder_of(path)
        settings = self.settings.in_folder(root)
        relative = disk.relative_path(path, root or folder)
        loaded = self.settings_in(folder or next(iter(self.folders), "/"))
        config = settings.merge_into(loaded.for_file(path), relative)
        return config, loaded.dialect_for(path) or settings.dialect_for(relative)

    def _folder_of(self, path: str) -> str:
        """Return the workspace folder that contains `path`; "" if none does."""
        return next((root for root in self.folders if path.startswith(f"{root}/")), "")

    def differs_from(self, other: Configuration) -> bool:
        """Whether a configuration file that `other` has read now has other settings, a new one was read, or the unsaved
        text of a manifest is another."""
        before = dict(other._reader.files)  # The thread that reads a project may add to it at any moment.
        now = {file: self._reader.files.get(file) or self._reader.read_again(file) for file in before}
        is_new = not self._reader.files.keys() <= before.keys()
        return now != before or is_new or self._manifests != other._manifests

    @property
    def _manifests(self) -> dict[str, str]:
        return {path: text for path, text in self.unsaved.items() if path.endswith(disk.MANIFESTS)}

    @property
    def files(self) -> tuple[settings_files.LoadedConfig, ...]:
        """The configuration files read so far."""
        return tuple(self._reader.files.values())
