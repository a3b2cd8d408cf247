"""The configuration of the checks, parsed from a plain mapping.

The same settings come from `[tool.agentls]` in `pyproject.toml`, from `agentls.toml`, from an
editor and from the command line. A setting that is unknown or has the wrong type is reported
and ignored; the others apply.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from types import MappingProxyType
from typing import Any, Literal

from agentls.text.globs import MAX_LENGTH
from agentls.text.ignore_patterns import IgnorePattern, parse_pattern, selects
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
    """The settings of the checks; `SETTINGS` describes each."""

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


SettingType = Literal[
    "rules",
    "severities",
    "strings",
    "runtimes",
    "places",
    "patterns",
    "count",
    "boolean",
    "show",
    "overrides",
]
"""The type of a setting: a list of rule codes, a table of rule codes with severities, a list of any strings, a list of
runtimes, a table of dialects with patterns, a list of patterns, an integer, a boolean, a value of `SHOWN`, or a list
of `Override` tables."""


class Setting(NamedTuple):
    """A setting: its type, its description, and its least value if it is a count."""

    type: SettingType
    description: str
    least: int = 0


SETTINGS = {
    "select": Setting("rules", "codes of the rules to enable; all rules if empty"),
    "ignore": Setting("rules", "codes of the rules to disable"),
    "severity": Setting(
        "severities", "severities of rules by code: `error`, `warning`, `information` or `hint`"
    ),
    "tools": Setting("strings", "additional tool names to treat as known"),
    "models": Setting("strings", "additional model ids to treat as known"),
    "keys": Setting("strings", "additional frontmatter keys to treat as known"),
    "runtimes": Setting(
        "runtimes", "runtimes whose verdicts are reported; the owners of the folder if empty"
    ),
    "max_description_tokens": Setting(
        "count", "estimated tokens above which a description is reported as too long", least=1
    ),
    "max_total_description_tokens": Setting(
        "count",
        "estimated tokens above which the descriptions of all agents, or of all skills, are reported as too long in"
        " total; the limit of the runtime if 0",
    ),
    "dialects": Setting(
        "strings", "files that define additional dialects, relative to the folder of the settings file"
    ),
    "max_lines": Setting(
        "count", "lines above which a text is reported as too long; the recommendation of its runtime if 0"
    ),
    "places": Setting(
        "places", "additional locations of agent files: dialects with patterns as in `.gitignore`"
    ),
    "user_files": Setting(
        "boolean",
        "whether every project includes the user's own agents, skills, settings and plugins, as in `~/.claude`;"
        " `true` by default",
    ),
    "show": Setting(
        "show",
        "least severe findings that `agentls check` prints as text: `warning`, `information`, `hint` or `all`;"
        " by default `warning`, and `information` for one or two files",
    ),
    "overrides": Setting(
        "overrides", "settings for some paths: `paths`, with `select`, `ignore` or `severity`"
    ),
    "paths": Setting(
        "patterns",
        "in an override: patterns as in `.gitignore`, relative to the folder of the settings file",
    ),
}
"""The settings by the names of their fields in `Config` and `Override`."""


def kebab_case(field: str) -> str:
    """The name of a setting in a file: `max-lines` for the field `max_lines`."""
    return field.replace("_", "-")


def camel_case(field: str) -> str:
    """The name of a setting in an editor: `maxLines` for the field `max_lines`."""
    first, *rest = field.split("_")
    return first + "".join(map(str.capitalize, rest))


SettingPath = tuple[str | int, ...]
"""The keys and list positions that lead to a value of the settings, as they are written."""

PYPROJECT_TABLE: SettingPath = ("tool", "agentls")
"""The table with the settings in a `pyproject.toml`."""


class Problem(NamedTuple):
    """A setting that is ignored, and why.

    It is about the value at `path`, or about the key if `about_key`. `code` names the kind of problem, and
    `suggestion` is the word to write instead, "" if none is close.
    """

    code: Literal["unknown-setting", "invalid-setting", "unknown-rule", "unknown-dialect", "unknown-runtime"]
    message: str
    path: SettingPath
    about_key: bool = False
    suggestion: str = ""


class ParsedConfig(NamedTuple):
    """Settings parsed from a mapping, with a problem for each that is ignored."""

    config: Config
    problems: tuple[Problem, ...]


MAX_ITEMS = 1_000
"""The maximum number of items of a list or a table: some are compared with every file, and with one another."""


def parse_config(
    data: Mapping[str, Any], codes: Collection[str], written: Callable[[str], str] = kebab_case
) -> ParsedConfig:
    """Parse the settings in `data`.

    `codes` are the codes of all rules; others are reported with the closest match. `written` gives the name of a
    field as it is written in `data`.
    """
    problems: list[Problem] = []
    values = _parse_table(Config, data, (), problems, written)
    overrides = []
    for at, row in enumerate(values.pop("overrides", ())):
        path = ("overrides", at)
        found = _parse_table(Override, row, path, problems, written)
        if "paths" in found:
            overrides.append(Override(**found))
        elif isinstance(row, Mapping) and "paths" not in row:
            message = f"`{_dotted(path)}.paths` is missing; the override is ignored"
            problems.append(Problem("invalid-setting", message, path, about_key=True))
    config = Config(**values, overrides=tuple(overrides))
    problems += _unknown_rules(config, (), codes)
    for at, override in enumerate(overrides):
        problems += _unknown_rules(override, ("overrides", at), codes)
    return ParsedConfig(config, tuple(problems))


MAX_LISTED = 80
"""How many known words a message lists."""


def unknown_word(
    code: Literal["unknown-setting", "unknown-rule", "unknown-dialect", "unknown-runtime"],
    noun: str,
    word: str,
    known: Collection[str],
    path: SettingPath,
    *,
    about_key: bool = False,
) -> Problem:
    """A problem about a word that is not one of the `known` ones: with the closest of them as a suggestion, or else
    with all of them unless there are too many."""
    found = _closest(word, known)
    listed = f"; known: {', '.join(known)}" if len(known) <= MAX_LISTED else ""
    end = f"; did you mean `{found}`?" if found else listed
    return Problem(code, f"unknown {noun} `{word}`{end}", path, about_key, found)


def _closest(word: Any, known: Iterable[str]) -> str:
    """The known word that is closest to `word`; "" if none is close."""
    from agentls.text.spelling import closest_match

    return (closest_match(word, known) or "") if isinstance(word, str) else ""


def _unknown_rules(part: Config | Override, path: SettingPath, codes: Collection[str]) -> Iterator[Problem]:
    """The rule codes in a part of the settings that no rule has."""
    for name, listed in (("select", part.select), ("ignore", part.ignore)):
        for at, code in enumerate(listed):
            if code not in codes:
                yield unknown_word("unknown-rule", "rule", code, codes, (*path, name, at))
    for code in part.severity:
        if code not in codes:
            where = (*path, "severity", code)
            yield unknown_word("unknown-rule", "rule", code, codes, where, about_key=True)


def _dotted(path: SettingPath) -> str:
    """A path as messages write it: `overrides[0].select`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def _parse_table(
    kind: Any, data: Any, path: SettingPath, problems: list[Problem], written: Callable[[str], str]
) -> dict[str, Any]:
    """Parse the valid values of `data` for the fields of `kind`; `path` leads to the table."""
    if not isinstance(data, Mapping):
        message = f"`{_dotted(path) or 'agentls'}` must be a table; ignored"
        problems.append(Problem("invalid-setting", message, path))
        return {}
    fields = {written(field): field for field in kind._fields}
    values = {}
    for name, value in islice(data.items(), MAX_ITEMS):
        where = (*path, name)
        field = fields.get(name)
        if field is None:
            problem = unknown_word(
                "unknown-setting", "setting", _dotted(where), fields, where, about_key=True
            )
            problems.append(problem)
            continue
        parsed = _parse_value(field, value, where, problems)
        if parsed is not None:
            values[field] = parsed
    return values


def _parse_value(field: str, value: Any, path: SettingPath, problems: list[Problem]) -> Any:
    """Parse the value of `field` at `path`; `None` if it is invalid."""
    setting = SETTINGS[field]

    def expect(
        ok: bool, what: str, at: SettingPath = (), word: Any = None, known: Iterable[str] = ()
    ) -> bool:
        """Add a problem unless `ok`; `word` at `at` may be a misspelt one of the `known`."""
        if not ok:
            where = (*path, *at)
            message = f"`{_dotted(where)}` must be {what}; ignored"
            problems.append(Problem("invalid-setting", message, where, suggestion=_closest(word, known)))
        return ok

    def parse_list(value: Any, at: SettingPath = ()) -> tuple[str, ...] | None:
        """Parse the list of strings at `at`, which are patterns if the setting has such."""
        wrong = _find_wrong_item(value, are_patterns=setting.type in ("places", "patterns"))
        if wrong:
            expect(False, wrong[1], (*at, *wrong[0]))
        return None if wrong else tuple(value)

    if isinstance(value, (list, tuple, Mapping)) and len(value) > MAX_ITEMS:
        expect(False, f"a list or a table of at most {MAX_ITEMS:,} entries")
        return None
    match setting.type:
        case "severities":
            what = f"one of {', '.join(SEVERITIES)}"
            if expect(isinstance(value, Mapping), f"a table of rule codes, each with {what}"):
                rows = value.items()
                return {k: v for k, v in rows if expect(v in SEVERITIES, what, (k,), v, SEVERITIES)}
        case "places":
            if expect(isinstance(value, Mapping), "a table of dialects with lists of patterns"):
                lists = {k: parse_list(v, (k,)) for k, v in value.items()}
                return {k: v for k, v in lists.items() if v is not None}
        case "overrides":
            return value if expect(isinstance(value, list), "a list of tables") else None
        case "show":
            return value if expect(value in SHOWN, f"one of {', '.join(SHOWN)}", (), value, SHOWN) else None
        case "boolean":
            return value if expect(isinstance(value, bool), "`true` or `false`") else None
        case "count":
            ok = isinstance(value, int) and not isinstance(value, bool) and value >= setting.least
            return value if expect(ok, f"an integer of at least {setting.least}") else None
        case _:
            strings = parse_list(value)
            return tuple(map(DialectFile, strings)) if strings and field == "dialects" else strings
    return None


def _find_wrong_item(value: Any, *, are_patterns: bool) -> tuple[SettingPath, str] | None:
    """Find the first item of a list that is no string, or no pattern: its place, and what is expected there."""
    if not isinstance(value, (list, tuple)):
        return (), f"a list of {'patterns' if are_patterns else 'strings'}"
    for at, item in enumerate(value):
        if not isinstance(item, str):
            return (at,), "a string"
        if are_patterns and not _is_pattern(item):
            return (at,), f"a valid pattern (of at most {MAX_LENGTH:,} characters)"
    return None


def _is_pattern(text: str) -> bool:
    """Whether `text` is a pattern as in `.gitignore`, or a line that it ignores."""
    return not text.strip() or text.startswith("#") or parse_pattern(text) is not None


@lru_cache(maxsize=256)
def _compiled(patterns: tuple[str, ...]) -> tuple[IgnorePattern, ...]:
    return tuple(filter(None, map(parse_pattern, patterns)))


def _matches(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether `path` matches one of the patterns."""
    return selects(_compiled(patterns), path)
