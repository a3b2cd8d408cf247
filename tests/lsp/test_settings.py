"""Settings in the protocol: from the editor, and from files that change."""

# mypy: disallow-untyped-decorators=False

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import lsprotocol.types as t
import pytest

from lsp.wire import (
    AGENT,
    URI,
    Editor,
    capabilities,
    change_document,
    codes,
    identifier,
    open_document,
    published,
    session,
    settled,
)

IGNORE = 'ignore = ["unknown-tool"]\n'
PLUGIN_AGENT = AGENT.replace("tools:", "permissionMode: plan\ntools:")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty project."""
    (tmp_path / ".claude/agents").mkdir(parents=True)
    return tmp_path


def in_project(project: Path) -> str:
    """The URI of an agent in the project."""
    return (project / ".claude/agents/a.md").as_uri()


def change_settings(client: Editor, settings: Any) -> None:
    """Send settings, or only that they have changed."""
    client.workspace_did_change_configuration(t.DidChangeConfigurationParams(settings))


def change_file(client: Editor, path: Path) -> None:
    """Report a change of a file."""
    event = t.FileEvent(path.as_uri(), t.FileChangeType.Changed)
    client.workspace_did_change_watched_files(t.DidChangeWatchedFilesParams([event]))


def save(client: Editor, uri: str) -> None:
    """Report that a document was saved."""
    client.text_document_did_save(t.DidSaveTextDocumentParams(identifier(uri)))


async def test_settings_come_with_initialize() -> None:
    async with session(capabilities("plain"), tools=["Bahs"]) as client:
        open_document(client, AGENT)
        assert await codes(client) == []


async def test_settings_come_with_their_change() -> None:
    async with session(capabilities("plain")) as client:
        open_document(client, AGENT)
        assert await codes(client) == ["unknown-tool"]
        change_settings(client, {"agentls": {"ignore": ["unknown-tool"]}, "other": {"x": 1}})
        assert await codes(client) == []
        change_settings(client, {"agentls": {"severity": {"unknown-tool": "error"}}})
        assert (await published(client)).diagnostics[0].severity == t.DiagnosticSeverity.Error
        change_settings(client, None)
        assert (await published(client)).diagnostics[0].severity == t.DiagnosticSeverity.Warning


async def test_settings_are_requested_if_the_client_supports_it() -> None:
    async with session(capabilities("eager"), configuration={"ignore": ["unknown-tool"]}) as client:
        open_document(client, AGENT)
        await settled(client)
        assert await codes(client) == []
        client.set_configuration({}, section="agentls")
        change_settings(client, None)
        assert [found.code for found in (await published(client)).diagnostics] == ["unknown-tool"]


async def test_changes_are_registered_only_where_announced() -> None:
    async with session(capabilities("eager")) as client:
        await settled(client)
        await settled(client)
        methods = {registration.method for registration in client.registrations}
        assert methods == {t.WORKSPACE_DID_CHANGE_CONFIGURATION, t.WORKSPACE_DID_CHANGE_WATCHED_FILES}
    async with session(capabilities("plain")) as client:
        await settled(client)
        await settled(client)
        assert client.registrations == []


async def test_invalid_settings_are_reported_once() -> None:
    wrong: dict[str, Any] = {
        "debounce": "soon",
        "logLevel": "loud",
        "select": "all",
        "ignroe": [],
        "trace": {"server": "off"},
    }
    async with session(capabilities("plain"), **wrong) as client:
        open_document(client, AGENT)
        change_settings(client, {"agentls": wrong})
        await settled(client)
        messages = [message.message for message in client.messages]
        assert len(messages) == len(set(messages)) == 4
        assert "agentls: settings: unknown setting `ignroe`; did you mean `ignore`?" in messages
        assert await codes(client) == ["unknown-tool"]


async def test_the_editor_adds_to_the_file(project: Path) -> None:
    (project / "agentls.toml").write_text('tools = ["Own"]\nmax-description-tokens = 5\n')
    text = AGENT.replace("Grep", "Own, Mine, Other")
    defaults: dict[str, Any] = {"select": [], "maxDescriptionTokens": 1000, "severity": {}}
    async with session(capabilities("plain"), project, **defaults, tools=["Mine", "Bahs"]) as client:
        open_document(client, text, in_project(project))
        assert sorted(await codes(client, in_project(project))) == ["long-description", "unknown-tool"]


async def test_overrides_of_the_editor_are_relative_to_its_folder(project: Path) -> None:
    overrides: list[Any] = [{"paths": ["/.claude/agents/a.md"], "ignore": ["unknown-tool"]}]
    async with session(capabilities("plain"), project, overrides=overrides) as client:
        open_document(client, AGENT, in_project(project))
        assert await codes(client, in_project(project)) == []
        other = AGENT.replace("name: reviewer", "name: other").replace("Reviews code", "Writes the docs")
        open_document(client, other, in_project(project).replace("a.md", "b.md"))
        assert await codes(client, in_project(project).replace("a.md", "b.md")) == ["unknown-tool"]


@pytest.mark.parametrize("where", ["file", "editor"])
async def test_further_places(project: Path, where: str) -> None:
    places = {"claude-code": ["/prompts/*.md"]}
    if where == "file":
        (project / "agentls.toml").write_text('[places]\nclaude-code = ["/prompts/*.md"]\n')
    options: dict[str, Any] = {"places": places} if where == "editor" else {}
    async with session(capabilities("plain"), project, **options) as client:
        uri = (project / "prompts/a.md").as_uri()
        open_document(client, AGENT, uri)
        assert await codes(client, uri) == ["unknown-tool"]
        open_document(client, AGENT, (project / "docs/a.md").as_uri())
        assert await codes(client, (project / "docs/a.md").as_uri()) == []


@pytest.mark.parametrize("name", ["agentls.toml", "pyproject.toml"])
async def test_a_changed_settings_file_applies_immediately(project: Path, name: str) -> None:
    section = "[tool.agentls]\n" if name == "pyproject.toml" else ""
    uri = in_project(project)
    async with session(capabilities("eager"), project) as client:
        open_document(client, AGENT, uri)
        assert await codes(client, uri) == ["unknown-tool"]
        (project / name).write_text(section + IGNORE)
        change_file(client, project / name)
        assert await codes(client, uri) == []
        (project / name).unlink()
        change_file(client, project / name)
        assert await codes(client, uri) == ["unknown-tool"]


async def test_a_changed_settings_file_applies_after_a_save_or_an_open(project: Path) -> None:
    uri = in_project(project)
    async with session(capabilities("plain"), project) as client:
        open_document(client, AGENT, uri)
        assert await codes(client, uri) == ["unknown-tool"]
        (project / "agentls.toml").write_text(IGNORE)
        save(client, uri)
        assert await codes(client, uri) == []
        (project / "agentls.toml").unlink()
        open_document(client, AGENT)
        assert await codes(client, uri) == ["unknown-tool"]


async def test_an_invalid_settings_file_is_reported_once(project: Path) -> None:
    (project / "agentls.toml").write_text("ignore = [\n")
    async with session(capabilities("plain"), project) as client:
        for name in ("a.md", "b.md"):
            open_document(client, AGENT, in_project(project).replace("a.md", name))
        await settled(client)
        (message,) = client.messages
        assert "agentls.toml:1:10: invalid TOML" in message.message


async def test_invalid_patterns_are_reported(project: Path) -> None:
    (project / "agentls.toml").write_text('[[overrides]]\npaths = ["[ab"]\nignore = ["unknown-tool"]\n')
    async with session(capabilities("plain"), project, places={"claude-code": ["!"]}) as client:
        open_document(client, AGENT, in_project(project))
        assert await codes(client, in_project(project)) == ["unknown-tool"]
        messages = " ".join(message.message for message in client.messages)
        assert "`overrides[0].paths[0]` must be a valid pattern" in messages
        assert "`places.claude-code[0]` must be a valid pattern" in messages


async def test_folders_come_and_go(project: Path) -> None:
    overrides: list[Any] = [{"paths": ["/.claude/agents/a.md"], "ignore": ["unknown-tool"]}]
    async with session(capabilities("plain"), overrides=overrides) as client:
        open_document(client, AGENT, in_project(project))
        assert await codes(client, in_project(project)) == ["unknown-tool"]
        added = t.WorkspaceFoldersChangeEvent([t.WorkspaceFolder(project.as_uri(), "project")], [])
        client.workspace_did_change_workspace_folders(t.DidChangeWorkspaceFoldersParams(added))
        assert await codes(client, in_project(project)) == []


async def test_a_folder_becomes_a_plugin(project: Path) -> None:
    uri = (project / "agents/a.md").as_uri()
    async with session(capabilities("eager"), project) as client:
        open_document(client, PLUGIN_AGENT, uri)
        before = await codes(client, uri)
        (project / ".claude-plugin").mkdir()
        (project / ".claude-plugin/plugin.json").write_text('{"name": "kit"}')
        change_file(client, project / ".claude-plugin/plugin.json")
        after = await codes(client, uri)
        assert before == []  # A folder `agents` of no plugin belongs to no product.
        assert sorted(after) == ["ignored-in-plugin", "unknown-tool"]


async def test_a_manifest_that_changes_applies_immediately(project: Path) -> None:
    uri, manifest = (project / "agents/a.md").as_uri(), project / ".claude-plugin/plugin.json"
    manifest.parent.mkdir()
    manifest.write_text('{"name": "kit"}')
    async with session(capabilities("eager"), project) as client:
        open_document(client, AGENT, uri)
        assert await codes(client, uri) == ["unknown-tool"]
        manifest.write_text('{"name": "kit", "agents": []}')
        change_file(client, manifest)
        assert sorted(await codes(client, uri)) == ["replaced-folder", "unknown-tool"]
        manifest.write_text('{"name": "kit", "agents": "./agents/"}')
        save(client, manifest.as_uri())
        assert sorted(await codes(client, uri)) == ["rejected-plugin", "unknown-tool"]


async def test_a_client_that_pulls_is_asked_to_refresh(project: Path) -> None:
    uri = in_project(project)
    async with session(capabilities("pulling"), project) as client:
        open_document(client, AGENT, uri)
        params = t.DocumentDiagnosticParams(identifier(uri))
        first = await client.text_document_diagnostic_async(params)
        assert isinstance(first, t.RelatedFullDocumentDiagnosticReport)
        change_file(client, project / "agentls.toml")
        await settled(client)
        assert client.diagnostic_refresh_count == 0
        (project / "agentls.toml").write_text(IGNORE)
        change_file(client, project / "agentls.toml")
        await settled(client)
        params.previous_result_id = first.result_id
        report = await client.text_document_diagnostic_async(params)
        assert isinstance(report, t.RelatedFullDocumentDiagnosticReport)
        assert list(report.items) == []
        assert client.diagnostic_refresh_count == 1


async def test_a_burst_of_changes_is_checked_once() -> None:
    async with session(capabilities("plain"), debounce=400) as client:
        open_document(client, AGENT)
        await published(client)
        for version in range(2, 8):
            change_document(client, AGENT + "More.\n" * version, version)
        assert (await published(client)).version == 7


async def test_continuous_typing_does_not_delay_diagnostics_forever() -> None:
    async with session(capabilities("plain"), debounce=3_600_000) as client:
        open_document(client, AGENT)
        await published(client)
        change_document(client, AGENT + "More.\n", 2)
        assert (await published(client)).version == 2


async def test_a_closed_document_is_not_checked_later() -> None:
    async with session(capabilities("plain"), debounce=50) as client:
        open_document(client, AGENT)
        await published(client)
        change_document(client, AGENT + "More.\n", 2)
        client.text_document_did_close(t.DidCloseTextDocumentParams(identifier(URI)))
        assert (await published(client)).diagnostics == ()
        open_document(client, AGENT, version=9)
        assert (await published(client)).version == 9


SETTINGS = 'ignroe = []\n[severity]\nunknown-tool = "warn"\n'


@pytest.mark.parametrize("kind", ["plain", "eager"])
async def test_problems_in_an_open_settings_file_are_diagnostics(project: Path, kind: str) -> None:
    (project / "agentls.toml").write_text(SETTINGS)
    uri = (project / "agentls.toml").as_uri()
    async with session(capabilities(kind), project, debounce=0) as client:
        open_document(client, SETTINGS, uri)
        assert await codes(client, uri) == ["unknown-setting", "invalid-setting"]
        open_document(client, AGENT, in_project(project))
        assert await codes(client, in_project(project)) == ["unknown-tool"]
        assert client.messages == [], "they are not said twice"
        change_document(client, SETTINGS.replace("ignroe", "ignore"), 2, uri)
        assert await codes(client, uri) == ["invalid-setting"]


async def test_a_settings_file_has_completion_hover_and_fixes(project: Path) -> None:
    uri = (project / "agentls.toml").as_uri()
    async with session(capabilities("visual_studio_code"), project) as client:
        open_document(client, SETTINGS, uri)
        at = t.TextDocumentPositionParams(identifier(uri), t.Position(2, 3))
        found = await client.text_document_completion_async(t.CompletionParams(at.text_document, at.position))
        assert isinstance(found, t.CompletionList)
        assert "unknown-tool" in [item.label for item in found.items]
        hover = await client.text_document_hover_async(t.HoverParams(at.text_document, at.position))
        assert hover is not None
        assert hover.range == t.Range(t.Position(2, 0), t.Position(2, 12))
        start = t.Range(t.Position(0, 0), t.Position(0, 0))
        actions = await client.text_document_code_action_async(
            t.CodeActionParams(at.text_document, start, t.CodeActionContext([]))
        )
        assert actions is not None
        assert [action.title for action in actions] == ["Change to `ignore`"]


async def test_workspace_folders_have_settings_of_their_own(project: Path) -> None:
    one, two = [t.WorkspaceFolder((project / name).as_uri(), name) for name in ("one", "two")]
    async with session(capabilities("eager"), project / "one", configuration={}) as client:
        client.set_configuration({"ignore": ["unknown-tool"]}, section="agentls", scope_uri=two.uri)
        client.set_configuration({}, section="agentls", scope_uri=one.uri)
        added = t.WorkspaceFoldersChangeEvent([two], [])
        client.workspace_did_change_workspace_folders(t.DidChangeWorkspaceFoldersParams(added))
        await settled(client)
        await settled(client)
        for folder, expected in ((one, ["unknown-tool"]), (two, [])):
            uri = f"{folder.uri}/.claude/agents/a.md"
            open_document(client, AGENT, uri)
            assert await codes(client, uri) == expected


async def test_dialect_files_of_the_editor_are_relative_to_its_folder(project: Path) -> None:
    (project / "team.dialect.yaml").write_text("name: team\nextends: claude-code\ntitle: Team agents\n")
    options: dict[str, Any] = {"dialects": ["team.dialect.yaml"], "places": {"team": ["/prompts/*.md"]}}
    async with session(capabilities("plain"), project, **options) as client:
        uri = (project / "prompts/a.md").as_uri()
        open_document(client, AGENT, uri)
        assert await codes(client, uri) == ["unknown-tool"]
        assert client.messages == []


async def test_settings_apply_while_they_are_edited(project: Path) -> None:
    uri, file = in_project(project), (project / "agentls.toml").as_uri()
    async with session(capabilities("plain"), project) as client:
        open_document(client, AGENT, uri)
        open_document(client, "", file, "toml")
        assert await codes(client, uri) == ["unknown-tool"]
        change_document(client, IGNORE, 2, file)
        assert [found.code for found in (await published(client, uri)).diagnostics] == []


@pytest.mark.skipif(sys.platform == "win32", reason="a system with pipes")
async def test_hostile_settings_and_special_files_are_told_and_do_not_stop_the_server(project: Path) -> None:
    for name in (".gitignore", "CLAUDE.md", ".claude/agents/b.md", ".mcp.json", ".claude/settings.json"):
        os.mkfifo(project / name)
    (project / "agentls.toml").write_text('dialects = ["/dev/stdin", "../x.yaml"]\n', "utf-8")
    async with session(capabilities("plain"), project, dialects=["/dev/stdin"]) as client:
        open_document(client, AGENT, in_project(project))
        assert await codes(client, in_project(project)) == ["unknown-tool"]
        messages = [message.message for message in client.messages]
        assert len(messages) == 3
        assert all("cannot read dialect file" in message and "outside" in message for message in messages)
