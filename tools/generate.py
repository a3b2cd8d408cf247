"""Generates what the documentation takes from the code: rule pages, tables and pictures.

    python tools/generate.py           write the files
    python tools/generate.py --check   list those that are out of date; exit code 1 if there are any

The tests run the check, so the documentation follows every change of a rule or a fact.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import truth
from agentls import __version__, owner
from agentls.cli import main as cli
from agentls.config import SETTINGS, Config, Override, camel_case
from agentls.dialects import config_files, loader
from agentls.dialects.runtimes import Place
from agentls.features.new_agent import fixed_file, new_file_places
from agentls.linter.rule import Rule
from agentls.linter.rules import all_rules
from agentls.reports import catalogue, settings_schema
from markers import replace_between

ROOT = Path(__file__).parents[1]
PAGES = ROOT / "src" / "agentls" / "linter" / "pages"
EXAMPLES = ROOT / "examples"


def rule_page(rule: Rule) -> str:
    """Return the page of one rule."""
    return (
        f"# {rule.code}\n\n"
        f"*{rule.severity.label} · {rule.group}*\n\n"
        f"{rule.page}\n\n"
        f"## Disable it\n\n"
        f"For one entry: `# agentls: ignore[{rule.code}]` on a line of its own above it, or"
        f' `<!-- agentls: ignore[{rule.code}] -->` in the body. Everywhere: `ignore = ["{rule.code}"]`'
        " in `agentls.toml`.\n"
    )


def rule_table(link: str) -> str:
    """Return the table of all rules by group, each linked to its page below `link`."""
    lines = ["| Rule | Severity | Reports |", "|---|---|---|"]
    for group in sorted({rule.group for rule in all_rules().values()}):
        lines.append(f"| **{group}** | | |")
        rules = sorted(
            (r for r in all_rules().values() if r.group == group), key=lambda r: (r.severity, r.code)
        )
        lines += [f"| [{r.code}]({link}/{r.code}.md) | {r.severity.label} | {r.summary} |" for r in rules]
    return "\n".join(lines)


def settings_table(fields: tuple[str, ...]) -> str:
    """Return the table of the settings with these names."""
    rows = [f"| `{name.replace('_', '-')}` | {SETTINGS[name].description} |" for name in fields]
    return "\n".join(["| Setting | What it does |", "|---|---|", *rows])


def dialect_table(link: str = "") -> str:
    """Return the table of the formats, with their runtimes and locations, each linked to its page below `link`."""
    lines = ["| Format | Read by | Locations |", "|---|---|---|"]
    for name in loader.DIALECT_NAMES:
        seen = catalogue.summarise_dialect(loader.load_dialect(name))
        if not seen.places:
            continue  # It describes how a second runtime reads the files of another format.
        places = ", ".join(f"`{place}`" for place in seen.places)
        title = f"[{seen.title}]({link}/{name}.md)" if link else seen.title
        lines.append(f"| {title} (`{name}`) | {', '.join(seen.runtimes)} | {places} |")
    return "\n".join(lines)


def vscode_patterns() -> str:
    """Return the patterns of files that the VS Code client sends to the server, as TypeScript."""
    agents = [_vscode_pattern(place) for place, _ in loader.all_places() if not place.on_demand]
    return (
        "// Generated from the tables in src/agentls/dialects by `make docs`. Do not edit.\n\n"
        "/** Agents, skills, commands and the like. */\n"
        f"{_typescript('AGENT_FILES', agents)}\n"
        "/** JSON files that define or use the names of agents, skills and servers. */\n"
        f"{_typescript('CONFIG_FILES', [f'**/{file}' for file in config_files.config_file_paths()])}"
    )


def _vscode_pattern(place: Place) -> str:
    # VS Code matches case-sensitively.
    either = "".join(
        f"[{letter.upper()}{letter.lower()}]" if letter.isalpha() else letter for letter in place.files
    )
    files = either if place.ignores_case else place.files
    folder = f"{place.folder}/**" if place.recursive else place.folder
    return f"**/{folder}/{files}" if place.folder else f"**/{files}"


def _typescript(name: str, texts: list[str]) -> str:
    rows = "".join(f"    '{text}',\n" for text in dict.fromkeys(texts))
    return f"export const {name} = [\n{rows}];\n"


def _wrapped_json(row: dict[str, Any], indent: int) -> str:
    """Return the members of a JSON object on lines of about `_WIDTH` characters."""
    lines = [""]
    for piece in json.dumps(row, separators=(",\0", ": "))[1:-1].split("\0"):
        if len(lines[-1]) + len(piece) > _WIDTH - indent:
            lines.append("")
        lines[-1] += f" {piece}" if lines[-1] else piece
    return "\n".join(" " * indent + line for line in lines)


def vscode_manifest(text: str) -> str:
    """Return the manifest of the VS Code extension with the settings of the checks."""
    rows = []
    fields = {camel_case(field): field for field in Config._fields}
    for order, (name, schema) in enumerate(settings_schema.setting_schemas(camel_case).items(), 1):
        del schema["description"]
        if name == "show":
            continue  # An editor has its own filters.
        words = settings_schema.describe_setting(SETTINGS[fields[name]])
        row = {**schema, "scope": "resource", "order": order, "markdownDescription": words}
        rows.append(f'          "agentls.{name}": {{\n{_wrapped_json(row, 12)}\n          }}')
    rows = [row.replace("the folder of the settings file", "the workspace folder") for row in rows]
    block = re.compile(
        r'("title": "Checks",\n        "properties": \{\n).*?(\n        \}\n      \})', re.DOTALL
    )
    text = block.sub(lambda found: found[1] + ",\n".join(rows) + found[2], text, count=1)
    for kind in ("agent", "skill", "command", "text"):
        condition = json.dumps(f" || resourcePath =~ /{_folder_pattern(kind)}/)")[1:]
        offered = rf'(resourcePath in agentls\.folders\.{kind})[^"]*"'
        text = re.sub(offered, r"\1" + condition.replace("\\", r"\\"), text)
    return text


def with_version(text: str) -> str:
    """Return a manifest with the version of the package, in its first line that has one."""
    return re.sub(
        r'^(\s*"version": |version = )"[^"]*"', rf'\1"{__version__}"', text, count=1, flags=re.MULTILINE
    )


def with_owner(text: str) -> str:
    """Return the manifest of the VS Code extension with what the owner has filled in."""
    text = re.sub(r'"publisher": "[^"]*"', f'"publisher": "{owner.PUBLISHER or "agentls"}"', text, count=1)
    text = re.sub(r'^  "(repository|bugs|homepage)": .*\n', "", text, flags=re.MULTILINE)
    addresses = {
        "repository": owner.REPOSITORY and {"type": "git", "url": f"{owner.REPOSITORY}.git"},
        "bugs": owner.REPOSITORY and {"url": f"{owner.REPOSITORY}/issues"},
        "homepage": owner.SITE,
    }
    lines = [f'  "{name}": {json.dumps(value)},\n' for name, value in addresses.items() if value]
    return text.replace('  "license"', f'{"".join(lines)}  "license"', 1)


def _folder_pattern(kind: str) -> str:
    """Return the pattern of the folders for new files of a kind, on every system."""
    found = {
        re.escape(place.folder).replace("/", r"[\\\/]") + ("" if place.recursive else "$")
        for dialect, place in new_file_places(kind)
        if place.folder and place.is_read and not fixed_file(place, dialect)
    }
    return rf"[\\\/]({'|'.join(sorted(found))})([\\\/]|$)"


_WIDTH = 110
"""The width of a picture in characters."""


class _Screen(io.StringIO):
    """A terminal that keeps what is printed on it."""

    def isatty(self) -> bool:
        return True


def picture(example: str) -> str:
    """Return what `agentls check` prints on a terminal for one of the examples, as SVG."""
    from rich.console import Console
    from rich.text import Text

    printed = _Screen()
    before = Path.cwd()
    os.chdir(EXAMPLES / example)
    try:
        with contextlib.redirect_stdout(printed), mock.patch.dict(os.environ, COLUMNS=str(_WIDTH)):
            cli.main(["check", "--color", "always"])
    finally:
        os.chdir(before)
    console = Console(
        record=True, width=_WIDTH, file=io.StringIO(), force_terminal=True, legacy_windows=False
    )
    console.print(Text.from_ansi(f"$ agentls check\n{printed.getvalue()}"))
    return console.export_svg(title="agentls", unique_id="agentls")


def outputs() -> Iterator[tuple[Path, str]]:
    """Yield every generated file with the text that it should have."""
    for rule in all_rules().values():
        yield PAGES / f"{rule.code}.md", rule_page(rule)
    docs = ROOT / "docs"
    rules, formats, configuration = docs / "rules.md", docs / "formats.md", docs / "configuration.md"
    yield rules, replace_between(rules.read_text("utf-8"), "rules", rule_table("../src/agentls/linter/pages"))
    yield formats, replace_between(formats.read_text("utf-8"), "dialects", dialect_table())
    text = replace_between(configuration.read_text("utf-8"), "settings", settings_table(Config._fields))
    yield configuration, replace_between(text, "overrides", settings_table(Override._fields))
    verdicts = docs / "truth.md"
    yield verdicts, replace_between(verdicts.read_text("utf-8"), "verdicts", truth.table(truth.verdicts()))
    yield ROOT / "editors" / "vscode" / "src" / "server" / "patterns.ts", vscode_patterns()
    yield docs / "agentls.schema.json", json.dumps(settings_schema.settings_schema(), indent=1) + "\n"
    manifest = ROOT / "editors" / "vscode" / "package.json"
    yield manifest, with_owner(with_version(vscode_manifest(manifest.read_text("utf-8"))))
    for name in ("claude-code/.claude-plugin/plugin.json", "zed/extension.toml", "zed/Cargo.toml"):
        file = ROOT / "editors" / name
        yield file, with_version(file.read_text("utf-8"))
    yield docs / "check.svg", picture("claude-code")
    yield docs / "six-products.svg", picture("six-products")


def stale() -> list[Path]:
    """Return the generated files that are missing, out of date, or left over from a removed rule."""
    wanted = dict(outputs())
    old = [path for path, text in wanted.items() if not path.exists() or _words(path) != _words(path, text)]
    return old + [path for path in PAGES.glob("*.md") if path not in wanted]


def _words(path: Path, text: str | None = None) -> str:
    """Return the text of a file; of a picture only the words, since different versions of the library draw them
    differently."""
    text = path.read_text("utf-8") if text is None else text
    if path.suffix != ".svg":
        return text
    return re.sub(r"<style>.*?</style>|<[^>]+>|&#160;|\s", "", text, flags=re.DOTALL)


def main() -> int:
    """Write the files, or check them."""
    if "--check" in sys.argv:
        old = stale()
        for path in old:
            sys.stderr.write(f"out of date: {path.relative_to(ROOT)}\n")
        return 1 if old else 0
    wanted = dict(outputs())
    for path in PAGES.glob("*.md"):
        if path not in wanted:
            path.unlink()
    for path, text in wanted.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
