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
        self._files: dict[str, settings_files.LoadedConfig] = {}
        self._by_folder: dict[str, settings_files.LoadedConfig] = {}

    def settings_in(self, folder: str) -> settings_files.LoadedConfig:
        """Return the settings of the configuration file that applies to `folder`."""
        if folder not in self._by_folder:
            file = settings_files.find_settings_file(folder)
            self._by_folder[folder] = self._read(file) if file else settings_files.default_settings()
        return self._by_folder[folder]

    def settings_for_names(self, folder: str) -> settings_files.LoadedConfig:
        """Return the settings for the files in `folder` with those of the editor that decide what a file is."""
        loaded = self.settings_in(folder)
        return loaded._replace(config=self.settings.merge_into(loaded.config, ""))

    def settings_of(self, path: str) -> tuple[Config, str | None]:
        """Return the settings for the checks of the file at `path`, and the dialect that they set for it."""
        folder = path.rpartition("/")[0]
        root = next((root for root in self.folders if path.startswith(f"{root}/")), folder)
        relative = disk.relative_path(path, root)
        loaded = self.settings_in(folder or next(iter(self.folders), "/"))
        config = self.settings.merge_into(loaded.for_file(path), relative)
        return config, loaded.dialect_for(path) or self.settings.dialect_for(relative)

    def differs_from(self, other: Configuration) -> bool:
        """Whether a configuration file that `other` has read now has other settings, or a new one was read."""
        now = {file: self._files.get(file) or settings_files.read_settings(file) for file in other._files}
        return now != other._files or not self._files.keys() <= other._files.keys()

    @property
    def problems(self) -> list[str]:
        """The problems in the configuration files read so far."""
        return [f"{loaded.file}: {each}" for loaded in list(self._files.values()) for each in loaded.problems]

    def _read(self, file: str) -> settings_files.LoadedConfig:
        if file not in self._files:
            self._files[file] = settings_files.read_settings(file)
        return self._files[file]
