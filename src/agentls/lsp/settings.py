"""What a user sets in the editor: section `agentls`, or the `initializationOptions`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from agentls.config import Config

SECTION = "agentls"
EXTENTS = ("open", "workspace")
LOG_LEVELS = ("error", "warning", "info", "debug")

# Settings of the editors' own clients, which stand in the same section and are not for the server.
_OF_THE_CLIENT = ("command", "trace")


@dataclass(frozen=True)
class Settings:
    """The server's own settings, and those of the checks that the editor adds to a project's.

    `debounce` is the silence in seconds after which a changed text is checked. `diagnostics` tells whether
    those of all files in the projects are shown, or those of open ones. `checks` is `None` as long as nothing
    was set.
    """

    debounce: float = 0.2
    diagnostics: str = "open"
    log_level: str = "warning"
    checks: Config | None = None

    def over(self, config: Config, path: str) -> Config:
        """`config` with the checks' settings laid over it, for the file at `path`, given as
        the editor's own `overrides` count it.

        What the editor lists is added, but `select` is replaced, and what has its default
        changes nothing: editors send the defaults of settings that nobody made.
        """
        ours = self.checks
        if ours is None:
            return config
        tokens = ours.description_tokens
        both = config._replace(
            select=ours.select or config.select,
            ignore=(*config.ignore, *ours.ignore),
            severity={**config.severity, **ours.severity},
            tools=(*config.tools, *ours.tools),
            models=(*config.models, *ours.models),
            keys=(*config.keys, *ours.keys),
            runtimes=ours.runtimes or config.runtimes,
            dialects=tuple(dict.fromkeys((*config.dialects, *ours.dialects))),
            description_tokens=config.description_tokens
            if tokens == type(ours)().description_tokens
            else tokens,
            roster_tokens=ours.roster_tokens or config.roster_tokens,
            lines=ours.lines or config.lines,
            user_folder=ours.user_folder and config.user_folder,
            overrides=ours.overrides,
        )
        return both.for_path(path)

    def place(self, path: str) -> str | None:
        """The dialect that the settings give the file at `path`, if they name its place."""
        return self.checks.dialect_for(path) if self.checks else None


class Read(NamedTuple):
    """Settings read from what an editor sent, with a message for each that cannot be used."""

    settings: Settings
    problems: tuple[str, ...]


def section(value: Any) -> Mapping[str, Any]:
    """The section `agentls` of all settings of an editor; empty if there is none."""
    found = value.get(SECTION) if isinstance(value, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def read(data: Mapping[str, Any]) -> Read:
    """The settings in `data`; what is left out, null or wrong keeps its default."""
    given = {key: value for key, value in data.items() if value is not None and key not in _OF_THE_CLIENT}
    problems = []
    settings = Settings()
    debounce = given.pop("debounce", None)
    if isinstance(debounce, (int, float)) and not isinstance(debounce, bool) and debounce >= 0:
        settings = replace(settings, debounce=debounce / 1000)
    elif debounce is not None:
        problems.append("`debounce` must be a number of milliseconds, or 0 for none; it is left out")
    extent = given.pop("diagnostics", None)
    if extent in EXTENTS:
        settings = replace(settings, diagnostics=extent)
    elif extent is not None:
        problems.append(f"`diagnostics` must be one of {', '.join(EXTENTS)}; it is left out")
    level = given.pop("logLevel", None)
    if level in LOG_LEVELS:
        settings = replace(settings, log_level=level)
    elif level is not None:
        problems.append(f"`logLevel` must be one of {', '.join(LOG_LEVELS)}; it is left out")
    if given:
        checks, wrong = _checks(given)
        settings = replace(settings, checks=checks)
        problems += wrong
    return Read(settings, tuple(problems))


def _checks(data: Mapping[str, Any]) -> tuple[Config, tuple[str, ...]]:
    import agentls.linter.rules  # noqa: F401  Fills the registry.
    from agentls import config
    from agentls.dialects import loader
    from agentls.linter.rule import RULES
    from agentls.workspace import settings_files

    checks, problems = config.parse_config(data, RULES)
    checks, wrong = settings_files.read_user_dialects(checks, "")
    return checks, (*problems, *wrong, *loader.find_unknown_names(checks))
