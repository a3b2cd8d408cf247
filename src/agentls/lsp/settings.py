"""The settings of the editor: the section `agentls`, or `initializationOptions`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from agentls.config import Config, camel_case, parse_config
from agentls.dialects import loader
from agentls.features.inlay_hint import DEFAULT_HINTS, HINT_KINDS
from agentls.linter.rules import all_rules
from agentls.text.named_tuples import NamedTuple
from agentls.workspace import settings_files

SECTION = "agentls"
DIAGNOSTIC_SCOPES = ("open", "workspace")
LOG_LEVELS = ("error", "warning", "info", "debug")

# Settings of the editor clients, which are in the same section.
_CLIENT_SETTINGS = ("command", "trace")


@dataclass(frozen=True)
class Settings:
    """The settings of the server, and the settings of the checks that the editor adds to those of a project.

    `debounce` is the time in seconds without an edit after which a document is checked. `diagnostics` is the
    scope of the published diagnostics, and `inlay_hints` are the kinds of hints that are shown. `checks` is `None` if
    the editor sets none; `folder_checks` has those of the workspace folders that have settings of their own.
    """

    debounce: float = 0.2
    diagnostics: str = "open"
    log_level: str = "warning"
    inlay_hints: frozenset[str] = frozenset(DEFAULT_HINTS)
    checks: Config | None = None
    folder_checks: Mapping[str, Config | None] = field(default_factory=dict)

    def in_folder(self, folder: str) -> Settings:
        """Return the settings for the files in a workspace folder."""
        return replace(self, checks=self.folder_checks.get(folder, self.checks))

    def merge_into(self, config: Config, path: str) -> Config:
        """Return `config` with the settings of the editor, for the file at `path` (relative to the folder to
        which the editor's `overrides` are relative).

        Lists are added to those of `config`, but `select` replaces its list. Settings with their default value
        change nothing, since editors send the defaults of settings that the user did not change.
        """
        ours = self.checks
        if ours is None:
            return config
        tokens = ours.max_description_tokens
        both = config._replace(
            select=ours.select or config.select,
            ignore=(*config.ignore, *ours.ignore),
            severity={**config.severity, **ours.severity},
            tools=(*config.tools, *ours.tools),
            models=(*config.models, *ours.models),
            keys=(*config.keys, *ours.keys),
            runtimes=ours.runtimes or config.runtimes,
            dialects=tuple(dict.fromkeys((*config.dialects, *ours.dialects))),
            max_description_tokens=config.max_description_tokens
            if tokens == type(ours)().max_description_tokens
            else tokens,
            max_total_description_tokens=ours.max_total_description_tokens
            or config.max_total_description_tokens,
            max_lines=ours.max_lines or config.max_lines,
            user_files=ours.user_files and config.user_files,
            overrides=ours.overrides,
        )
        return both.for_path(path)

    def dialect_for(self, path: str) -> str | None:
        """Return the dialect that the editor's `places` set for the file at `path`."""
        return self.checks.dialect_for(path) if self.checks else None


class ParsedSettings(NamedTuple):
    """The settings that an editor sent, with a message for each that is invalid."""

    settings: Settings
    problems: tuple[str, ...]


def settings_section(value: Any) -> Mapping[str, Any]:
    """Return the section `agentls` of all settings of an editor; empty if it is missing."""
    found = value.get(SECTION) if isinstance(value, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def parse_settings(data: Mapping[str, Any], folder: str = "") -> ParsedSettings:
    """Parse the settings in `data`, whose paths are relative to `folder`. A missing, null or invalid setting has its
    default."""
    given = {key: value for key, value in data.items() if value is not None and key not in _CLIENT_SETTINGS}
    problems: list[str] = []
    settings = Settings()
    debounce = given.pop("debounce", None)
    if isinstance(debounce, (int, float)) and not isinstance(debounce, bool) and debounce >= 0:
        settings = replace(settings, debounce=debounce / 1000)
    elif debounce is not None:
        problems.append("`debounce` must be a number of milliseconds, or 0 for none; ignored")
    scope = given.pop("diagnostics", None)
    if scope in DIAGNOSTIC_SCOPES:
        settings = replace(settings, diagnostics=scope)
    elif scope is not None:
        problems.append(f"`diagnostics` must be one of {', '.join(DIAGNOSTIC_SCOPES)}; ignored")
    level = given.pop("logLevel", None)
    if level in LOG_LEVELS:
        settings = replace(settings, log_level=level)
    elif level is not None:
        problems.append(f"`logLevel` must be one of {', '.join(LOG_LEVELS)}; ignored")
    settings = replace(settings, inlay_hints=_inlay_hints(given.pop("inlayHints", None), problems))
    if given:
        checks, wrong = _checks(given, folder)
        settings = replace(settings, checks=checks)
        problems += wrong
    return ParsedSettings(settings, tuple(problems))


def _inlay_hints(given: Any, problems: list[str]) -> frozenset[str]:
    """Parse which kinds of inlay hints are shown: a table of kinds with booleans."""
    switches = dict.fromkeys(HINT_KINDS, False) | dict.fromkeys(DEFAULT_HINTS, True)
    for kind, value in given.items() if isinstance(given, Mapping) else ():
        if kind in switches and isinstance(value, bool):
            switches[kind] = value
        else:
            problems.append(
                f"`inlayHints.{kind}` must be one of {', '.join(HINT_KINDS)} with a boolean; ignored"
            )
    if given is not None and not isinstance(given, Mapping):
        problems.append("`inlayHints` must be a table of kinds with booleans; ignored")
    return frozenset(kind for kind, shown in switches.items() if shown)


def _checks(data: Mapping[str, Any], folder: str) -> tuple[Config, tuple[str, ...]]:
    checks, problems = parse_config(data, all_rules(), camel_case)
    checks, wrong = settings_files.read_user_dialects(checks, folder)
    problems += loader.find_unknown_names(checks)
    return checks, (*(problem.message for problem in problems), *wrong)
