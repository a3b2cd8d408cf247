"""Requests in the protocol: each client receives what it can show, in a supported form."""

# mypy: disallow-untyped-decorators=False

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import lsprotocol.types as t
import pytest
import pytest_lsp
from pygls.capabilities import get_capability

from agentls.text.offsets import Edit, LineIndex, Position, Span, apply_edits
from lsp.wire import (
    AGENT,
    BAHS,
    CAPTURED,
    CLEAN,
    URI,
    Config,
    Editor,
    ask,
    capabilities,
    change_document,
    close_document,
    identifier,
    open_document,
    session,
    start,
)

pytestmark = pytest.mark.asyncio(loop_scope="module")

CLIENTS = [*CAPTURED, "minimal"]


@pytest_lsp.fixture(scope="module", loop_scope="module", params=CLIENTS, config=Config)
async def client(request: pytest.FixtureRequest, lsp_client: Editor) -> AsyncIterator[None]:
    """A client of each kind."""
    await start(lsp_client, capabilities(request.param))
    yield
    await lsp_client.shutdown_session()


def can(client: Editor, path: str) -> Any:
    """What the client announced."""
    return get_capability(client.capabilities, path, None)


async def complete(client: Editor, line: int, character: int) -> t.CompletionList:
    """Request a completion."""
    params = t.CompletionParams(identifier(), t.Position(line, character))
    found = await client.text_document_completion_async(params)
    assert isinstance(found, t.CompletionList)
    assert not found.is_incomplete
    return found


async def actions(
    client: Editor, range_: t.Range = BAHS, only: Sequence[str] | None = None
) -> list[t.CodeAction]:
    """Request code actions, with their edits."""
    context = t.CodeActionContext([], only=only)
    found = await client.text_document_code_action_async(t.CodeActionParams(identifier(), range_, context))
    return [await resolved(client, action) for action in found or []]


async def resolved(client: Editor, action: t.CodeAction | t.Command) -> t.CodeAction:
    """Return an action with its edit, which is resolved later only if the client supports it."""
    assert isinstance(action, t.CodeAction)
    if action.edit or action.command:
        return action
    assert "edit" in can(client, "text_document.code_action.resolve_support.properties")
    return await client.code_action_resolve_async(action)


def applied(client: Editor, action: t.CodeAction, text: str) -> str:
    """`text` with the edits of an action made, which must be in the form that the client takes."""
    assert action.edit is not None
    if can(client, "workspace.workspace_edit.document_changes"):
        (change,) = action.edit.document_changes or []
        assert isinstance(change, t.TextDocumentEdit)
        assert (change.text_document.uri, change.text_document.version) == (URI, 1)
        edits = [edit for edit in change.edits if isinstance(edit, t.TextEdit)]
    else:
        assert action.edit.changes is not None
        edits = list(action.edit.changes[URI])
    return apply_edits(text, (Edit(span(text, edit.range), edit.new_text) for edit in edits))


def span(text: str, range_: t.Range) -> Span:
    """Return the span of a range in an ASCII text."""
    lines = LineIndex(text)
    ends = (Position(at.line, at.character) for at in (range_.start, range_.end))
    return Span(*(lines.offset(at, "utf-16") for at in ends))


async def test_tools_are_completed_in_place(client: Editor) -> None:
    open_document(client, AGENT)
    found = (await complete(client, 3, 15)).items
    labels = [item.label for item in found]
    assert "Bash" in labels
    assert "Read" not in labels
    assert labels == [item.label for item in sorted(found, key=lambda item: item.sort_text or "")]
    (bash,) = [item for item in found if item.label == "Bash"]
    assert bash.text_edit == t.TextEdit(BAHS, "Bash")
    assert bash.detail
    assert bash.documentation is None
    await close_document(client)


async def test_an_item_is_documented_when_it_is_shown(client: Editor) -> None:
    open_document(client, AGENT)
    (bash,) = [item for item in (await complete(client, 3, 15)).items if item.label == "Bash"]
    page = (await client.completion_item_resolve_async(bash)).documentation
    formats = can(client, "text_document.completion.completion_item.documentation_format") or []
    if t.MarkupKind.Markdown in formats[:1]:
        assert isinstance(page, t.MarkupContent)
        assert page.value.startswith("**`Bash`**")
    else:
        assert isinstance(page, str)
        assert page.startswith("Bash")
        assert "**" not in page
    await close_document(client)


async def test_old_names_are_struck_through_where_that_is_possible(client: Editor) -> None:
    open_document(client, AGENT)
    (task,) = [item for item in (await complete(client, 3, 15)).items if item.label == "Task"]
    tags = can(client, "text_document.completion.completion_item.tag_support.value_set") or []
    if t.CompletionItemTag.Deprecated in tags:
        assert (task.tags, task.deprecated) == ((t.CompletionItemTag.Deprecated,), None)
    else:
        struck = can(client, "text_document.completion.completion_item.deprecated_support")
        assert (task.tags, task.deprecated) == (None, True if struck else None)
    await close_document(client)


async def test_a_new_file_gets_a_skeleton(client: Editor) -> None:
    open_document(client, "")
    (item,) = (await complete(client, 0, 0)).items
    assert isinstance(item.text_edit, t.TextEdit)
    snippets = can(client, "text_document.completion.completion_item.snippet_support")
    assert (item.insert_text_format == t.InsertTextFormat.Snippet) == bool(snippets)
    assert ("${1" in item.text_edit.new_text) == bool(snippets)
    modes = can(client, "text_document.completion.completion_item.insert_text_mode_support.value_set") or []
    assert (item.insert_text_mode == t.InsertTextMode.AsIs) == (t.InsertTextMode.AsIs in modes)
    await close_document(client)


async def test_kinds_are_known_to_the_client(client: Editor) -> None:
    open_document(client, AGENT.replace("tools:", "model: \ntools:"))
    known = can(client, "text_document.completion.completion_item_kind.value_set") or range(1, 19)
    for line, character in ((3, 7), (4, 15), (2, 0)):
        found = (await complete(client, line, character)).items
        assert found
        assert all(item.kind in known for item in found)
    await close_document(client)


async def test_prose_is_not_completed(client: Editor) -> None:
    open_document(client, AGENT)
    assert (await complete(client, 8, 3)).items == ()
    await close_document(client)


async def test_an_unsupported_file_has_a_hover_and_no_findings(client: Editor) -> None:
    uri = "file:///project/.github/ISSUE_TEMPLATE/bug.md"
    open_document(client, "---\nname: Bug\n---\n\nWhat is wrong?\n", uri)
    card = await client.text_document_hover_async(t.HoverParams(identifier(uri), t.Position(0, 1)))
    assert card is not None
    assert isinstance(card.contents, t.MarkupContent)
    assert "template" in card.contents.value
    assert await client.text_document_hover_async(t.HoverParams(identifier(uri), t.Position(4, 1))) is None
    await close_document(client, uri)


async def test_a_hover_has_a_range_and_a_supported_format(client: Editor) -> None:
    open_document(client, AGENT)
    card = await client.text_document_hover_async(t.HoverParams(identifier(), t.Position(3, 8)))
    assert card is not None
    assert card.range == t.Range(t.Position(3, 7), t.Position(3, 11))
    assert isinstance(card.contents, t.MarkupContent)
    formats = can(client, "text_document.hover.content_format") or [t.MarkupKind.PlainText]
    assert card.contents.kind == formats[0]
    assert ("**" in card.contents.value) == (formats[0] == t.MarkupKind.Markdown)
    assert await client.text_document_hover_async(t.HoverParams(identifier(), t.Position(8, 3))) is None
    await close_document(client)


async def test_the_outline_is_a_tree_or_a_list(client: Editor) -> None:
    open_document(client, AGENT)
    found = await client.text_document_document_symbol_async(t.DocumentSymbolParams(identifier()))
    known = can(client, "text_document.document_symbol.symbol_kind.value_set") or range(1, 19)
    rows: list[tuple[str, str | None]] = []
    for symbol in found or []:
        assert symbol.kind in known
        if isinstance(symbol, t.DocumentSymbol):
            rows += [(symbol.name, None), *((child.name, symbol.name) for child in symbol.children or [])]
        else:
            rows.append((symbol.name, symbol.container_name))
    keys = [(key, "frontmatter") for key in ("name", "description", "tools")]
    assert rows == [("frontmatter", None), *keys, ("Task", None)]
    nested = can(client, "text_document.document_symbol.hierarchical_document_symbol_support")
    assert isinstance((found or [None])[0], t.DocumentSymbol) == bool(nested)
    await close_document(client)


async def test_sections_fold_in_whole_lines(client: Editor) -> None:
    open_document(client, AGENT)
    found = await client.text_document_folding_range_async(t.FoldingRangeParams(identifier()))
    assert [(fold.start_line, fold.end_line) for fold in found or []] == [(0, 4), (6, 8)]
    await close_document(client)


async def test_fixes_are_bound_to_their_diagnostics(client: Editor) -> None:
    open_document(client, AGENT)
    literal = can(client, "text_document.code_action.code_action_literal_support")
    if not literal:
        with pytest.raises(Exception, match="Method Not Found"):
            await actions(client)
        await close_document(client)
        return
    fix, *others = await actions(client, only=["quickfix"])
    (ignore,) = (action for action in others if action.title == "Disable unknown-tool for this line")
    assert "`Bash`" in fix.title
    assert applied(client, fix, AGENT) == CLEAN
    commented = AGENT.replace("tools:", "# agentls: ignore[unknown-tool]\ntools:")
    assert applied(client, ignore, AGENT) == commented
    for action in (fix, ignore):
        assert action.kind == t.CodeActionKind.QuickFix
        assert [(found.code, found.range) for found in action.diagnostics or []] == [("unknown-tool", BAHS)]
    await close_document(client)


def _without_conversions(found: list[t.CodeAction]) -> list[t.CodeAction]:
    """Return the actions without those that convert an agent, which are offered at its head in any case."""
    return [action for action in found if not action.title.startswith("Convert to ")]


async def test_actions_only_at_the_range_and_of_the_requested_kind(client: Editor) -> None:
    if not can(client, "text_document.code_action.code_action_literal_support"):
        return
    open_document(client, AGENT)
    start_of_name = t.Range(t.Position(1, 0), t.Position(1, 0))
    at_the_end = t.Range(BAHS.end, BAHS.end)
    assert not _without_conversions(await actions(client, start_of_name))
    assert await actions(client, at_the_end) != []
    assert await actions(client, only=["source.organizeImports"]) == []
    assert await actions(client, only=["quickfix"]) != []
    assert await actions(client, only=[""]) != []
    await close_document(client)


async def test_refactorings_are_no_quick_fixes(client: Editor) -> None:
    announced = can(
        client, "text_document.code_action.code_action_literal_support.code_action_kind.value_set"
    )
    if announced is None:
        return
    open_document(client, AGENT)
    found = await actions(client, only=["refactor"])
    assert bool(found) == ("refactor" in announced)
    assert {action.kind for action in found} <= {"refactor.rewrite"}
    for action in found:
        assert applied(client, action, AGENT) != AGENT
    assert not any(action.kind == "refactor.rewrite" for action in await actions(client, only=["quickfix"]))
    at_each_move = t.CodeActionContext([], trigger_kind=t.CodeActionTriggerKind.Automatic)
    params = t.CodeActionParams(identifier(), t.Range(BAHS.start, BAHS.start), at_each_move)
    for each in await client.text_document_code_action_async(params) or []:
        assert isinstance(each, t.CodeAction)
        assert each.kind != "refactor.rewrite"
    await close_document(client)


async def test_a_section_is_extracted_if_the_editor_can_create_files(client: Editor) -> None:
    if not can(client, "text_document.code_action.code_action_literal_support"):
        return
    open_document(client, AGENT)
    line = AGENT[: AGENT.index("# Task")].count("\n")
    heading = t.Range(t.Position(line, 2), t.Position(line, 2))
    found = await actions(client, heading, ["refactor.extract"])
    operations = can(client, "workspace.workspace_edit.resource_operations") or ()
    assert len(found) == ("create" in operations)
    for action in found:
        assert action.edit is not None
        create, new, own = action.edit.document_changes or ()
        uri = "file:///project/.claude/skills/task/SKILL.md"
        assert create == t.CreateFile(uri)
        assert isinstance(new, t.TextDocumentEdit)
        assert isinstance(own, t.TextDocumentEdit)
        assert new.text_document == t.OptionalVersionedTextDocumentIdentifier(uri)
        assert own.text_document.uri == URI
    await close_document(client)


async def test_an_action_of_an_older_version_is_refused() -> None:
    can_resolve = capabilities("visual-studio-code")
    async with session(can_resolve) as client:
        open_document(client, AGENT)
        context = t.CodeActionContext([])
        params = t.CodeActionParams(identifier(), BAHS, context)
        (action, *_) = await client.text_document_code_action_async(params) or []
        assert isinstance(action, t.CodeAction)
        assert action.edit is None
        change_document(client, "\n" + AGENT, 2)
        with pytest.raises(Exception, match="Content Modified"):
            await client.code_action_resolve_async(action)


@pytest.mark.parametrize(
    ("name", "moves"), [("vscode-1.139.1", True), ("neovim-0.7.2", True), ("emacs-28.2-eglot-1.9", False)]
)
async def test_a_file_that_is_not_read_is_moved_if_the_editor_can_move_files(name: str, moves: bool) -> None:
    uri = "file:///project/.claude/agent/reviewer.md"
    async with session(capabilities(name)) as client:
        open_document(client, CLEAN, uri)
        start_of_file = t.Range(t.Position(0, 0), t.Position(0, 3))
        params = t.CodeActionParams(identifier(uri), start_of_file, t.CodeActionContext([]))
        found = await client.text_document_code_action_async(params) or []
        moving = [await resolved(client, action) for action in found if action.title == "Move the file"]
        assert bool(moving) == moves
        for action in moving:
            assert action.edit is not None
            assert action.edit.document_changes == (t.RenameFile(uri, URI),)


async def test_the_frontmatter_is_formatted(client: Editor) -> None:
    text = AGENT.replace("name: ", "name:   ").replace("\n", "\r\n").replace("# Task", "# 🧪 Task  ")
    open_document(client, text)
    options = t.FormattingOptions(tab_size=4, insert_spaces=False)
    whole = t.Range(t.Position(0, 0), t.Position(99, 0))
    formatted = await client.text_document_formatting_async(t.DocumentFormattingParams(identifier(), options))
    in_range = await client.text_document_range_formatting_async(
        t.DocumentRangeFormattingParams(identifier(), whole, options)
    )
    for edits in (formatted, in_range):
        found = (Edit(span(text, edit.range), edit.new_text) for edit in edits or [])
        assert apply_edits(text, found) == text.replace("name:   ", "name: ")
    await close_document(client)


async def test_a_line_break_in_a_list_starts_the_next_item(client: Editor) -> None:
    text = "---\nname: a\ntools:\n  - Read\n\n---\n"
    open_document(client, text)
    options = t.FormattingOptions(tab_size=4, insert_spaces=False)
    params = t.DocumentOnTypeFormattingParams(identifier(), t.Position(4, 0), "\n", options)
    edits = await client.text_document_on_type_formatting_async(params)
    assert list(edits or []) == [t.TextEdit(t.Range(t.Position(4, 0), t.Position(4, 0)), "  - ")]
    await close_document(client)


async def test_a_safe_fix_is_preferred(client: Editor) -> None:
    if not can(client, "text_document.code_action.code_action_literal_support"):
        return
    open_document(client, AGENT.replace("Bahs", "Bash\n# agentls: ignore[unknown-key]"))
    line = t.Range(t.Position(4, 0), t.Position(4, 5))
    fix, *others = await actions(client, line, only=["quickfix"])
    assert fix.is_preferred is (
        True if can(client, "text_document.code_action.is_preferred_support") else None
    )
    assert not any(action.is_preferred for action in others)
    await close_document(client)


async def test_all_safe_fixes_are_one_edit_for_editors_that_fix_files_on_save(client: Editor) -> None:
    if not can(client, "text_document.code_action.code_action_literal_support"):
        return
    text = AGENT.replace("Bahs, Grep", "Read, Grep\nmodel:\ncolor: red\ncolor: blue")
    open_document(client, text)
    start_of_file = t.Range(t.Position(0, 0), t.Position(0, 0))
    kinds = can(client, "text_document.code_action.code_action_literal_support").code_action_kind.value_set
    for only in ("source.fixAll.agentls", "source.fixAll", "source"):
        found = await actions(client, start_of_file, only=[only])
        assert [action.kind for action in found] == ["source.fixAll.agentls"] * ("source" in kinds)
        for action in found:
            assert applied(client, action, text) == AGENT.replace("Bahs, Grep", "Grep\ncolor: blue")
    assert await actions(client, start_of_file, only=["source.organizeImports"]) == []
    assert not _without_conversions(await actions(client, start_of_file))
    await close_document(client)


async def test_actions_for_the_diagnostics_that_the_client_names(client: Editor) -> None:
    if not can(client, "text_document.code_action.code_action_literal_support"):
        return
    open_document(client, AGENT)
    start, elsewhere = (t.Range(t.Position(line, 0), t.Position(line, 0)) for line in (3, 2))
    known = t.Diagnostic(BAHS, "", code="unknown-tool", source="agentls")
    outdated = t.Diagnostic(start, "", code="unknown-tool")
    for where, diagnostics, count in (
        (elsewhere, [known], 1),
        (elsewhere, [outdated], 0),
        (elsewhere, [], 0),
        (start, [outdated], 1),
        (start, [], 1),
    ):
        context = t.CodeActionContext(diagnostics, only=["quickfix"])
        params = t.CodeActionParams(identifier(), where, context)
        found = await client.text_document_code_action_async(params) or []
        assert sum("`Bash`" in action.title for action in found) == count
    await close_document(client)


async def test_actions_at_a_cursor_are_those_of_its_line(client: Editor) -> None:
    if not can(client, "text_document.code_action.code_action_literal_support"):
        return
    open_document(client, AGENT.replace("Grep", "Grpe"))
    for column, first in ((0, "`Bash`"), (19, "`Grep`")):
        cursor = t.Range(t.Position(3, column), t.Position(3, column))
        titles = [action.title for action in await actions(client, cursor)]
        assert first in titles[0], "what is at the cursor comes first"
        assert any("`Bash`" in title for title in titles)
        assert any("`Grep`" in title for title in titles)
    await close_document(client)


async def test_questions_about_a_document_that_was_closed(client: Editor) -> None:
    open_document(client, AGENT)
    (item, *_) = (await complete(client, 3, 15)).items
    await close_document(client)
    assert (await client.completion_item_resolve_async(item)).documentation is None
    outline = await client.text_document_document_symbol_async(t.DocumentSymbolParams(identifier()))
    assert outline is None


async def test_answers_after_a_change(client: Editor) -> None:
    open_document(client, AGENT)
    change_document(client, AGENT.replace("# Task", "# Other"), 2)
    found = await client.text_document_document_symbol_async(t.DocumentSymbolParams(identifier()))
    assert [symbol.name for symbol in found or []][-1] == "Other"
    await close_document(client)


async def test_the_reading_is_sent_on_request(client: Editor) -> None:
    open_document(client, AGENT)
    found = await ask(client, "agentls/inspect", {"textDocument": {"uri": identifier().uri}})
    (reading,) = found.readings
    assert found.noun == "agent"
    assert (reading.runtime, reading.words, reading.level) == (
        "Claude Code",
        "loads with problems",
        "impaired",
    )
    assert reading.verdict in found.text
    await close_document(client)
    unknown = {"textDocument": {"uri": identifier().uri}}
    assert await ask(client, "agentls/inspect", unknown) is None
