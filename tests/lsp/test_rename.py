"""A rename in the protocol: the edits or the messages that several clients receive."""

# mypy: disallow-untyped-decorators=False

from __future__ import annotations

from pathlib import Path
from typing import Any

import lsprotocol.types as t
import pytest
from pygls.exceptions import JsonRpcException

from lsp.wire import Editor, capabilities, identifier, open_document, session

FILES = {
    ".claude/agents/code-reviewer.md": """\
---
name: code-reviewer
description: Reviews code, as a code-reviewer should.
---

You review code.
""",
    ".claude/agents/lead.md": """\
---
name: lead
description: Leads. 🧪
tools: Agent(code-reviewer, Explore), Read
---

Start @agent-code-reviewer 🧪 or `code-reviewer`.
Let the code-reviewer decide. See [the reviewer](code-reviewer.md).
""",
}
LEAD = ".claude/agents/lead.md"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for path, text in FILES.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    return tmp_path


def at(word: str, path: str = LEAD) -> t.Position:
    """Return the position at which a word begins, in UTF-16 code units."""
    text = FILES[path]
    before = text[: text.index(word)]
    line = before.rpartition("\n")[2]
    return t.Position(before.count("\n"), len(line.encode("utf-16-le")) // 2)


def applied(edit: t.WorkspaceEdit, root: Path) -> dict[str, str]:
    """Return the texts by path after a client with UTF-16 positions has applied the edit."""
    texts = dict(FILES)

    def path(uri: str) -> str:
        return uri.removeprefix(root.as_uri() + "/")

    rows: list[Any] = [*(edit.document_changes or ())]
    rows += [
        t.TextDocumentEdit(t.OptionalVersionedTextDocumentIdentifier(uri), changes)
        for uri, changes in (edit.changes or {}).items()
    ]
    for row in rows:
        if isinstance(row, t.RenameFile):
            texts[path(row.new_uri)] = texts.pop(path(row.old_uri))
            continue
        lines = texts[path(row.text_document.uri)].split("\n")
        for each in sorted(row.edits, key=lambda each: each.range.start, reverse=True):
            start, end = each.range.start, each.range.end
            units = lines[start.line].encode("utf-16-le")
            units = (
                units[: 2 * start.character] + each.new_text.encode("utf-16-le") + units[2 * end.character :]
            )
            lines[start.line] = units.decode("utf-16-le")
        texts[path(row.text_document.uri)] = "\n".join(lines)
    return texts


async def rename(client: Editor, project: Path, new: str, word: str = "code-reviewer, E") -> t.WorkspaceEdit:
    """Open the lead and rename the symbol at a word in it."""
    uri = (project / LEAD).as_uri()
    open_document(client, FILES[LEAD], uri)
    edit = await client.text_document_rename_async(t.RenameParams(identifier(uri), at(word), new))
    assert edit is not None
    return edit


@pytest.mark.asyncio
async def test_vs_code_receives_annotations_and_edits_to_confirm(project: Path) -> None:
    async with session(capabilities("vscode-1.139.1"), project) as client:
        edit = await rename(client, project, "critic")
    assert edit.change_annotations is not None
    assert [each.label for each in edit.change_annotations.values()] == [
        "Name",
        "References",
        "Prose",
    ]
    texts = applied(edit, project)
    assert texts[".claude/agents/critic.md"].startswith("---\nname: critic\n")
    assert "Reviews code, as a critic should." in texts[".claude/agents/critic.md"]
    assert "tools: Agent(critic, Explore), Read" in texts[LEAD]
    assert "Start @agent-critic 🧪 or `critic`." in texts[LEAD]
    assert "Let the critic decide." in texts[LEAD]


@pytest.mark.asyncio
async def test_neovim_receives_the_file_rename_and_no_uncertain_edits(project: Path) -> None:
    async with session(capabilities("neovim-0.7.2"), project) as client:
        edit = await rename(client, project, "critic")
    assert edit.change_annotations is None
    assert edit.document_changes is not None
    *texts, last = edit.document_changes
    assert isinstance(last, t.RenameFile)
    assert all(isinstance(each, t.TextDocumentEdit) and each.text_document.version is None for each in texts)
    after = applied(edit, project)
    assert "Reviews code, as a code-reviewer should." in after[".claude/agents/critic.md"]
    assert "tools: Agent(critic, Explore), Read" in after[LEAD]


@pytest.mark.asyncio
@pytest.mark.parametrize("name", ["emacs-28.2-eglot-1.9", "minimal"])
async def test_a_client_that_cannot_rename_files_receives_a_message(project: Path, name: str) -> None:
    async with session(capabilities(name), project) as client:
        edit = await rename(client, project, "critic")
        (message,) = client.messages
    assert message.message.startswith("agentls: .claude/agents/code-reviewer.md keeps its name")
    assert (edit.changes is None) == (name != "minimal")
    after = applied(edit, project)
    assert after[".claude/agents/code-reviewer.md"].startswith("---\nname: critic\n")
    assert "[the reviewer](code-reviewer.md)" in after[LEAD]


@pytest.mark.asyncio
async def test_prepare_rename_returns_what_can_be_renamed(project: Path) -> None:
    uri = (project / LEAD).as_uri()

    async with session(capabilities("vscode-1.139.1"), project) as client:
        open_document(client, FILES[LEAD], uri)

        async def prepared(word: str) -> t.PrepareRenameResult | None:
            params = t.PrepareRenameParams(identifier(uri), at(word))
            return await client.text_document_prepare_rename_async(params)

        found = await prepared("@agent-code-reviewer")
        assert isinstance(found, t.PrepareRenamePlaceholder)
        assert found.placeholder == "code-reviewer"
        start = at("code-reviewer 🧪")
        assert found.range == t.Range(start, t.Position(start.line, start.character + len("code-reviewer")))
        assert await prepared("decide") is None
        with pytest.raises(JsonRpcException, match="`Explore` is a built-in agent"):
            await prepared("Explore")
        with pytest.raises(JsonRpcException, match="Another agent `lead` already exists"):
            await rename(client, project, "lead")


@pytest.mark.asyncio
async def test_renaming_a_file_renames_the_agent(project: Path) -> None:
    uri = (project / LEAD).as_uri()
    old = (project / ".claude/agents/code-reviewer.md").as_uri()
    async with session(capabilities("vscode-1.139.1"), project) as client:
        open_document(client, FILES[LEAD], uri)
        files = [t.FileRename(old, old.replace("code-reviewer", "critic"))]
        edit = await client.workspace_will_rename_files_async(t.RenameFilesParams(files))
        assert edit is not None
        after = applied(edit, project)
        assert after[".claude/agents/code-reviewer.md"].startswith("---\nname: critic\n")
        assert "tools: Agent(critic, Explore), Read" in after[LEAD]
        files = [t.FileRename(old, old.replace("code-reviewer", "Explore"))]
        edit = await client.workspace_will_rename_files_async(t.RenameFilesParams(files))
        assert edit is not None
        after = applied(edit, project)
        assert after[".claude/agents/code-reviewer.md"] == FILES[".claude/agents/code-reviewer.md"]
        assert after[LEAD] == FILES[LEAD].replace("(code-reviewer.md)", "(Explore.md)")
        (message,) = client.messages
        assert "The name is not changed. `Explore` is a reserved name." in message.message


@pytest.mark.asyncio
async def test_settings_are_renamed_too(project: Path) -> None:
    settings = project / ".claude/settings.json"
    settings.write_text(
        '{"agent": "code-reviewer", "permissions": {"deny": ["Agent(code-reviewer)"]}}', "utf-8"
    )
    async with session(capabilities("vscode-1.139.1"), project) as client:
        open_document(client, settings.read_text("utf-8"), settings.as_uri(), "json")
        params = t.RenameParams(identifier(settings.as_uri()), t.Position(0, 14), "critic")
        edit = await client.text_document_rename_async(params)
    assert edit is not None
    assert edit.document_changes is not None
    found = {
        each.text_document.uri.rpartition("/")[2]: [
            row.new_text for row in each.edits if isinstance(row, t.AnnotatedTextEdit)
        ]
        for each in edit.document_changes
        if isinstance(each, t.TextDocumentEdit)
    }
    assert found["settings.json"] == ["critic", "critic"]
    assert len(found["lead.md"]) == 5
