"""The results of earlier runs, kept in `.agentls_cache`, so that an unchanged file is not checked again.

An entry is used only if nothing has changed that the result depends on: the content of the file, its settings
and its plugin, which make its key; the options of the command line, the version and the code of agentls and of
what it is built on, which make the name of the cache file; and the existence of the files that the rules asked
about, which is asked again. What depends on the other files of a project is kept with a digest of all of them.

The cache is a text of one line per file, in JSON, because a project must not be able to run code. It is replaced
as a whole, so concurrent runs do no harm. It starts with a digest of its text and of a secret of the user: a cache
that is damaged, or that came with a repository, is ignored and written anew.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

import yaml

import agentls
from agentls.cli.file_runs import RunOptions
from agentls.dialects import config_files
from agentls.linter.check import Diagnostic
from agentls.linter.consequence import Consequence, Effect, Severity
from agentls.linter.rule import Fix, Related
from agentls.project.index import Index
from agentls.project.names import Definition, Names, PermissionRule, Reference
from agentls.project.world import World
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Edit, Span
from agentls.workspace import disk, git_ignore, user_files
from agentls.workspace.regular_files import read_bytes

FOLDER = ".agentls_cache"

_MAX_CACHES = 8
"""The number of caches that are kept: there is one for each set of options."""

_MAX_BYTES = 256 * 1024 * 1024

_SECRET_BYTES = 32

_TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# This file marks a cache folder of agentls.\n"


class CacheEntry(NamedTuple):
    """What is kept of one file. The fields with JSON are decoded only where they are needed.

    `key` stands for everything in the file that the result depends on, and `questions` are those that were asked
    about other files, with the answers. `diagnostics` are those that depend on no other file: `null` if that cannot
    be told, and "" if the file was not checked. `names` are what the file defines and refers to; `are_shared` as in
    `ExaminedFile`. `final` are all diagnostics in a project with the digest `project`.
    """

    path: str
    key: str
    questions: str = "[]"
    diagnostics: str = ""
    names: str = "null"
    are_shared: str = "true"
    project: str = ""
    final: str = ""

    def checked(self, questions: list[str], diagnostics: Iterable[Diagnostic] | None) -> CacheEntry:
        """Return the same with the diagnostics that depend on no other file, and the questions of their rules."""
        return self._replace(
            questions=questions[0] if questions else "[]", diagnostics=encode_diagnostics(diagnostics)
        )


class ResultCache:
    """The entries of one cache file by the paths of the files; empty if there is none to read."""

    def __init__(self, file: str) -> None:
        self._file = file
        self.entries = _read(file)
        self._has_changed = False

    def make_recall(self, options: RunOptions) -> Recall:
        """Return what finds the entries of files as they are now."""
        return Recall(options, self.entries)

    def put(self, entry: CacheEntry) -> None:
        """Keep an entry for the next run."""
        if self.entries.get(entry.path) != entry:
            self.entries[entry.path] = entry
            self._has_changed = True

    def save(self) -> None:
        """Write the cache if anything has changed. Nothing happens where it cannot be written."""
        if not self._has_changed:
            return
        try:
            _write(self._file, [entry for path, entry in self.entries.items() if os.path.exists(path)])
        except OSError:
            return


def find_cache(path: str, options: RunOptions, *, in_project: bool) -> ResultCache:
    """Return the cache for a run on the file or folder at `path`: in the root of its repository, else in the
    folder with its settings, else in the folder itself."""
    full = disk.absolute_path(path)
    folder = full if os.path.isdir(full) else full.rpartition("/")[0]
    root = git_ignore.find_repository(folder) or options.settings(folder).root or folder
    parts = (*_version(), repr(options), in_project, user_files.user_folder())
    moved = [os.environ.get(row.variable) for row in config_files.user_folders()]
    return ResultCache(f"{root}/{FOLDER}/{digest(repr((parts, moved)))}.jsonl")


class Recall:
    """Finds the entries that are still true. Unlike the cache it can be sent to other processes."""

    def __init__(self, options: RunOptions, entries: Mapping[str, CacheEntry]) -> None:
        self._options = options
        self._entries = entries
        self._settings: dict[str, str] = {}

    def make_key(self, path: str, text: str) -> str:
        """Return what stands for a file with this text, its settings and its plugin."""
        folder = path.rpartition("/")[0]
        if folder not in self._settings:
            surroundings = (self._options.settings(folder), disk.find_plugin(folder))
            self._settings[folder] = digest(repr(surroundings))
        return digest(text, self._settings[folder])

    def find(self, path: str, text: str, key: str, *, only_names: bool = False) -> CacheEntry | None:
        """Return the entry of the file at `path`, if it tells the result for this text and key, with the files
        around it as they are now. The names of a file do not depend on these: with `only_names` they may be others."""
        entry = self._entries.get(path)
        if entry is None or entry.key != key:
            return None
        if entry.questions != "[]" and not only_names:
            world = disk.DiskWorld(self._options.open_document(path, text))
            for question, about, answer in json.loads(entry.questions):
                if (world.exists(about) if question == "exists" else world.has_match(about)) != answer:
                    return None
        return entry


class RecordingWorld:
    """A world that notes what it was asked, and what it answered."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._answers: dict[tuple[str, str], bool] = {}

    @property
    def project_index(self) -> Index | None:
        """The names of all files of the project."""
        return self._world.project_index

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder at `path`, relative to the document's folder."""
        answer = self._answers["exists", path] = self._world.exists(path)
        return answer

    def has_match(self, pattern: str) -> bool:
        """Whether any file of the project matches `pattern`."""
        answer = self._answers["has_match", pattern] = self._world.has_match(pattern)
        return answer

    @property
    def questions(self) -> str:
        """The questions with their answers as JSON."""
        return json.dumps([(*question, answer) for question, answer in self._answers.items()])


# --- entries as text --------------------------------------------------------------------------


def encode_diagnostics(diagnostics: Iterable[Diagnostic] | None) -> str:
    """Return diagnostics as JSON."""
    return json.dumps(None if diagnostics is None else list(diagnostics))


def decode_diagnostics(text: str) -> tuple[Diagnostic, ...] | None:
    """Return the diagnostics that `encode_diagnostics` was given."""
    rows = json.loads(text)
    return None if rows is None else tuple(_diagnostic(*row) for row in rows)


def encode_names(names: Names | None) -> str:
    """Return the names of a file as JSON."""
    return json.dumps(names)


def decode_names(text: str) -> Names | None:
    """Return the names that `encode_names` was given."""
    row = json.loads(text)
    if row is None:
        return None
    names = Names(*row)
    return names._replace(
        runtimes=tuple(names.runtimes),
        definitions=tuple(_definition(Definition(*each)) for each in names.definitions),
        references=tuple(_with_span(Reference(*each)) for each in names.references),
        permissions=tuple(_with_span(PermissionRule(*each)) for each in names.permissions),
    )


def _diagnostic(
    span: Any, code: str, severity: int, message: str, fixes: Any, related: Any, tags: Any, effects: Any
) -> Diagnostic:
    return Diagnostic(
        Span(*span),
        code,
        Severity(severity),
        message,
        tuple(map(_fix, fixes)),
        tuple(Related(Span(*at), message, path) for at, message, path in related),
        tuple(tags),
        tuple(Effect(runtime, Consequence(consequence), *flags) for runtime, consequence, *flags in effects),
    )


def _fix(row: Any) -> Fix:
    fix = Fix(*row)
    edits = tuple(Edit(Span(*at), new) for at, new in fix.edits)
    return fix._replace(edits=edits, instead=tuple(map(_fix, fix.instead)))


def _definition(row: Definition) -> Definition:
    tools = None if row.tools is None else tuple(row.tools)
    return row._replace(span=Span(*row.span), runtimes=tuple(row.runtimes), tools=tools)


def _with_span(row: Any) -> Any:
    return row._replace(span=Span(*row.span))


# --- the file ---------------------------------------------------------------------------------


def _read(file: str) -> dict[str, CacheEntry]:
    """The entries in a cache file; none if it is missing or damaged."""
    if os.path.islink(os.path.dirname(file)):
        return {}
    try:
        signature, _, body = read_bytes(file, _MAX_BYTES).decode("ascii").partition("\n")
        if signature != _sign(file, body, _read_secret()):
            return {}
        entries = (CacheEntry(*line.split("\t")) for line in body.splitlines())
        return {json.loads(entry.path): entry._replace(path=json.loads(entry.path)) for entry in entries}
    except (OSError, ValueError, TypeError):
        return {}


def _write(file: str, entries: Iterable[CacheEntry]) -> None:
    folder = os.path.dirname(file)
    if os.path.islink(folder):
        return
    os.makedirs(folder, exist_ok=True)
    for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", _TAG)):
        if not os.path.exists(f"{folder}/{name}"):
            _replace(f"{folder}/{name}", text)
    lines = ("\t".join((json.dumps(entry.path), *entry[1:])) for entry in entries)
    body = "".join(f"{line}\n" for line in lines)
    _replace(file, f"{_sign(file, body, _find_secret())}\n{body}")
    _remove_old(folder)


def _sign(file: str, body: str, secret: str) -> str:
    """What only this user can write at the start of a cache with this name and text."""
    return digest(secret, os.path.basename(file), body)


def _find_secret() -> str:
    """The secret of the user, which is made if there is none."""
    try:
        return _read_secret()
    except (OSError, ValueError):
        file = _secret_file()
        os.makedirs(os.path.dirname(file), mode=0o700, exist_ok=True)
        secret = os.urandom(_SECRET_BYTES).hex()
        _replace(file, secret)
        return secret


def _read_secret() -> str:
    secret = read_bytes(_secret_file(), 2 * _SECRET_BYTES).decode("ascii")
    if len(bytes.fromhex(secret)) != _SECRET_BYTES:
        raise ValueError("a damaged secret")
    return secret


def _secret_file() -> str:
    """Where the secret is: in the folder that the system has for the caches of a user."""
    home = user_files.user_folder()
    if sys.platform == "win32":
        caches = os.environ.get("LOCALAPPDATA") or f"{home}/AppData/Local"
    elif sys.platform == "darwin":
        caches = f"{home}/Library/Caches"
    else:
        caches = os.environ.get("XDG_CACHE_HOME") or f"{home}/.cache"
    return disk.absolute_path(f"{caches}/agentls/secret")


def _replace(file: str, text: str) -> None:
    """Write a file so that nobody sees a part of it."""
    temporary = f"{file}.{os.getpid()}"
    try:
        with open(temporary, "w", encoding="ascii", newline="\n") as opened:
            opened.write(text)
        os.replace(temporary, file)
    except OSError:
        if os.path.exists(temporary):
            os.remove(temporary)
        raise


def _remove_old(folder: str) -> None:
    with os.scandir(folder) as scan:
        caches = sorted(
            (entry.stat().st_mtime, entry.path) for entry in scan if entry.name.endswith(".jsonl")
        )
    for _, path in caches[:-_MAX_CACHES]:
        os.remove(path)


def _version() -> tuple[object, ...]:
    """What stands for the code that makes results: a release has its number, and a working copy is told from
    another one by the times of its files."""
    stamps = []
    for folder, _, names in os.walk(os.path.dirname(agentls.__file__)):
        stamps += [
            (os.path.join(folder, name), disk.file_stamp(os.path.join(folder, name)))
            for name in names
            if name.endswith((".py", ".yaml"))
        ]
    parsers = [(name, _stamp_of(name)) for name in ("yaml", "_yaml", "pyromark")]
    return agentls.__version__, sys.version, yaml.__version__, parsers, sorted(stamps)


def _stamp_of(module: str) -> disk.FileStamp | None:
    from importlib.util import find_spec

    spec = find_spec(module)
    return disk.file_stamp(spec.origin) if spec and spec.origin else None


def digest(*texts: str) -> str:
    """Return a short text that stands for some texts."""
    found = blake2b(digest_size=16)
    for text in texts:
        found.update(text.encode("utf-8", "surrogatepass"))
        found.update(b"\xff")
    return found.hexdigest()
