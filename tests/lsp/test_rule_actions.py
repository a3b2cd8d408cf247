"""Code actions about rules: their pages, and the settings that disable them."""

from __future__ import annotations

from pathlib import Path

import lsprotocol.types as t
import pytest

from agentls import owner
from agentls.lsp.client import Client
from agentls.lsp.requests.diagnostics import code_action, resolve_code_action
from agentls.lsp.session import FoldersChanged, Opened, Session
from lsp.wire import AGENT, BAHS, capabilities

COMMANDS = ("agentls.explain", "agentls.save")


def session(root: Path, *commands: str, client: str = "vscode-1.139.1") -> Session:
    """Return the session of a client with these commands, in which the agent is open."""
    (root / ".git").mkdir()
    announced = capabilities(client)
    announced.experimental = {"commands": [*commands]}
    found = Session(Client.of(announced), "utf-16", {}, [])
    found.apply(FoldersChanged((root.as_uri(),)))
    found.apply(Opened(agent(root), "markdown", 1, AGENT))
    return found


def agent(root: Path) -> str:
    """Return the URI of the agent."""
    return (root / ".claude/agents/reviewer.md").as_uri()


def actions(found: Session, root: Path) -> dict[str, t.CodeAction]:
    """Return the code actions on the misspelt tool, by their titles."""
    params = t.CodeActionParams(t.TextDocumentIdentifier(agent(root)), BAHS, t.CodeActionContext([]))
    return {action.title: action for action in code_action(found.snapshot, params) or ()}


def test_a_client_with_the_command_gets_the_page_of_the_rule(tmp_path: Path) -> None:
    found = session(tmp_path, *COMMANDS)
    action = actions(found, tmp_path)["Explain unknown-tool"]
    assert action.command is not None
    assert action.command.command == "agentls.explain"
    (page,) = action.command.arguments or ()
    assert str(page).endswith("/pages/unknown-tool.md")
    assert resolve_code_action(found.snapshot, action) is action
    opened = found.snapshot.open_document(agent(tmp_path))
    assert opened is not None
    link = found.snapshot.protocol_diagnostics(opened)[0].code_description
    assert link is not None
    assert link.href.startswith("command:agentls.explain?")


def test_other_clients_get_the_file_of_the_page(tmp_path: Path) -> None:
    found = session(tmp_path)
    assert "Explain unknown-tool" not in actions(found, tmp_path)
    opened = found.snapshot.open_document(agent(tmp_path))
    assert opened is not None
    link = found.snapshot.protocol_diagnostics(opened)[0].code_description
    assert link is not None
    assert link.href.startswith("file:///")


def test_they_get_the_page_in_the_documentation_once_it_has_an_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owner, "SITE", "https://agentls.example")
    found = session(tmp_path)
    opened = found.snapshot.open_document(agent(tmp_path))
    assert opened is not None
    link = found.snapshot.protocol_diagnostics(opened)[0].code_description
    assert link == t.CodeDescription("https://agentls.example/rules/unknown-tool/")


def test_a_rule_is_disabled_in_settings_that_are_created(tmp_path: Path) -> None:
    action = actions(session(tmp_path, *COMMANDS), tmp_path)["Disable unknown-tool in agentls.toml"]
    assert action.edit is not None
    create, change = action.edit.document_changes or ()
    assert isinstance(create, t.CreateFile)
    assert create.uri == (tmp_path / "agentls.toml").as_uri()
    assert isinstance(change, t.TextDocumentEdit)
    assert [getattr(edit, "new_text", None) for edit in change.edits] == ['ignore = ["unknown-tool"]\n']
    assert action.command is not None
    assert (action.command.command, action.command.arguments) == ("agentls.save", [create.uri])


def test_a_client_that_cannot_create_files_is_not_asked_to(tmp_path: Path) -> None:
    titles = actions(session(tmp_path, client="neovim"), tmp_path)
    assert not any("agentls.toml" in title for title in titles)


@pytest.mark.parametrize("file", ["agentls.toml", "pyproject.toml"])
def test_a_rule_is_disabled_in_the_settings_that_apply(tmp_path: Path, file: str) -> None:
    text = "# Ours\nmax-lines = 9\n"
    (tmp_path / file).write_text(text if file == "agentls.toml" else f"[tool.agentls]\n{text}")
    action = actions(session(tmp_path), tmp_path)[f"Disable unknown-tool in {file}"]
    assert action.edit is not None
    (change,) = action.edit.document_changes or ()
    assert isinstance(change, t.TextDocumentEdit)
    assert change.text_document == t.OptionalVersionedTextDocumentIdentifier((tmp_path / file).as_uri(), None)
    assert [getattr(edit, "new_text", None) for edit in change.edits] == ['\nignore = ["unknown-tool"]']
    assert action.command is None
