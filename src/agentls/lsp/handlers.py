"""One short function per method: convert the question, ask the core, convert the answer.

pygls keeps the texts and turns what is raised here into an answer; the features are imported
where they are asked, so that loading them does not delay the answer to `initialize`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lsprotocol import types as t
from pygls.exceptions import JsonRpcContentModified

from agentls.lsp import (
    code_lens_requests,
    convert,
    graph_request,
    name_requests,
    rename_requests,
    settings,
    watched_files,
)
from agentls.lsp.client import Client
from agentls.text.offsets import Span

if TYPE_CHECKING:
    from agentls.features.code_action import CodeAction
    from agentls.lsp.server import Asked, Server

TRIGGERS = [":", ",", " ", "-", "[", "{", "(", '"', "'", "@"]


def register(server: Server) -> None:
    """Register what every client gets; `initialize` adds the rest."""
    feature = server.feature
    feature(t.INITIALIZE)(initialize)
    feature(t.INITIALIZED)(initialized)
    feature(t.SHUTDOWN)(shutdown)
    feature(t.TEXT_DOCUMENT_DID_OPEN)(did_open)
    feature(t.TEXT_DOCUMENT_DID_CHANGE)(did_change)
    feature(t.TEXT_DOCUMENT_DID_SAVE, t.SaveOptions(include_text=False))(did_save)
    feature(t.TEXT_DOCUMENT_DID_CLOSE)(did_close)
    feature(t.WORKSPACE_DID_CHANGE_CONFIGURATION)(did_change_configuration)
    feature(t.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS)(did_change_workspace_folders)
    watched_files.register(server)
    code_lens_requests.register(server)
    feature(
        t.TEXT_DOCUMENT_COMPLETION, t.CompletionOptions(trigger_characters=TRIGGERS, resolve_provider=True)
    )(completion)
    feature(t.COMPLETION_ITEM_RESOLVE)(resolve_completion)
    feature(t.TEXT_DOCUMENT_HOVER)(hover)
    feature(t.TEXT_DOCUMENT_DOCUMENT_SYMBOL)(document_symbol)
    feature(t.TEXT_DOCUMENT_FOLDING_RANGE)(folding_range)
    name_requests.register(server)
    feature("agentls/inspect")(inspect)
    feature("agentls/folders")(folders)
    feature("agentls/newAgent")(new_agent)
    graph_request.register(server)


# Life


def initialize(ls: Server, params: t.InitializeParams) -> None:
    """Note what the client can do, and offer what depends on it."""
    client = Client.of(params.capabilities)
    ls.start(client, params.initialization_options, params.process_id)
    name_requests.offer(ls, client)
    if client.pulls:
        ls.feature(t.TEXT_DOCUMENT_DIAGNOSTIC, _PULL)(diagnostic)
    if client.literal_actions:
        options = t.CodeActionOptions([t.CodeActionKind.QuickFix], resolve_provider=client.resolves_edits)
        ls.feature(t.TEXT_DOCUMENT_CODE_ACTION, options)(code_action)
        ls.feature(t.CODE_ACTION_RESOLVE)(resolve_code_action)
    rename_requests.register(ls, client)


_PULL = t.DiagnosticOptions(
    identifier=convert.SOURCE, inter_file_dependencies=True, workspace_diagnostics=False
)


async def initialized(ls: Server, _: t.InitializedParams) -> None:
    """Load the core, ask for the settings, and to be told when they change."""
    ls.warm_up()
    if ls.client.has_settings:
        await _ask_for_settings(ls)
    ls.take_up()
    wanted = []
    if ls.client.registers_settings:
        options: Any = t.DidChangeConfigurationRegistrationOptions(section=settings.SECTION)
        wanted.append(t.Registration("settings", t.WORKSPACE_DID_CHANGE_CONFIGURATION, options))
    if ls.client.watches_files:
        options = t.DidChangeWatchedFilesRegistrationOptions(watched_files.watchers())
        wanted.append(t.Registration("files", t.WORKSPACE_DID_CHANGE_WATCHED_FILES, options))
    if wanted:
        await ls.client_register_capability_async(t.RegistrationParams(wanted))


def shutdown(ls: Server, _: None) -> None:
    """Note that the client is going to leave as it should."""
    ls.shut_down = True


# Settings


async def did_change_configuration(ls: Server, params: t.DidChangeConfigurationParams) -> None:
    """Take new settings, from the message itself if the client cannot be asked."""
    if ls.client.has_settings:
        await _ask_for_settings(ls)
    else:
        ls.set(settings.section(params.settings))


async def _ask_for_settings(ls: Server) -> None:
    item = t.ConfigurationItem(section=settings.SECTION)
    (found,) = await ls.workspace_configuration_async(t.ConfigurationParams([item]))
    ls.set(settings.section({settings.SECTION: found}))


def did_change_workspace_folders(ls: Server, _: t.DidChangeWorkspaceFoldersParams) -> None:
    """The folders are others now."""
    ls.documents.roots = ls.roots
    ls.reload()
    ls.projects.regroup()
    ls.take_up()


# Documents


def did_open(ls: Server, params: t.DidOpenTextDocumentParams) -> None:
    """Check a document as soon as it is there."""
    ls.open(params.text_document)


def did_change(ls: Server, params: t.DidChangeTextDocumentParams) -> None:
    """Take in a new version of a document."""
    uri, version = params.text_document.uri, params.text_document.version
    for change in params.content_changes[-1:]:
        opened = ls.documents.change(uri, version, change.text)
        if opened:
            ls.check_soon(opened.uri)
        if opened and opened.document is None:
            ls.edited(uri)


def did_save(ls: Server, params: t.DidSaveTextDocumentParams) -> None:
    """See whether the configuration or the project has changed, for clients that watch no files."""
    ls.reload()
    ls.look_around(params.text_document.uri)


def did_close(ls: Server, params: t.DidCloseTextDocumentParams) -> None:
    """Forget a document."""
    closed = ls.documents.close(params.text_document.uri)
    if closed:
        ls.closed(closed.uri)


def diagnostic(
    ls: Server, params: t.DocumentDiagnosticParams
) -> t.RelatedFullDocumentDiagnosticReport | t.RelatedUnchangedDocumentDiagnosticReport:
    """The diagnostics of a document, or that they are still the same."""
    opened = ls.documents.get(params.text_document.uri)
    if opened is None:
        return t.RelatedFullDocumentDiagnosticReport([])
    known = str(opened.serial)
    if params.previous_result_id == known:
        return t.RelatedUnchangedDocumentDiagnosticReport(known)
    return t.RelatedFullDocumentDiagnosticReport(ls.diagnostics(opened), result_id=known)


# Questions


def code_action(ls: Server, params: t.CodeActionParams) -> list[t.CodeAction] | None:
    """What can be done about the diagnostics in a range."""
    asked, only = ls.ask(params.text_document.uri), params.context.only
    if asked is None or (only is not None and not {"", t.CodeActionKind.QuickFix} & {*only}):
        return None
    span = asked.at.span(params.range)
    found = []
    for number, action in enumerate(_actions(asked, span)):
        found.append(convert.action(action, asked.opened.uri, asked.at, ls.client, ls.place))
        if ls.client.resolves_edits:
            found[-1].data = {"uri": asked.opened.uri, "serial": asked.opened.serial, "at": [*span, number]}
        else:
            found[-1].edit = _edit(ls, asked, action)
    return found


def resolve_code_action(ls: Server, wanted: t.CodeAction) -> t.CodeAction:
    """The edit of an action, unless its document has changed since."""
    data: Any = wanted.data
    asked = ls.ask(data["uri"])
    if asked is None or asked.opened.serial != data["serial"]:
        raise JsonRpcContentModified
    start, end, number = data["at"]
    wanted.edit = _edit(ls, asked, _actions(asked, Span(start, end))[number])
    return wanted


def _actions(asked: Asked, span: Span) -> list[CodeAction]:
    from agentls.features.code_action import code_actions

    return code_actions(asked.document, asked.opened.diagnostics, span)


def _edit(ls: Server, asked: Asked, action: CodeAction) -> t.WorkspaceEdit:
    return convert.edit(action.edits, asked.opened.uri, asked.opened.version, asked.at, ls.client)


def completion(ls: Server, params: t.CompletionParams) -> t.CompletionList | None:
    """What may stand at the cursor."""
    from agentls.features.completion import complete

    asked = ls.ask(params.text_document.uri)
    if asked is None:
        return None
    offset = asked.at.offset(params.position)
    project = ls.projects.index(asked.document)
    found = complete(asked.document, offset, snippets=ls.client.snippets, index=project)
    items = [convert.completion(item, asked.opened.uri, asked.at, ls.client) for item in found.items]
    return t.CompletionList(found.is_incomplete, items)


def resolve_completion(ls: Server, item: t.CompletionItem) -> t.CompletionItem:
    """The documentation of an item that the user looks at."""
    from agentls.features import name_completion
    from agentls.features.completion import item_documentation

    data: Any = item.data
    asked = ls.ask(data["uri"])
    if asked is not None:
        project = ls.projects.index(asked.document)
        page = name_completion.name_documentation(
            asked.document, project, item.label, data["within"], ls.projects.document
        )
        page = page or item_documentation(asked.document.dialect, data["kind"], item.label, data["within"])
        item.documentation = convert.documentation(page, ls.client)
    return item


def hover(ls: Server, params: t.HoverParams) -> t.Hover | None:
    """What is known about what stands at a position."""
    from agentls.features.hover import hover as card
    from agentls.features.hover import hover_unsupported_file
    from agentls.features.name_hover import merge_hovers

    uri = params.text_document.uri
    asked, other = ls.ask(uri), ls.other(uri)
    here = asked or other
    if here is None:
        return None
    offset = here.at.offset(params.position)
    found = card(asked.document, offset, ls.projects.known(asked.document)) if asked else None
    found = hover_unsupported_file(other.path, other.text, offset) if other else found
    found = merge_hovers(name_requests.card(ls, uri, offset), found)
    return convert.hover(found, here.at, ls.client) if found else None


def document_symbol(
    ls: Server, params: t.DocumentSymbolParams
) -> list[t.DocumentSymbol] | list[t.SymbolInformation] | None:
    """The outline."""
    from agentls.features.document_symbol import document_symbols

    asked = ls.ask(params.text_document.uri)
    if asked is None:
        return None
    return convert.symbols(document_symbols(asked.document), asked.opened.uri, asked.at, ls.client)


def folding_range(ls: Server, params: t.FoldingRangeParams) -> list[t.FoldingRange] | None:
    """What can be folded."""
    from agentls.features.folding_range import folding_ranges

    asked = ls.ask(params.text_document.uri)
    return convert.folding(folding_ranges(asked.document), asked.at, ls.client) if asked else None


# Questions beyond the protocol, for clients that know them


def inspect(ls: Server, params: Any) -> dict[str, Any] | None:
    """What each runtime makes of `params.textDocument`, as text, and in a few words for those that count."""
    from agentls.reports import inspection

    asked = ls.ask(params.textDocument.uri)
    if asked is None:
        return None
    name = asked.document.path.rpartition("/")[2]
    seen = inspection.inspect_document(asked.document, ls.projects.known(asked.document))._replace(path=name)
    readings = [
        {
            "word": inspection.short_status(view),
            "good": inspection.is_usable(view),
            "verdict": inspection.verdict(view),
        }
        for view in seen.reports
        if view.is_primary
    ]
    return {"text": inspection.strip_styles(inspection.render_text(seen)), "readings": readings}


def folders(_: Any) -> list[dict[str, Any]]:
    """The folders in which a project may keep agents."""
    from agentls.features import new_agent as creation

    return [folder._asdict() for folder in creation.agent_folders()]


def new_agent(params: Any) -> dict[str, Any]:
    """The file of a new agent, called `params.name`, in `params.dialect`."""
    from agentls.features import new_agent as creation

    return creation.new_agent(params.dialect, params.name)._asdict()
