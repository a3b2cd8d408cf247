"""The documents that are open in the editor, each version of them frozen."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import count

from agentls.config import Config
from agentls.document import locate
from agentls.document.document import Document
from agentls.linter.check import Diagnostic
from agentls.lsp.addresses import decode_uri, path_of
from agentls.lsp.configuration import Configuration
from agentls.workspace import disk

_LANGUAGES = {
    "chatagent": ("copilot", "claude-code"),
    "prompt": ("copilot-prompt",),
    "instructions": ("copilot-instructions",),
    "skill": ("agent-skills", "claude-skills"),
}
"""The language identifiers of VS Code for files that it loads, with the dialects of such files outside all known
places."""

_revisions = count(1)


@dataclass(frozen=True)
class OpenDocument:
    """One version of an open text, with its `Document` and its settings if it is an agent file.

    `root` is the root of its project, "" if it is not an agent file. Each version, and each replacement of a
    version after a change around it, has a `revision` of its own. `checked` keeps the diagnostics of the
    revision once they are computed (`snapshot.Snapshot.diagnostics`).
    """

    uri: str
    language: str
    version: int
    text: str
    document: Document | None = None
    config: Config = Config()  # noqa: RUF009  A `Config` is immutable.
    root: str = ""
    revision: int = field(default_factory=_revisions.__next__, init=False, compare=False)
    checked: list[list[Diagnostic]] = field(default_factory=list, init=False, compare=False, repr=False)

    @property
    def path(self) -> str | None:
        """The path (with `/`) of the file; `None` if the text is not a file on the disk."""
        return path_of(self.uri)


def edit_document(old: OpenDocument, version: int, text: str, configuration: Configuration) -> OpenDocument:
    """Return the next version of a document."""
    if old.document is None:
        return locate_document(OpenDocument(old.uri, old.language, version, text), configuration)
    # A document that was opened as an agent file remains one until it is closed, whatever the user types.
    return replace(old, version=version, text=text, document=old.document._replace(text=text))


def locate_document(opened: OpenDocument, configuration: Configuration) -> OpenDocument:
    """Return `opened` with the document and the settings that follow from its place."""
    path = _path_or_name(opened)
    if path is None:
        return opened
    config, dialect = configuration.settings_of(path)
    folder = path.rpartition("/")[0]
    plugin = disk.find_plugin(folder) if folder else None
    document = locate.make_document(
        path, opened.text, config, plugin, dialect or _guess_dialect(path, opened)
    )
    return replace(opened, document=document, config=config)


def _path_or_name(opened: OpenDocument) -> str | None:
    """Return the path of a file, or the name of an agent file that was never saved; `None` for others."""
    scheme, _, rest = opened.uri.partition(":")
    if scheme == "untitled":
        return decode_uri(rest) if opened.language in _LANGUAGES else None
    return opened.path


def _guess_dialect(path: str, opened: OpenDocument) -> str | None:
    """Return the dialect of a file outside all known places, `None` unless the language identifier of the editor
    tells that it is an agent file."""
    if opened.language not in _LANGUAGES:
        return None
    if opened.document is not None:
        return opened.document.dialect.name
    return max(_LANGUAGES[opened.language], key=lambda name: _count_known_words(path, opened.text, name))


def _count_known_words(path: str, text: str, dialect: str) -> int:
    """Return how many of the keys and tools in a text a dialect has."""
    document = locate.make_document(path, text, Config(), None, dialect)
    if document is None:
        return 0
    facts = document.dialect
    tools = [item.entry.name for tools in document.tool_lists for item in tools.items]
    return sum(facts.key(entry.key.text) is not None for entry in document.root.entries) + sum(
        facts.tool(name) is not None for name in tools
    )
