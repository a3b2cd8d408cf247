"""What a model can ask through `agentls mcp`: each tool as a function of its arguments.

Nothing here writes or starts anything, and only files of the project, and what `agentls check` reads besides, are
read. Each call reads the files as they are then; of a large project the results of earlier calls are kept in memory.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from agentls.cli.argument_values import dialect_name, severity_threshold
from agentls.cli.convert_command import ConvertedFile, conversion_data, convert_file, project_base
from agentls.cli.examined_files import find_cache
from agentls.cli.explain_command import find_page
from agentls.cli.file_runs import FileRun, Input, RunOptions, forget_files
from agentls.cli.inspect_command import inspect_in_project
from agentls.cli.project_files import ExaminedProjects, examine_projects
from agentls.dialects.unsupported_files import find_unsupported_file
from agentls.document.document import Document
from agentls.document.secrets import hide_secrets
from agentls.features import rename as renaming
from agentls.features.rename import Files, RenameEdit, RenameError
from agentls.linter.consequence import Severity
from agentls.linter.fixing import judge_fixes
from agentls.project import extract
from agentls.project.index import Index
from agentls.project.names import Definition, NameKind, Names
from agentls.reports import inspection
from agentls.reports.model_findings import advise, describe_for_model
from agentls.text.escaping import code_block, code_span, escape_lines, escape_path
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import LineIndex
from agentls.text.paths import is_inside
from agentls.workspace import disk, load, settings_files, user_files
from agentls.workspace.discovery import FoundFile
from agentls.workspace.regular_files import check_size

if TYPE_CHECKING:
    from agentls.cli.result_cache import ResultCache

MAX_FILES = 20
"""The number of files whose findings one answer lists."""

MAX_LISTED = 100
"""The number of definitions that one answer lists."""

_MAX_DESCRIPTION = 120


class Answer(NamedTuple):
    """The answer to a call: a text, and the same as plain data for programs, `None` if the text is a page."""

    text: str
    data: Mapping[str, Any] | None = None


class CallError(Exception):
    """A call that cannot be answered. The text is for the model."""


class _Notes:
    """What a run reports: its messages, without the progress."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def message(self, text: str) -> None:
        """Keep a message."""
        self.lines.append(text)

    def progress(self, done: int) -> None:
        """Ignore the progress."""


class ModelTools:
    """The tools for the project of the current folder. `config` is the file with its settings, `None` to find them."""

    def __init__(self, config: str | None = None) -> None:
        folder = disk.absolute_path(os.curdir)
        self.root = load.find_project_root(f"{folder}/.", [folder])
        self._config = config
        self._caches: dict[RunOptions, ResultCache] = {}

    def call(self, name: str, arguments: Mapping[str, Any]) -> Answer:
        """Call the tool `name` with arguments that its schema allows. Raises `CallError`."""
        tools: dict[str, Callable[..., Answer]] = {
            "check": self._check,
            "inspect": self._inspect,
            "explain": _explain,
            "convert": self._convert,
            "list_agents": self._list_agents,
            "rename": self._rename,
        }
        forget_files()
        return tools[name](**arguments)

    # Tools

    def _check(
        self, path: str = ".", text: str | None = None, severity: str = "warning", dialect: str | None = None
    ) -> Answer:
        run, notes = self._start(dialect)
        given = self._find_files(run, path, text)
        projects = self._examine(run, given, is_check=True)
        found: list[_Checked] = []
        for file in given.files:
            checked = _Checked.of(projects, file, severity_threshold(severity))
            if isinstance(checked, str):
                run.fail(file.display_path, checked)
            else:
                found.append(checked)
        if run.failed and not found:
            raise CallError("\n".join(notes.lines))
        return _describe_checked(found, notes.lines)

    def _inspect(
        self, path: str, text: str | None = None, arguments: str | None = None, dialect: str | None = None
    ) -> Answer:
        run, _ = self._start(dialect)
        given = self._one_file(run, path, text)
        projects = self._examine(run, given, is_check=False)
        (file,) = given.files
        try:
            inspected = inspect_in_project(projects, file, arguments)
        except OSError as error:
            raise CallError(f"{escape_path(path)}: {disk.describe_error(error)}") from error
        lines = inspection.render_text(inspected._replace(path=file.display_path))
        return Answer(escape_lines(hide_secrets(inspection.strip_styles(lines))))

    def _convert(
        self,
        path: str,
        to: str,
        text: str | None = None,
        allow_wider_tools: bool = False,
        dialect: str | None = None,
    ) -> Answer:
        run, _ = self._start(dialect)
        given = self._one_file(run, path, text)
        (file,) = given.files
        document = _open(run, file, given.texts)
        converted = convert_file(
            file,
            document,
            to,
            project_base(document),
            {},
            allows_wider=allow_wider_tools,
            option="`allow_wider_tools`",
        )
        return _describe_converted(converted)

    def _list_agents(self, kind: NameKind | str = "agent", path: str = ".") -> Answer:
        run, _ = self._start(None)
        folder = self.root if path == "." else self._inside(path)
        index = self._index(run, extract.extract_names_for_rules)
        kinds = ("agent", "skill", "command", "server") if kind == "any" else (kind,)
        found = [
            each
            for names in index
            for each in names.definitions
            if each.kind in kinds and (folder == self.root or is_inside(each.path, folder))
        ]
        found.sort(key=lambda each: (not is_inside(each.path, self.root), each.full_name, each.path))
        return _describe_definitions(found, "definition" if kind == "any" else kind)

    def _rename(self, name: str, new_name: str, kind: str = "any", path: str = "") -> Answer:
        run, _ = self._start(None)
        index = self._index(run, extract.extract_names)
        files = Files(
            self.root,
            cache(disk.find_text),
            lambda at, text: _placed_document(run, at, text),
            lambda at, text: load.parse_names(at, text, run.options.settings),
            disk.exists,
        )
        definition = _find_definition(index, name, kind, self._inside(path) if path else "", files)
        renamed = renaming.rename(index, definition, new_name, files)
        if isinstance(renamed, RenameError):
            raise CallError(renamed.reason)
        return _describe_renaming(definition, new_name, renamed, files)

    # Files

    def _start(self, dialect: str | None) -> tuple[FileRun, _Notes]:
        """Start a run for one call, in this process only."""
        notes = _Notes()
        try:
            options = RunOptions(dialect_name(dialect) if dialect else None, self._config)
        except argparse.ArgumentTypeError as error:
            raise CallError(str(error)) from error
        return FileRun(options, notes, jobs=1), notes

    def _inside(self, path: str) -> str:
        """Return the absolute path of what is in the project, also after all links."""
        try:
            full = disk.absolute_path(path)
            real, root = (disk.absolute_path(os.path.realpath(each)) for each in (full, self.root))
        except ValueError as error:
            raise CallError(f"{escape_path(path)} is not a valid path.") from error
        if not (is_inside(full, self.root) and is_inside(real, root)):
            raise CallError(f"{escape_path(path)} is outside the project {escape_path(self.root)}.")
        return full

    def _find_files(self, run: FileRun, path: str, text: str | None) -> Input:
        """Return the agent files at a path, which may be a folder."""
        full = self._inside(path)
        if text is not None or not os.path.isdir(full):
            return self._one_file(run, path, text)
        files = run.find_files([path])
        if not files:
            raise CallError(f"There are no agent files in {escape_path(path)}.")
        return Input(files, [path], {})

    def _one_file(self, run: FileRun, path: str, text: str | None) -> Input:
        """Return the file at a path, with the text that stands for its own."""
        full = self._inside(path)
        file = FoundFile(disk.relative_path(full, os.curdir), full)
        shown = escape_path(file.display_path)
        if text is not None:
            try:
                check_size(text.encode("utf-8", "surrogatepass"))
            except OSError as error:
                raise CallError(f"{shown}: {disk.describe_error(error)}") from error
        elif os.path.isdir(full):
            raise CallError(f"{shown} is a folder; name a file.")
        elif not os.path.exists(full):
            raise CallError(f"{shown}: no such file. Pass `text` to use content that is not saved.")
        if not run.knows_format(full):
            known = find_unsupported_file(full, "")
            what = (
                f"this is {known.title}"
                if known
                else "its path does not determine its format; pass `dialect`"
            )
            raise CallError(f"{shown}: {what}.")
        return Input([file], [], {} if text is None else {full: text})

    def _examine(self, run: FileRun, given: Input, *, is_check: bool) -> ExaminedProjects:
        """Examine the files with the others of their projects. For checks, results are kept for the next call."""

        def cache_for(count: int) -> ResultCache | None:
            cache = self._caches.get(run.options)
            if cache is None:
                cache = find_cache(self.root, run.options, count, in_project=True)
            if cache is not None:
                self._caches[run.options] = cache
            return cache

        files, paths, texts = given
        if not is_check:
            return examine_projects(run, files, paths, texts)
        return examine_projects(run, files, paths, texts, is_check=True, find_cache=cache_for)

    def _index(self, run: FileRun, extract_from: Callable[[Document], Names]) -> Index:
        """Return the names of all files of the project, and of the user's own files."""
        index, settings = Index(user_files.user_folder()), run.options.settings
        for path in load.find_index_files(self.root, settings):
            text = disk.find_text(path)
            names = (
                None if text is None else load.parse_names(path, text, settings, extract_from=extract_from)
            )
            if names:
                index.update(names)
        return index


def _open(run: FileRun, file: FoundFile, texts: Mapping[str, str]) -> Document:
    try:
        text = texts[file.path] if file.path in texts else disk.read_text(file.path)
    except OSError as error:
        raise CallError(f"{escape_path(file.display_path)}: {disk.describe_error(error)}") from error
    return run.options.open_document(file.path, text)


def _placed_document(run: FileRun, path: str, text: str) -> Document | None:
    return settings_files.open_document(path, text, run.options.settings(path.rpartition("/")[0]))


# --- check ------------------------------------------------------------------------------------


class _Checked(NamedTuple):
    """The findings of a file: how many of each severity, what to say about the worst, and the same as data."""

    path: str
    counts: Counter[Severity]
    text: str
    data: Mapping[str, Any]

    @staticmethod
    def of(projects: ExaminedProjects, file: FoundFile, threshold: int) -> _Checked | str:
        """Return the findings of a file that was examined, or the reason why it could not be checked."""
        failure = projects.files[file.path].failure
        if failure:
            return failure
        try:
            document, _, diagnostics = projects.check(file.path)
        except OSError as error:
            return disk.describe_error(error)
        severe = [each for each in diagnostics if each.severity <= threshold]
        advice = advise(document, judge_fixes(document, severe, only_first=True)) if severe else []
        return _Checked(
            escape_path(file.display_path),
            Counter(each.severity for each in severe),
            describe_for_model(file.display_path, advice, len(severe)) if severe else "",
            {
                "path": escape_path(file.display_path),
                "count": len(severe),
                "findings": [each._asdict() for each in advice],
            },
        )


def _describe_checked(found: list[_Checked], notes: list[str]) -> Answer:
    """Describe the findings of files, the files with the worst first."""
    faulty = sorted((each for each in found if each.counts), key=lambda each: (min(each.counts), each.path))
    total = sum((each.counts for each in faulty), Counter[Severity]())
    listed, left = faulty[:MAX_FILES], faulty[MAX_FILES:]
    if len(found) == 1 and not faulty:
        parts = [f"No problems in {found[0].path}."]
    elif len(found) == 1:
        parts = []
    else:
        counts = ", ".join(f"{severity.label}: {count}" for severity, count in sorted(total.items()))
        parts = [f"{len(faulty)} of {len(found)} files have problems" + (f" ({counts})." if counts else ".")]
    parts += (each.text for each in listed)
    if left:
        parts.append(f"{len(left)} more files have problems. Check them by folder or by file.")
    parts += notes
    data = {
        "checked": len(found),
        "files_with_problems": len(faulty),
        "files": [each.data for each in listed],
        "notes": notes,
    }
    return Answer(escape_lines("\n".join(parts)), data)


# --- explain ----------------------------------------------------------------------------------


def _explain(name: str, dialect: str | None = None) -> Answer:
    try:
        return Answer(find_page(name, dialect_name(dialect) if dialect else None))
    except (LookupError, argparse.ArgumentTypeError) as error:
        raise CallError(str(error)) from error


# --- convert ----------------------------------------------------------------------------------

_STATUS_NOTES = {"exists": " (exists)", "unchanged": " (exists with this text)"}


def _describe_converted(file: ConvertedFile) -> Answer:
    """Describe what becomes of an agent, with the text of the new file as it is."""
    data = conversion_data(file)
    if file.status == "refused":
        lines = [f"{escape_path(file.shown)} cannot be converted: {file.reason}"]
    else:
        target = f"{escape_path(file.path)}{_STATUS_NOTES.get(file.status, '')}"
        lines = [f"{escape_path(file.shown)} becomes {target}:"]
    lines += (
        f"- {note.kind}: {note.message}" for note in file.conversion.notes if note.message not in file.reason
    )
    text = escape_lines("\n".join(lines))
    if data["content"] is None:
        return Answer(text, data)
    return Answer(f"{text}\n{code_block(data['content'], 'markdown')}", data)


# --- list_agents ------------------------------------------------------------------------------


def _describe_definitions(found: list[Definition], kind: str) -> Answer:
    listed = found[:MAX_LISTED]
    rows = [_definition_data(each) for each in listed]
    lines = [f"{len(found)} {kind}{'' if len(found) == 1 else 's'}:" if found else f"There are no {kind}s."]
    for row in rows:
        state = "" if row["loads"] else " (not loaded; `check` tells why)"
        lines.append(
            f"- {row['name']} ({row['kind']}, {row['path']}){state}: {row['description']}".rstrip(": ")
        )
    if len(found) > len(listed):
        lines.append(f"{len(found) - len(listed)} more: pass `kind` or `path`.")
    return Answer(escape_lines("\n".join(lines)), {"count": len(found), "definitions": rows})


def _definition_data(definition: Definition) -> dict[str, Any]:
    description = hide_secrets(" ".join(definition.description.split()))
    if len(description) > _MAX_DESCRIPTION:
        description = f"{description[:_MAX_DESCRIPTION].rpartition(' ')[0]} ..."
    return {
        "name": definition.full_name,
        "kind": definition.kind,
        "path": escape_path(disk.relative_path(definition.path, os.curdir)),
        "format": definition.dialect,
        "loads": definition.loads,
        "description": description,
    }


# --- rename -----------------------------------------------------------------------------------


def _find_definition(index: Index, name: str, kind: str, path: str, files: Files) -> Definition:
    """Return what has a name, if it is one thing and in the project."""
    named = [
        each
        for names in index
        for each in names.definitions
        if name in (each.name, each.full_name) and kind in ("any", each.kind) and path in ("", each.path)
    ]
    found = [each for each in named if files.contains(each.path)]
    if len(found) == 1:
        return found[0]
    if found:
        places = ", ".join(f"the {each.kind} in {files.relative(each.path)}" for each in found)
        raise CallError(f"{code_span(name)} is defined several times: {places}. Pass `kind` or `path`.")
    if named:
        raise CallError(f"{code_span(name)} is defined outside the project, in {escape_path(named[0].path)}.")
    similar = next(filter(None, (index.suggest_name(each, name) for each in _KINDS)), None)
    hint = f" Did you mean {code_span(similar)}?" if similar else ""
    raise CallError(f"{code_span(name)} is not defined in this project.{hint}")


_KINDS: tuple[NameKind, ...] = ("agent", "skill", "command", "server")


def _describe_renaming(
    definition: Definition, new_name: str, renamed: renaming.Renaming, files: Files
) -> Answer:
    edits = list(_edit_data(renamed.changes, files))
    lines = [f"To rename the {definition.kind} {code_span(definition.name)} to {code_span(new_name)}:"]
    for edit in edits:
        old, new = code_span(edit["old_text"]), code_span(edit["new_text"])
        doubt = " (a word in prose; see whether it means this one)" if edit["reason"] == "prose" else ""
        where = f"{edit['path']}, line {edit['line']}, column {edit['column']}"
        lines.append(f"- {where}: replace {old} with {new}{doubt}")
    move = None
    if renamed.move:
        move = {key: _shown(path) for key, path in renamed.move._asdict().items()}
        lines.append(f"- rename {move['old']} to {move['new']}")
    return Answer(escape_lines("\n".join(lines)), {"edits": edits, "move": move})


def _edit_data(changes: tuple[RenameEdit, ...], files: Files) -> Iterator[dict[str, Any]]:
    texts = {path: files.text(path) or "" for path in dict.fromkeys(each.path for each in changes)}
    lines = {path: LineIndex(text) for path, text in texts.items()}
    for change in changes:
        position = lines[change.path].position(change.edit.span.start, "utf-32")
        yield {
            "path": _shown(change.path),
            "line": position.line + 1,
            "column": position.character + 1,
            "old_text": change.edit.span.text_in(texts[change.path]),
            "new_text": change.edit.new_text,
            "reason": change.reason,
        }


def _shown(path: str) -> str:
    return escape_path(disk.relative_path(path, os.curdir))
