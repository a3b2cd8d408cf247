"""The configuration files around the open documents, combined with the settings of the editor."""

from __future__ import annotations

from agentls.config import Config
from agentls.lsp.settings import Settings
from agentls.workspace import disk, settings_files


class Configuration:
    """The settings of the editor, the paths of the workspace folders, and the configuration files on the disk.

    Each file is read once, when it is first needed; a new `Configuration` reads them again.
    """

    def __init__(self, settings: Settings, folders: tuple[str, ...]) -> None:
        self.settings = settings
        self.folders = folders
        self._reader = settings_files.SettingsReader()

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
        """Whether a configuration file that `other` has read now has other settings, or a new one was read."""
        before = other._reader.files
        now = {file: self._reader.files.get(file) or settings_files.read_settings(file) for file in before}
        return now != before or not self._reader.files.keys() <= before.keys()

    @property
    def files(self) -> tuple[settings_files.LoadedConfig, ...]:
        """The configuration files read so far."""
        return tuple(self._reader.files.values())
