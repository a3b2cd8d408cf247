"""The session, without a client: changes are applied in one place, and questions change nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import lsprotocol.types as t
import pytest

from agentls.lsp import methods
from agentls.lsp.client import Client
from agentls.lsp.methods import METHODS, Method, Reply, load_handler
from agentls.lsp.project_reader import ProjectReader
from agentls.lsp.session import (
    Closed,
    Edited,
    FileRead,
    FilesChanged,
    FoldersChanged,
    Opened,
    ProjectRead,
    Rechecked,
    Session,
    SettingsChanged,
    SettingsEdited,
    Update,
)
from agentls.lsp.snapshot import Snapshot
from agentls.lsp.workspace_diagnostics import WorkspaceDiagnostics
from agentls.project.index import Index
from agentls.project.names import Names
from agentls.workspace import load, settings_files
from lsp.wire import capabilities

LEAD = """\
---
name: lead
description: Leads the others. See [the notes](../../notes.md).
tools: Agent(reviewer), Bahs, mcp__db
disallowedTools:
  -  WebFetch

# agentls: ignore[unknown-key]
color: blue
model: opus
---

# Task

Ask @agent-reviewer, and read [the notes](../../notes.md).

<notes>
Short ones.
</notes>
"""
REVIEWER = "---\nname: reviewer\ndescription: Reviews code.\n---\n\nAsk @agent-lead.\n"
SERVERS = '{"mcpServers": {"db": {"command": "db"}}}'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with two agents that refer to each other, and an MCP server."""
    agents = tmp_path / ".claude/agents"
    agents.mkdir(parents=True)
    (agents / "lead.md").write_text(LEAD, "utf-8")
    (agents / "reviewer.md").write_text(REVIEWER, "utf-8")
    (tmp_path / ".mcp.json").write_text(SERVERS, "utf-8")
    (tmp_path / "notes.md").write_text("Notes.\n", "utf-8")
    return tmp_path


@pytest.fixture
def session(root: Path) -> Session:
    """A session of a client with many capabilities, with the project open and read, and one agent open."""
    client = Client.of(capabilities("vscode-1.139.1"))
    session = Session(client, "utf-16", {}, [root.as_uri()])
    session.apply(FoldersChanged((root.as_uri(),)))
    read(session)
    session.apply(Opened(uri(root, "lead"), "markdown", 1, LEAD))
    return session


def uri(root: Path, name: str) -> str:
    """The URI of an agent."""
    return (root / f".claude/agents/{name}.md").as_uri()


def read(session: Session) -> None:
    """Read all files of all projects, as the reader does in the background."""
    for root in session.snapshot.projects:
        for path in load.find_index_files(root, session.snapshot.configuration.settings_for_names):
            names = session.snapshot.current_names(path, Path(path).read_text("utf-8"))
            session.apply(FileRead(root, path, names))
        session.apply(ProjectRead(root, True, frozenset(), is_whole=True))


def state(session: Session) -> tuple[Any, ...]:
    """Everything that a question could change: the snapshot with its documents, and the content of the indexes."""
    snapshot = session.snapshot
    indexes: dict[str, dict[str, Names]] = {
        root: {names.path: names for names in project.index} for root, project in snapshot.projects.items()
    }
    revisions = {key: opened.revision for key, opened in snapshot.documents.items()}
    return snapshot, dict(snapshot.documents), dict(snapshot.projects), indexes, revisions


def answer(session: Session, method: str, params: Any) -> Any:
    """The answer to a question."""
    (path,) = [each.path for each in METHODS if each.name == method]
    found = load_handler(path)(session.snapshot, params)
    return found.result if isinstance(found, Reply) else found


# The parameters for each question about the agent `lead` and the name `reviewer` in it. A question that resolves
# an answer takes it from the question before.

Ask = Callable[[str, Any], Any]


def _at(root: Path) -> dict[str, Any]:
    offset = LEAD.index("reviewer")
    line = LEAD.count("\n", 0, offset)
    return {
        "text_document": t.TextDocumentIdentifier(uri(root, "lead")),
        "position": t.Position(line, offset - LEAD.rindex("\n", 0, offset)),
    }


def _about(root: Path) -> Any:
    return SimpleNamespace(textDocument=SimpleNamespace(uri=uri(root, "lead")))


def _whole() -> t.Range:
    return t.Range(t.Position(0, 0), t.Position(99, 0))


def _actions(root: Path) -> t.CodeActionParams:
    return t.CodeActionParams(_at(root)["text_document"], _whole(), t.CodeActionContext([]))


def _typed(root: Path) -> t.DocumentOnTypeFormattingParams:
    after_item = t.Position(LEAD[: LEAD.index("\n\n")].count("\n") + 1, 0)
    return t.DocumentOnTypeFormattingParams(_at(root)["text_document"], after_item, "\n", OPTIONS)


def _moved(root: Path) -> t.RenameFilesParams:
    return t.RenameFilesParams([t.FileRename(uri(root, "lead"), uri(root, "chief"))])


def _called(root: Path, ask: Ask) -> Any:
    return ask(t.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY, t.CallHierarchyPrepareParams(**_at(root)))[0]


OPTIONS = t.FormattingOptions(tab_size=2, insert_spaces=True)

PARAMETERS: dict[str, Callable[[Path, Ask], Any]] = {
    t.TEXT_DOCUMENT_DIAGNOSTIC: lambda root, _: t.DocumentDiagnosticParams(_at(root)["text_document"]),
    t.TEXT_DOCUMENT_CODE_ACTION: lambda root, _: _actions(root),
    t.CODE_ACTION_RESOLVE: lambda root, ask: ask(t.TEXT_DOCUMENT_CODE_ACTION, _actions(root))[0],
    t.TEXT_DOCUMENT_COMPLETION: lambda root, _: t.CompletionParams(**_at(root)),
    t.COMPLETION_ITEM_RESOLVE: lambda root, ask: ask(
        t.TEXT_DOCUMENT_COMPLETION, t.CompletionParams(**_at(root))
    ).items[0],
    t.TEXT_DOCUMENT_HOVER: lambda root, _: t.HoverParams(**_at(root)),
    t.TEXT_DOCUMENT_FORMATTING: lambda root, _: t.DocumentFormattingParams(
        _at(root)["text_document"], OPTIONS
    ),
    t.TEXT_DOCUMENT_RANGE_FORMATTING: lambda root, _: t.DocumentRangeFormattingParams(
        _at(root)["text_document"], _whole(), OPTIONS
    ),
    t.TEXT_DOCUMENT_ON_TYPE_FORMATTING: lambda root, _: _typed(root),
    t.TEXT_DOCUMENT_DOCUMENT_SYMBOL: lambda root, _: t.DocumentSymbolParams(_at(root)["text_document"]),
    t.TEXT_DOCUMENT_FOLDING_RANGE: lambda root, _: t.FoldingRangeParams(_at(root)["text_document"]),
    t.WORKSPACE_SYMBOL: lambda *_: t.WorkspaceSymbolParams("rev"),
    t.WORKSPACE_SYMBOL_RESOLVE: lambda _, ask: ask(t.WORKSPACE_SYMBOL, t.WorkspaceSymbolParams("rev"))[0],
    t.TEXT_DOCUMENT_DEFINITION: lambda root, _: t.DefinitionParams(**_at(root)),
    t.TEXT_DOCUMENT_REFERENCES: lambda root, _: t.ReferenceParams(t.ReferenceContext(True), **_at(root)),
    t.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT: lambda root, _: t.DocumentHighlightParams(**_at(root)),
    t.TEXT_DOCUMENT_DOCUMENT_LINK: lambda root, _: t.DocumentLinkParams(_at(root)["text_document"]),
    t.TEXT_DOCUMENT_CODE_LENS: lambda root, _: t.CodeLensParams(_at(root)["text_document"]),
    t.CODE_LENS_RESOLVE: lambda root, ask: ask(
        t.TEXT_DOCUMENT_CODE_LENS, t.CodeLensParams(_at(root)["text_document"])
    )[0],
    t.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: lambda root, _: t.SemanticTokensParams(_at(root)["text_document"]),
    t.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE: lambda root, _: t.SemanticTokensRangeParams(
        _at(root)["text_document"], _whole()
    ),
    t.TEXT_DOCUMENT_INLAY_HINT: lambda root, _: t.InlayHintParams(_at(root)["text_document"], _whole()),
    t.TEXT_DOCUMENT_DOCUMENT_COLOR: lambda root, _: t.DocumentColorParams(_at(root)["text_document"]),
    t.TEXT_DOCUMENT_COLOR_PRESENTATION: lambda root, _: t.ColorPresentationParams(
        _at(root)["text_document"], t.Color(1.0, 0.0, 0.0, 1.0), _whole()
    ),
    t.TEXT_DOCUMENT_SELECTION_RANGE: lambda root, _: t.SelectionRangeParams(
        _at(root)["text_document"], [_at(root)["position"]]
    ),
    t.TEXT_DOCUMENT_LINKED_EDITING_RANGE: lambda root, _: t.LinkedEditingRangeParams(
        _at(root)["text_document"], t.Position(LEAD[: LEAD.index("<notes>")].count("\n"), 1)
    ),
    t.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY: lambda root, _: t.CallHierarchyPrepareParams(**_at(root)),
    t.CALL_HIERARCHY_INCOMING_CALLS: lambda root, ask: t.CallHierarchyIncomingCallsParams(_called(root, ask)),
    t.CALL_HIERARCHY_OUTGOING_CALLS: lambda root, ask: t.CallHierarchyOutgoingCallsParams(_called(root, ask)),
    t.TEXT_DOCUMENT_RENAME: lambda root, _: t.RenameParams(new_name="critic", **_at(root)),
    t.TEXT_DOCUMENT_PREPARE_RENAME: lambda root, _: t.PrepareRenameParams(**_at(root)),
    t.WORKSPACE_WILL_RENAME_FILES: lambda root, _: _moved(root),
    "agentls/inspect": lambda root, _: _about(root),
    "agentls/folders": lambda *_: SimpleNamespace(kind="agent"),
    "agentls/models": lambda *_: SimpleNamespace(dialect="claude-code"),
    "agentls/newAgent": lambda root, _: SimpleNamespace(
        dialect="claude-code", folder=f"{root}/.claude/agents", name="critic", model="", file=""
    ),
    "agentls/graph": lambda root, _: _about(root),
    "agentls/tree": lambda *_: None,
    "agentls/treeFiles": lambda root, ask: SimpleNamespace(
        root=root.as_posix(), group=ask("agentls/tree", None)[0]["groups"][0]["id"]
    ),
}

QUESTIONS = [method for method in METHODS if "question" in method.kind.__name__]


@pytest.mark.parametrize("method", QUESTIONS, ids=lambda method: method.name)
def test_a_question_changes_nothing(
    method: Method, session: Session, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = state(session)
    params = PARAMETERS[method.name](root, lambda name, params: answer(session, name, params))
    for writer in ("update", "remove"):
        monkeypatch.setattr(Index, writer, None)
    assert answer(session, method.name, params), "there is an answer, so that the question has done its work"
    assert session.snapshot is before[0]
    assert state(session) == before


def test_every_method_is_a_question_or_a_notification() -> None:
    known = {methods._notification, methods._exchange}
    assert {method.kind for method in METHODS if method not in QUESTIONS} == known
    assert len({method.name for method in METHODS}) == len(METHODS)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_every_method_has_its_function(method: Method) -> None:
    assert load_handler(method.path).__module__.startswith("agentls.lsp.requests.")


# Changes


def codes(snapshot: Snapshot, uri: str) -> list[str]:
    """The codes of the diagnostics of an open document."""
    opened = snapshot.open_document(uri)
    assert opened is not None
    return [found.code for found in snapshot.diagnostics(opened)]


def test_a_snapshot_keeps_its_documents(session: Session, root: Path) -> None:
    before = session.snapshot
    session.apply(Edited(uri(root, "lead"), 2, LEAD.replace("Bahs", "Bash")))
    assert "unknown-tool" in codes(before, uri(root, "lead"))
    assert "unknown-tool" not in codes(session.snapshot, uri(root, "lead"))


def test_an_edit_is_in_the_index_at_once(session: Session, root: Path) -> None:
    session.apply(Opened(uri(root, "reviewer"), "markdown", 1, REVIEWER))
    update = session.apply(Edited(uri(root, "reviewer"), 2, REVIEWER.replace("reviewer", "critic")))
    path = str(root / ".claude/agents/reviewer.md")
    assert [(change.names, change.edited) for change in update.projects] == [(True, path)]
    (project,) = session.snapshot.projects.values()
    assert project.index.find_definitions("agent", "critic")
    assert not project.index.find_definitions("agent", "reviewer")


def test_an_edit_that_moves_references_does_not_affect_other_files(session: Session, root: Path) -> None:
    update = session.apply(Edited(uri(root, "lead"), 2, LEAD.replace("# Task", "# A longer task")))
    assert update == Update(edited=uri(root, "lead"))


def test_a_closed_file_is_read_from_the_disk_again(session: Session, root: Path) -> None:
    update = session.apply(Closed(uri(root, "lead")))
    assert update == Update(closed=uri(root, "lead"), paths=(str(root / ".claude/agents/lead.md"),))
    assert session.snapshot.open_document(uri(root, "lead")) is None
    assert session.apply(Closed(uri(root, "lead"))) == Update()


def test_an_unopened_document_is_not_edited(session: Session, root: Path) -> None:
    assert session.apply(Edited(uri(root, "reviewer"), 2, "")) == Update()


def test_a_text_that_was_never_saved_is_a_project_while_it_is_open(session: Session) -> None:
    session.apply(Opened("untitled:Untitled-1", "chatagent", 1, LEAD))
    assert session.snapshot.agent_file("untitled:Untitled-1")
    assert "Untitled-1" in session.snapshot.projects
    session.apply(Closed("untitled:Untitled-1"))
    assert "Untitled-1" not in session.snapshot.projects


def test_settings_reach_the_open_documents(session: Session, root: Path) -> None:
    update = session.apply(SettingsChanged({"ignore": ["unknown-tool"], "no-such": 1}))
    assert update.reconfigured == (uri(root, "lead"),)
    assert update.scope_changed
    assert update.load == tuple(session.snapshot.projects), "other settings may mean other files"
    assert len(update.problems) == 1
    assert "unknown-tool" not in codes(session.snapshot, uri(root, "lead"))
    assert session.apply(SettingsChanged({"ignore": ["unknown-tool"], "no-such": 1})).problems == ()


def test_a_project_without_a_folder_or_a_document_is_removed(session: Session, root: Path) -> None:
    assert session.apply(FoldersChanged(())).dropped == ()
    assert session.apply(Closed(uri(root, "lead"))).dropped == (str(root),)
    assert session.snapshot.projects == {}


def test_a_document_that_was_never_saved_follows_its_project(session: Session, root: Path) -> None:
    servers = '{"mcpServers": {"db": {"command": "db"}}}'
    path = f"{root}/inner/.mcp.json"
    before = session.snapshot.open_document(uri(root, "lead"))
    session.apply(Opened(Path(path).as_uri(), "json", 1, servers))
    assert path in session.snapshot.projects[str(root)].index
    update = session.apply(FoldersChanged(()))
    assert path in update.paths, "a file on the disk is read again"
    after = session.snapshot.open_document(uri(root, "lead"))
    assert after is before, "the client has its diagnostics"
    assert path not in session.snapshot.projects[str(root)].index


def test_a_document_without_a_file_stays_in_its_own_project_alone(session: Session, root: Path) -> None:
    path = f"{root}/inner/.mcp.json"
    session.apply(Opened(Path(path).as_uri(), "json", 1, "{}"))
    reader = ProjectReader(session, lambda _: None, pytest.fail)
    lead = f"{root}/.claude/agents/lead.md"
    assert reader._open_paths(str(root)) == {lead, path}
    session.apply(FoldersChanged(()))
    assert reader._open_paths(str(root)) == {lead}


def test_a_thread_may_read_a_configuration_file_at_any_moment(
    session: Session, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (root / "sub").mkdir()
    (root / "agentls.toml").write_text("")
    (root / "sub/agentls.toml").write_text("")
    before = session.snapshot.configuration.changed()
    before.settings_in(str(root))
    after = before.changed()

    def read_again(file: str) -> settings_files.LoadedConfig:
        before.settings_in(f"{root}/sub")  # As the thread does.
        return settings_files.SettingsReader().read_again(file)

    monkeypatch.setattr(after._reader, "read_again", read_again)
    assert not after.differs_from(before)
    assert len(before.files) == 2


def test_nothing_is_missing_until_a_project_is_complete(root: Path) -> None:
    session = Session(Client(), "utf-16", {}, [])
    text = LEAD.replace("reviewer", "nobody")
    update = session.apply(Opened(uri(root, "lead"), "markdown", 1, text))
    assert update.load == update.rescan == (str(root),)
    before = codes(session.snapshot, uri(root, "lead"))
    assert "unknown-agent" not in before
    read(session)
    assert codes(session.snapshot, uri(root, "lead")) == before, "a revision has one list of diagnostics"
    opened = session.snapshot.open_document(uri(root, "lead"))
    assert opened is not None
    session.apply(Rechecked(replace(opened)))
    assert "unknown-agent" in codes(session.snapshot, uri(root, "lead"))


# Unsaved texts


def server_names(session: Session) -> set[str]:
    """The names of the MCP servers in the only project."""
    (project,) = session.snapshot.projects.values()
    return {each.name for each in project.index.definitions("server")}


def servers(*names: str) -> str:
    """A file with MCP servers."""
    return json.dumps({"mcpServers": {name: {"command": "run"} for name in names}})


def test_the_unsaved_text_of_a_config_file_is_used(session: Session, root: Path) -> None:
    config = (root / ".mcp.json").as_uri()
    assert server_names(session) == {"db"}
    session.apply(Opened(config, "json", 1, servers("db", "web")))
    assert server_names(session) == {"db", "web"}
    (root / ".mcp.json").unlink()
    session.apply(FilesChanged((str(root / ".mcp.json"),)))
    session.apply(Edited(config, 2, servers("mail")))
    assert server_names(session) == {"mail"}


def test_a_config_file_that_was_never_saved_is_used(session: Session, root: Path) -> None:
    session.apply(Opened((root / "sub/.mcp.json").as_uri(), "json", 1, servers("web")))
    assert server_names(session) == {"db", "web"}


def test_unsaved_settings_apply_after_a_pause(session: Session, root: Path) -> None:
    file, lead = (root / "agentls.toml").as_uri(), uri(root, "lead")
    session.apply(Opened(file, "toml", 1, ""))
    assert "unknown-tool" in codes(session.snapshot, lead)
    assert session.apply(Edited(file, 2, 'ignore = ["unknown-tool"]')).has_settings
    update = session.apply(SettingsEdited())
    assert lead in update.reconfigured
    assert update.load == (str(root),)
    assert "unknown-tool" not in codes(session.snapshot, lead)


def test_while_settings_cannot_be_parsed_those_on_the_disk_apply(session: Session, root: Path) -> None:
    file, lead = (root / "agentls.toml").as_uri(), uri(root, "lead")
    (root / "agentls.toml").write_text('ignore = ["unknown-tool"]', "utf-8")
    session.apply(Opened(file, "toml", 1, 'ignore = ["unknown-tool'))
    assert "unknown-tool" not in codes(session.snapshot, lead)
    session.apply(Edited(file, 2, "ignore = []"))
    session.apply(SettingsEdited())
    assert "unknown-tool" in codes(session.snapshot, lead)
    session.apply(Closed(file))
    assert "unknown-tool" not in codes(session.snapshot, lead)


def test_the_unsaved_text_of_a_dialect_is_used_if_it_has_no_mistake(session: Session, root: Path) -> None:
    dialect, lead = root / "team.dialect.yaml", uri(root, "lead")
    base = "name: team\nextends: claude-code\ntitle: Team agents\n"
    dialect.write_text(base, "utf-8")
    (root / "agentls.toml").write_text(
        'dialects = ["team.dialect.yaml"]\nplaces.team = ["**/*.md"]\n', "utf-8"
    )
    session.apply(FilesChanged((str(root / "agentls.toml"),)))

    def text() -> str:
        config, name = session.snapshot.configuration.settings_of(str(root / ".claude/agents/lead.md"))
        assert name == "team"
        return config.dialects[0].text

    assert text() == base
    update = session.apply(Opened(dialect.as_uri(), "yaml", 1, f"{base}# Opened.\n"))
    assert lead in update.reconfigured
    assert text() == f"{base}# Opened.\n"
    assert session.apply(Edited(dialect.as_uri(), 2, base.replace("claude", "cl"))).has_settings
    session.apply(SettingsEdited())
    assert text() == base
    session.apply(Edited(dialect.as_uri(), 3, f"{base}# Edited.\n"))
    assert lead in session.apply(SettingsEdited()).reconfigured
    assert text() == f"{base}# Edited.\n"
    session.apply(Closed(dialect.as_uri()))
    assert text() == base


def test_the_unsaved_text_of_a_manifest_is_used(session: Session, root: Path) -> None:
    manifest, agent = root / ".claude-plugin/plugin.json", (root / "agents/a.md").as_uri()
    session.apply(Opened(manifest.as_uri(), "json", 1, '{"name": "kit", "agents": []}'))
    session.apply(Opened(agent, "markdown", 1, REVIEWER))
    assert "replaced-folder" in codes(session.snapshot, agent)
    session.apply(Edited(manifest.as_uri(), 2, '{"name": "kit"}'))
    assert session.apply(SettingsEdited()).load == (str(root),)
    assert "replaced-folder" not in codes(session.snapshot, agent)
    session.apply(Closed(manifest.as_uri()))
    opened = session.snapshot.open_document(agent)
    assert opened is not None
    assert opened.document is None or not opened.document.identity.plugin


def test_an_edit_reaches_the_index_of_each_project_that_has_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, folder = tmp_path / "home", tmp_path / "folder"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    mine = home / ".claude/agents/mine.md"
    mine.parent.mkdir(parents=True)
    mine.write_text(REVIEWER, "utf-8")
    folder.mkdir()
    session = Session(Client(), "utf-16", {}, [folder.as_uri()])
    session.apply(FoldersChanged((folder.as_uri(),)))
    read(session)
    session.apply(Opened(mine.as_uri(), "markdown", 1, REVIEWER.replace("reviewer", "critic")))
    project = session.snapshot.projects[folder.as_posix()]
    assert project.index.find_definitions("agent", "critic")


def test_a_file_that_no_setting_makes_an_agent_any_more_is_none(session: Session, root: Path) -> None:
    (root / "agentls.toml").write_text('[places]\nclaude-code = ["/docs/*.md"]\n', "utf-8")
    docs = (root / "docs/a.md").as_uri()
    session.apply(Opened(docs, "markdown", 1, REVIEWER))
    assert session.snapshot.agent_file(docs)
    (root / "agentls.toml").unlink()
    session.apply(FilesChanged((str(root / "agentls.toml"),)))
    assert session.snapshot.agent_file(docs) is None


class Shown:
    """A publisher that keeps the diagnostics of each file."""

    def __init__(self) -> None:
        self.diagnostics: dict[str, Any] = {}

    def publish(self, uri: str, found: Any) -> None:
        self.diagnostics[uri] = found


class Quiet:
    """A progress that is not shown."""

    def __init__(self, _: str) -> None:
        pass

    def report(self, message: str) -> None:
        """Report nothing."""

    def end(self) -> None:
        """Report nothing."""


async def test_diagnostics_of_a_file_that_vanishes_during_a_reload_are_cleared(
    session: Session, root: Path
) -> None:
    shown: Any = Shown()
    progress: Any = Quiet
    workspace = WorkspaceDiagnostics(session, shown, progress)
    session.apply(SettingsChanged({"diagnostics": "workspace"}))
    read(session)
    lead, path = uri(root, "lead"), str(root / ".claude/agents/lead.md")
    shown.publish(lead, ["those of the open document"])
    Path(path).unlink()
    workspace.follow(session.apply(Closed(lead)))
    session.apply(FileRead(str(root), path, None))
    workspace.follow(session.apply(ProjectRead(str(root), True, frozenset((path,)), is_whole=False)))
    session.apply(SettingsChanged({"diagnostics": "workspace", "tools": ["Own"]}))
    await asyncio.sleep(0.1)
    assert shown.diagnostics[lead], "nothing is checked while the project is read again"
    workspace.follow(session.apply(ProjectRead(str(root), True, frozenset(), is_whole=True)))
    for _ in range(500):
        await asyncio.sleep(0.01)
        if shown.diagnostics[lead] == []:
            return
    pytest.fail("the diagnostics of the file are still shown")


def test_a_config_file_that_was_never_saved_follows_its_plugin(session: Session, root: Path) -> None:
    hooks = json.dumps({"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "run"}]}]}})
    opened = root / "kit/hooks/hooks.json"
    session.apply(Opened(opened.as_uri(), "json", 1, hooks))
    (project,) = session.snapshot.projects.values()
    assert str(opened) not in project.index
    manifest = root / "kit/.claude-plugin/plugin.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text('{"name": "kit"}', "utf-8")
    session.apply(FilesChanged((str(manifest),)))
    assert str(opened) in project.index


def test_a_config_file_that_is_opened_before_its_project_is_used(root: Path) -> None:
    session = Session(Client(), "utf-16", {}, [root.as_uri()])
    session.apply(Opened((root / "sub/.mcp.json").as_uri(), "json", 1, servers("web")))
    session.apply(FoldersChanged((root.as_uri(),)))
    assert server_names(session) == {"web"}


@pytest.mark.parametrize("in_editor", [False, True])
def test_a_file_in_a_place_of_an_unknown_dialect_is_no_agent_file(root: Path, in_editor: bool) -> None:
    """A name is typed letter by letter."""
    options = {"places": {"clude-code": ["/notes.md"]}}
    if not in_editor:
        (root / "agentls.toml").write_text('places.clude-code = ["/notes.md"]\n', "utf-8")
    given = options if in_editor else {}
    session = Session(Client.of(capabilities("vscode-1.139.1")), "utf-16", given, (root.as_uri(),))
    notes = (root / "notes.md").as_uri()
    session.apply(Opened(notes, "markdown", 1, "Notes.\n"))
    opened = session.snapshot.open_document(notes)
    assert opened is not None
    assert opened.document is None
