"""The configuration of the checks, parsed from a plain mapping.

The same settings come from `[tool.agentls]` in `pyproject.toml`, from `agentls.toml`, from an
editor and from the command line. A setting that is unknown or has the wrong type is reported
and ignored; the others apply.
"""

import re
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from agentls.text.named_tuples import NamedTuple

SEVERITIES = ("error", "warning", "information", "hint")

SHOWN = ("warning", "information", "hint", "all")
"""What `show` may be: the least severe findings that are printed."""


class DialectFile(NamedTuple):
    """A file with a dialect of the user: its path as in the settings, and once it has been read and
    validated, the name of the dialect and the text of the file."""

    path: str
    name: str = ""
    text: str = ""


class Override(NamedTuple):
    """Settings for the files that match one of `paths`."""

    paths: tuple[str, ...]
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, str] = MappingProxyType({})


class Config(NamedTuple):
    """The settings of the checks; `SETTING_DESCRIPTIONS` describes each."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, str] = MappingProxyType({})
    tools: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    runtimes: tuple[str, ...] = ()
    max_description_tokens: int = 1000
    max_total_description_tokens: int = 0
    dialects: tuple[DialectFile, ...] = ()
    max_lines: int = 0
    places: Mapping[str, tuple[str, ...]] = MappingProxyType({})
    user_files: bool = True
    show: str = ""
    overrides: tuple[Override, ...] = ()

    def enables(self, code: str) -> bool:
        """Whether the rule `code` is enabled."""
        return code not in self.ignore and (not self.select or code in self.select)

    def for_path(self, path: str) -> "Config":
        """The settings for the file at `path`, which is relative to the same folder as `overrides`."""
        config = self
        for override in self.overrides:
            if _matches(path, override.paths):
                config = config._replace(
                    select=override.select or config.select,
                    ignore=(*config.ignore, *override.ignore),
                    severity={**config.severity, **override.severity},
                )
        return config

    def dialect_for(self, path: str) -> str | None:
        """The dialect that `places` assigns to the file at `path`, or `None`."""
        return next((name for name, patterns in self.places.items() if _matches(path, patterns)), None)


SETTING_DESCRIPTIONS = {
    "select": "codes of the rules to enable; all rules if empty",
    "ignore": "codes of the rules to disable",
    "severity": "severities of rules by code: `error`, `warning`, `information` or `hint`",
    "tools": "additional tool names to treat as known",
    "models": "additional model ids to treat as known",
    "keys": "additional frontmatter keys to treat as known",
    "runtimes": "runtimes whose verdicts are reported; the owners of the folder if empty",
    "max_description_tokens": "estimated tokens above which a description is reported as too long",
    "max_total_description_tokens": "estimated tokens above which the descriptions of all agents, or of all"
    " skills, are reported as too long in total; the limit of the runtime if 0",
    "dialects": "files that define additional dialects, relative to the folder of the settings file",
    "max_lines": "lines above which a text is reported as too long; the recommendation of its runtime if 0",
    "places": "additional locations of agent files: dialects with patterns as in `.gitignore`",
    "user_files": "whether every project includes the user's own agents, skills, settings and plugins, as in"
    " `~/.claude`; `true` by default",
    "show": "least severe findings that `agentls check` prints as text: `warning`, `information`, `hint` or `all`;"
    " by default `warning`, and `information` for one or two files",
    "overrides": "settings for some paths: `paths`, with `select`, `ignore` or `severity`",
    "paths": "in an override: patterns as in `.gitignore`, relative to the folder of the settings file",
}
"""The description of each setting, by the name of its field."""


class ParsedConfig(NamedTuple):
    """Settings parsed from a mapping, with a message for each that is ignored."""

    config: Config
    problems: tuple[str, ...]


def parse_config(data: Mapping[str, Any], codes: Collection[str]) -> ParsedConfig:
    """Parse the settings in `data`, whose names may be written with `-` or `_`.

    `codes` are the codes of all rules; others are reported with the closest match.
    """
    problems: list[str] = []
    values = _parse_table(Config, data, "", problems)
    overrides = []
    for at, row in enumerate(values.pop("overrides", ())):
        where = f"overrides[{at}]."
        found = _parse_table(Override, row, where, problems)
        if "paths" in found:
            overrides.append(Override(**found))
        else:
            problems.append(f"`{where}paths` is missing; the override is ignored")
    config = Config(**values, overrides=tuple(overrides))
    parts: list[Config | Override] = [config, *config.overrides]
    for part in parts:
        unknown = [code for code in (*part.select, *part.ignore, *part.severity) if code not in codes]
        problems += [f"unknown rule `{code}`{_did_you_mean(code, codes)}" for code in unknown]
    return ParsedConfig(config, tuple(problems))


def _parse_table(kind: Any, data: Any, where: str, problems: list[str]) -> dict[str, Any]:
    """Parse the valid values of `data` for the fields of `kind`; `where` is their path in messages."""
    if not isinstance(data, Mapping):
        problems.append(f"`{where.rstrip('.') or 'agentls'}` must be a table")
        return {}
    known = kind._fields
    values = {}
    for written, value in data.items():
        name = str(written).replace("-", "_")
        if name not in known:
            names = [n.replace("_", "-") for n in known]
            problems.append(f"unknown setting `{where}{written}`{_did_you_mean(str(written), names)}")
            continue
        parsed, expected = _parse_value(name, value)
        if expected:
            problems.append(f"`{where}{written}` must be {expected}; ignored")
        else:
            values[name] = parsed
    return values


def _parse_value(name: str, value: Any) -> tuple[Any, str]:
    """Parse `value` for the field `name`: the result, or a phrase for what is expected."""
    if name == "severity":
        if not isinstance(value, Mapping) or not all(v in SEVERITIES for v in value.values()):
            return None, f"a table of rule codes with one of {', '.join(SEVERITIES)}"
        return {str(code): severity for code, severity in value.items()}, ""
    if name == "places":
        rows = {k: _pattern_list(v) for k, v in value.items()} if isinstance(value, Mapping) else {"": None}
        return (None, "a table of dialects with lists of patterns") if None in rows.values() else (rows, "")
    if name == "paths":
        patterns = _pattern_list(value)
        return (patterns, "") if patterns is not None else (None, "a list of patterns")
    if name == "overrides":
        return (tuple(value), "") if isinstance(value, list) else (None, "a list of tables")
    if name == "show":
        return (value, "") if value in SHOWN else (None, f"one of {', '.join(SHOWN)}")
    if name == "user_files":
        return (value, "") if isinstance(value, bool) else (None, "`true` or `false`")
    if name in ("max_description_tokens", "max_total_description_tokens", "max_lines"):
        least = 1 if name == "max_description_tokens" else 0
        ok = isinstance(value, int) and not isinstance(value, bool) and value >= least
        return (value, "") if ok else (None, f"an integer of at least {least}")
    strings = _string_list(value)
    if name == "dialects" and strings is not None:
        return tuple(DialectFile(path) for path in strings), ""
    return (strings, "") if strings is not None else (None, "a list of strings")


def _string_list(value: Any) -> tuple[str, ...] | None:
    """`value` as strings, or `None` if it is not a list of strings."""
    if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
        return tuple(value)
    return None


def _pattern_list(value: Any) -> tuple[str, ...] | None:
    """`value` as patterns, or `None` if it is not a list of valid patterns."""
    from pathspec import GitIgnoreSpec

    patterns = _string_list(value)
    try:
        GitIgnoreSpec.from_lines(patterns or ())
    except (ValueError, re.error):
        return None
    return patterns


def _did_you_mean(word: str, known: Collection[str]) -> str:
    """A suggestion of the known word that is closest to `word`; "" if none is close."""
    from agentls.text.spelling import closest_match

    found = closest_match(word, known)
    return f"; did you mean `{found}`?" if found else ""


def _matches(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether `path` matches one of the patterns."""
    from pathspec import GitIgnoreSpec  # Few runs need it, and it takes longer to import than a check takes.

    return GitIgnoreSpec.from_lines(patterns).match_file(path)
