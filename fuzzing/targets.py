"""What is fuzzed: each target takes a text and a number, which chooses where the text stands and the like, and raises
if a promise is broken."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from types import MappingProxyType

from agentls.config import Config
from agentls.dialects import loader
from agentls.document import locate
from agentls.document.document import Document
from agentls.document.plugins import Plugin
from agentls.features.formatting import format_document
from agentls.linter import check
from agentls.linter.fixing import fix_all
from agentls.project import extract, extract_json
from agentls.reports import inspection
from agentls.text import markdown
from agentls.text.json_tree import find_json_error, parse_json
from agentls.text.toml_positions import find_toml_entries, parse_toml
from agentls.workspace.settings_files import parse_settings
from fuzzing.everything import OTHER_PLACES, NoFiles, through_everything

Target = Callable[[str, int], None]


@cache
def places() -> tuple[str, ...]:
    """A path for a file of each dialect, and some more."""
    found = dict.fromkeys(OTHER_PLACES)
    for name in loader.dialect_names():
        for place in loader.load_dialect(name).places:
            folder = f"/p/{place.folder}" if place.folder else "/p"
            found[f"{folder}/{place.files.replace('**/', '').replace('*', 'a')}"] = None
    return tuple(path for path in found if locate.make_document(path, "", Config()))


def _document(text: str, number: int) -> Document:
    plugin = Plugin("/p", "kit") if number % 5 == 0 else None
    path = places()[number % len(places())]
    document = locate.make_document(path, text, Config(), plugin) or locate.make_document(
        path, text, Config()
    )
    assert document is not None
    return document


def read(text: str, number: int) -> None:
    """All runtimes read the file, and its names are extracted."""
    document = _document(text, number)
    for reading in (*document.readings, *document.other_readings):
        assert 0 <= reading.body_start <= len(text)
    extract.extract_names(document)


def lint(text: str, number: int) -> None:
    """The file is checked, and its findings are in the text."""
    document = _document(text, number)
    for found in check.check(document, Config(), NoFiles()):
        assert 0 <= found.span.start <= found.span.end <= len(text)
        assert found.message


def fix(text: str, number: int) -> None:
    """After all safe fixes every runtime that loaded the file loads it, and there is nothing more to fix."""
    document = _document(text, number)
    found = check.check(document, Config(), NoFiles())
    fixed = fix_all(document, found, Config(), NoFiles()).document
    before = {each.runtime.name for each in document.readings if each.loads}
    assert before <= {each.runtime.name for each in fixed.readings if each.loads}
    # Whether an ignore comment is used is known only of a whole project, and thus not of a file that has just changed.
    left = [each for each in check.check(fixed, Config(), NoFiles()) if each.code != "unused-suppression"]
    assert fix_all(fixed, left, Config(), NoFiles()).document.text == fixed.text


def form(text: str, number: int) -> None:
    """The formatted file is read as before, and is in form."""
    document = _document(text, number)
    after = document.with_edits(format_document(document).edits)
    assert not format_document(after).edits
    inspection.inspection_data(inspection.inspect_document(after, None))


def everything(text: str, number: int) -> None:
    """Every feature answers, at a place in the text."""
    through_everything(_document(text, number), number % (len(text) + 1))


def settings(text: str, number: int) -> None:
    """Settings give messages and no exception, and as much of them as is valid."""
    parse_settings(("/p/agentls.toml", "/p/pyproject.toml")[number % 2], text)
    list(find_toml_entries(text))
    parse_toml(text)


COMPANIONS = (
    *("/p/.claude/settings.json", "/p/.mcp.json", "/p/.claude-plugin/plugin.json", "/p/opencode.json"),
    *(
        "/p/.claude-plugin/marketplace.json",
        "/p/hooks/hooks.json",
        "/p/.gemini/settings.json",
        "/p/.vscode/mcp.json",
    ),
)


def companions(text: str, number: int) -> None:
    """The names in JSON beside the agents are extracted, also from half of a file."""
    plugin = Plugin("/p", "kit") if number % 3 == 0 else None
    extract_json.extract_config_names(COMPANIONS[number % len(COMPANIONS)], text, plugin)
    parse_json(text)
    error = find_json_error(text)
    if error is None:
        json.loads(text)


def prose(text: str, _: int) -> None:
    """Markdown is parsed."""
    markdown.parse(text, 0)


TARGETS = MappingProxyType(
    {
        "read": (read, 30),
        "lint": (lint, 20),
        "fix": (fix, 4),
        "format": (form, 6),
        "everything": (everything, 1),
        "settings": (settings, 15),
        "companions": (companions, 15),
        "markdown": (prose, 10),
    }
)
"""The targets, and how often each is run beside the others."""
