"""Fixtures: annotated agent files, and the helpers that run them.

A fixture is a text in sections, as in txtar: prose first, then `-- path --` lines, each
followed by the file of that path. A line of carets below a line is one expected diagnostic,
exactly under the span: `^^^^ unknown-tool: words the message must contain`. `^^^^> code` means
that the span goes on over further lines. Caret lines are taken out before the text is
analysed. `<|>` marks a cursor. A line `(1,000 characters)` stands for as many. A section
`agentls.toml` is the configuration, and a section `.claude-plugin/plugin.json` makes the files
around it a plugin's. Several files are a project, unless the prose says "Each file is looked at by itself".
"""

from __future__ import annotations

import posixpath
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from agentls import config
from agentls.dialects.plugin_manifests import HOOKS, MANIFEST, MARKETPLACE
from agentls.document import locate, plugins
from agentls.document.document import Document
from agentls.document.plugins import Plugin
from agentls.document.tools import AvailableTools
from agentls.linter import check
from agentls.linter.rules import all_rules
from agentls.project import extract, extract_json
from agentls.project.index import Index
from agentls.text import globs
from agentls.text.offsets import Span
from agentls.text.paths import is_inside

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FIXTURES = Path(__file__).parent / "fixtures"
CURSOR = "<|>"
TEXTS = (".md", ".mdc", ".yaml")
"""How the files of a case end that are checked; others are just there."""

_SECTION = re.compile(r"^-- (\S+) --$", re.MULTILINE)
_CARETS = re.compile(r"(?P<indent>\s*)(?P<carets>\^+)(?P<more>>?) (?P<code>[a-z-]+)(?:: (?P<words>.*))?")
_LENGTH = re.compile(r"^(?P<indent> *)\((\d+),(\d+) characters\)$", re.MULTILINE)
_BY_ITSELF = "Each file is looked at by itself"


class Expected(NamedTuple):
    """One expected diagnostic: where it starts and ends (`None`: on a later line), its code, and
    words of its message."""

    start: int
    end: int | None
    code: str
    words: str


class MemoryWorld(NamedTuple):
    """The surroundings of a document in a project that has just these files."""

    document: Document
    files: tuple[str, ...]
    project_index: Index | None = None

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder at `path`, relative to the document's folder."""
        full = posixpath.normpath(posixpath.join(posixpath.dirname(self.document.path), path))
        return any(file == full or file.startswith(f"{full}/") for file in self.files)

    def has_match(self, pattern: str) -> bool:
        """Whether any file matches `pattern`, relative to the root of the document's project."""
        root = locate.content_root(self.document)
        below = [
            file.removeprefix(f"{root}/") for file in self.files if not root or file.startswith(f"{root}/")
        ]
        return root is None or any(globs.matches(pattern, file) for file in below)


@dataclass
class Case:
    """A small project in memory: prose, files by path, and what is expected of each."""

    prose: str
    files: dict[str, str] = field(default_factory=dict)
    expected: dict[str, list[Expected]] = field(default_factory=dict)

    @property
    def config(self) -> config.Config:
        """The case's configuration; a setting that is not in order is a mistake in the case."""
        data = tomllib.loads(self.files.get("agentls.toml", ""))
        found = config.parse_config(data, all_rules())
        assert not found.problems, found.problems
        return found.config

    def document(self, path: str) -> Document:
        """The document at `path`."""
        document = locate.make_document(
            path, self.files[path], self.config, self._plugin(path), "claude-code"
        )
        assert document is not None
        return document

    def _plugin(self, path: str) -> Plugin | None:
        """The plugin that the file at `path` belongs to."""
        entries = [
            entry
            for at, text in self.files.items()
            if f"/{at}".endswith(f"/{MARKETPLACE}")
            for entry in plugins.parse_marketplace(at.removesuffix(MARKETPLACE).rstrip("/"), at, text)
        ]
        roots = {entry.root for entry in entries}
        roots |= {
            at.removesuffix(MANIFEST).rstrip("/") for at in self.files if f"/{at}".endswith(f"/{MANIFEST}")
        }
        root = max((root for root in roots if not root or is_inside(path, root)), default=None, key=len)
        if root is None:
            return None
        texts = plugins.PluginTexts(
            *(self.files.get(posixpath.join(root, file)) for file in (MANIFEST, HOOKS))
        )
        return plugins.make_plugin(root, texts, [entry for entry in entries if entry.root == root])

    def diagnostics(self, path: str) -> list[check.Diagnostic]:
        """What the checks say about the file at `path`."""
        document = self.document(path)
        world = MemoryWorld(document, tuple(self.files), self.index)
        return check.check(document, self.config.for_path(path), world)

    @property
    def index(self) -> Index | None:
        """The names of all files of the case, where there is more than one and they are a project."""
        texts = [at for at in self.files if at.endswith(TEXTS)]
        beside = [
            extract_json.extract_config_names(at, text, self._plugin(at)) for at, text in self.files.items()
        ]
        found = [
            *(extract.extract_names(self.document(at)) for at in texts),
            *(names for names in beside if names),
        ]
        if len(found) < 2 or _BY_ITSELF in " ".join(self.prose.split()):
            return None
        index = Index()
        for names in found:
            index.update(names)
        return index


def parse_case(text: str) -> Case:
    """A case from the text of a fixture."""
    pieces = _SECTION.split(text)
    case = Case(pieces[0])
    for path, content in zip(pieces[1::2], pieces[2::2], strict=True):
        case.files[path], case.expected[path] = take_carets(at_length(content.removeprefix("\n")))
    return case


def at_length(text: str) -> str:
    """`text` with as many characters where a line `(1,000 characters)` stands for them."""
    return _LENGTH.sub(lambda found: found["indent"] + "x" * int(found[2] + found[3]), text)


def take_carets(text: str) -> tuple[str, list[Expected]]:
    """`text` without its caret lines, and what they expect."""
    kept: list[str] = []
    expected: list[Expected] = []
    start = length = 0
    for line in text.splitlines(keepends=True):
        found = _CARETS.fullmatch(line.rstrip("\n"))
        if found and kept:
            first = start + len(found["indent"])
            end = None if found["more"] else first + len(found["carets"])
            expected.append(Expected(first, end, found["code"], found["words"] or ""))
        else:
            start = length
            kept.append(line)
            length += len(line)
    return "".join(kept), expected


def assert_diagnostics(case: Case) -> None:
    """Fail unless each agent file of the case has exactly the diagnostics its carets expect."""
    for path in case.files:
        if not path.endswith(TEXTS):
            continue
        found = case.diagnostics(path)
        text = case.files[path]
        missing = list(case.expected[path])
        extra = []
        for diagnostic in found:
            match = next((e for e in missing if _fits(e, diagnostic, text)), None)
            if match:
                missing.remove(match)
            else:
                extra.append(diagnostic)
        assert (missing, extra) == ([], []), _report(path, text, missing, extra)


def _fits(expected: Expected, found: check.Diagnostic, text: str) -> bool:
    line_end = text.find("\n", expected.start)
    ends = found.span.end == expected.end if expected.end is not None else found.span.end > line_end
    return (
        found.span.start == expected.start
        and ends
        and found.code == expected.code
        and expected.words in found.message
    )


def _report(path: str, text: str, missing: list[Expected], extra: list[check.Diagnostic]) -> str:
    lines = [f"in {path}:"]
    lines += [f"  missing {e.code} ({e.words}) at {_show(text, e.start, e.end)}" for e in missing]
    lines += [f"  not expected {d.code}: {d.message} at {_show(text, *d.span)}" for d in extra]
    return "\n".join(lines)


def _show(text: str, start: int, end: int | None) -> str:
    line = text.count("\n", 0, start) + 1
    return f"line {line}, {text[start : end or start + 20]!r}"


def at_cursor(text: str) -> tuple[str, int]:
    """`text` without its cursor mark, and the offset where it stood."""
    offset = text.index(CURSOR)
    return text.replace(CURSOR, "", 1), offset


def agent(text: str, path: str = ".claude/agents/case.md", **options: Any) -> Document:
    """A document of its own with the default configuration, or one with `options` changed."""
    document = locate.make_document(path, text, config.Config(**options), None, "claude-code")
    assert document is not None
    return document


def tools_of(text: str, path: str = ".claude/agents/case.md") -> AvailableTools:
    """The tools of the agent with that text."""
    document = agent(text, path)
    return document.tools_in(document.reading)


def covered(document: Document, span: Span) -> str:
    """The text under a span, for readable assertions."""
    return span.text_in(document.text)
