"""The table of methods: what the server answers, by which function, and for which clients.

A question gets the snapshot of the session and cannot change it; a notification gets the server. The functions are
in `requests/` and are loaded at the first call, so that the answer to `initialize` does not wait for them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any, TypeAlias

from lsprotocol import types as t

from agentls.features.token_legend import TOKEN_MODIFIERS, TOKEN_TYPES
from agentls.lsp.client import DIAGNOSTIC_SOURCE, FIX_ALL, Client
from agentls.lsp.server import Server
from agentls.text.named_tuples import NamedTuple

COMPLETION_TRIGGERS = [":", ",", " ", "-", "[", "{", "(", '"', "'", "@", "$"]

Handler: TypeAlias = Callable[..., Any]


class Reply(NamedTuple):
    """The answer to a question, with messages for the user."""

    result: Any
    messages: tuple[str, ...] = ()


# Kinds of methods: from the server and the path of a function to the handler that pygls calls.


def _notification(server: Server, path: str) -> Handler:
    """Call a function with the server."""
    return lambda params: load_handler(path)(server, params)


def _exchange(server: Server, path: str) -> Handler:
    """Call a coroutine function with the server, which sends requests to the client or works in time slices."""

    async def handle(params: Any) -> Any:
        return await load_handler(path)(server, params)

    return handle


def _question(server: Server, path: str) -> Handler:
    """Answer a question from the state of this moment."""
    return lambda params: _answer(server, path, params)


def _question_when_complete(server: Server, path: str) -> Handler:
    """Answer a question once all files of the projects are known."""

    async def handle(params: Any) -> Any:
        await server.updates.reader.wait(until_complete=True)
        return _answer(server, path, params)

    return handle


def _question_when_read(server: Server, path: str) -> Handler:
    """Answer a question once the files that are being read are known."""

    async def handle(params: Any) -> Any:
        await server.updates.reader.wait(until_complete=False)
        return _answer(server, path, params)

    return handle


def _answer(server: Server, path: str, params: Any) -> Any:
    answer = load_handler(path)(server.snapshot, params)
    if not isinstance(answer, Reply):
        return answer
    for message in answer.messages:
        server.updates.publisher.show_message(message)
    return answer.result


@cache
def load_handler(path: str) -> Handler:
    """Return the function at `path`, which is `module:function` in `requests/`."""
    module, _, name = path.partition(":")
    handler: Handler = getattr(import_module(f"agentls.lsp.requests.{module}"), name)
    return handler


# Options that depend on the client


def _code_action(client: Client) -> t.CodeActionOptions:
    return t.CodeActionOptions(
        [
            t.CodeActionKind.QuickFix,
            FIX_ALL,
            t.CodeActionKind.RefactorRewrite,
            t.CodeActionKind.RefactorExtract,
        ],
        resolve_provider=client.resolves_action_edits,
    )


def _rename(client: Client) -> t.RenameOptions | None:
    return t.RenameOptions(prepare_provider=True) if client.prepares_rename else None


def _workspace_symbol(client: Client) -> t.WorkspaceSymbolOptions | None:
    return t.WorkspaceSymbolOptions(resolve_provider=True) if client.resolves_symbols else None


def _semantic_tokens(_: Client) -> t.SemanticTokensLegend:
    return t.SemanticTokensLegend(TOKEN_TYPES, TOKEN_MODIFIERS)


# A path in an agent file may lead to any file.
_ANY_FILE = t.FileOperationFilter(t.FileOperationPattern("**/*"), scheme="file")


class Method(NamedTuple):
    """A method of the protocol: its name, its kind, the path of its function, the options for its registration
    (for every client, or a function of the client), and whether a client gets it."""

    name: str
    kind: Callable[[Server, str], Handler]
    path: str
    options: Any = None
    is_wanted: Callable[[Client], bool] = lambda _: True

    def options_for(self, client: Client) -> Any:
        """Return the options for the registration."""
        return self.options(client) if callable(self.options) else self.options


METHODS = (
    # Lifecycle
    Method(t.INITIALIZED, _exchange, "lifecycle:initialized"),
    Method(t.SHUTDOWN, _notification, "lifecycle:shutdown"),
    Method(t.WORKSPACE_DID_CHANGE_CONFIGURATION, _exchange, "lifecycle:did_change_configuration"),
    Method(t.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, _exchange, "lifecycle:did_change_workspace_folders"),
    # Document synchronization
    Method(t.TEXT_DOCUMENT_DID_OPEN, _notification, "document_sync:did_open"),
    Method(t.TEXT_DOCUMENT_DID_CHANGE, _notification, "document_sync:did_change"),
    Method(
        t.TEXT_DOCUMENT_DID_SAVE,
        _notification,
        "document_sync:did_save",
        t.SaveOptions(include_text=False),
    ),
    Method(t.TEXT_DOCUMENT_DID_CLOSE, _notification, "document_sync:did_close"),
    Method(t.WORKSPACE_DID_CHANGE_WATCHED_FILES, _notification, "document_sync:did_change_watched_files"),
    # Diagnostics
    Method(
        t.TEXT_DOCUMENT_DIAGNOSTIC,
        _question,
        "diagnostics:diagnostic",
        t.DiagnosticOptions(
            identifier=DIAGNOSTIC_SOURCE, inter_file_dependencies=True, workspace_diagnostics=False
        ),
        lambda client: client.pulls_diagnostics,
    ),
    Method(
        t.TEXT_DOCUMENT_CODE_ACTION,
        _question,
        "diagnostics:code_action",
        _code_action,
        lambda client: client.supports_action_literals,
    ),
    Method(
        t.CODE_ACTION_RESOLVE,
        _question,
        "diagnostics:resolve_code_action",
        is_wanted=lambda client: client.supports_action_literals,
    ),
    # Editing
    Method(
        t.TEXT_DOCUMENT_COMPLETION,
        _question,
        "editing:completion",
        t.CompletionOptions(trigger_characters=COMPLETION_TRIGGERS, resolve_provider=True),
    ),
    Method(t.COMPLETION_ITEM_RESOLVE, _question, "editing:resolve_completion"),
    Method(t.TEXT_DOCUMENT_HOVER, _question, "editing:hover"),
    # Formatting
    Method(t.TEXT_DOCUMENT_FORMATTING, _question, "formatting_requests:formatting"),
    Method(t.TEXT_DOCUMENT_RANGE_FORMATTING, _question, "formatting_requests:range_formatting"),
    Method(
        t.TEXT_DOCUMENT_ON_TYPE_FORMATTING,
        _question,
        "formatting_requests:on_type_formatting",
        t.DocumentOnTypeFormattingOptions(first_trigger_character="\n"),
    ),
    # Symbols
    Method(t.TEXT_DOCUMENT_DOCUMENT_SYMBOL, _question, "symbols:document_symbol"),
    Method(t.TEXT_DOCUMENT_FOLDING_RANGE, _question, "symbols:folding_range"),
    Method(t.WORKSPACE_SYMBOL, _question, "symbols:workspace_symbol", _workspace_symbol),
    Method(
        t.WORKSPACE_SYMBOL_RESOLVE,
        _question,
        "symbols:resolve_workspace_symbol",
        is_wanted=lambda client: client.resolves_symbols,
    ),
    # Navigation
    Method(t.TEXT_DOCUMENT_DEFINITION, _question, "navigation:definition"),
    Method(t.TEXT_DOCUMENT_REFERENCES, _question, "navigation:references"),
    Method(t.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, _question, "navigation:document_highlight"),
    Method(t.TEXT_DOCUMENT_DOCUMENT_LINK, _question, "navigation:document_link"),
    # Code lenses
    Method(
        t.TEXT_DOCUMENT_CODE_LENS, _question, "lenses:code_lens", t.CodeLensOptions(resolve_provider=True)
    ),
    Method(t.CODE_LENS_RESOLVE, _question, "lenses:resolve_code_lens"),
    # Presentation
    Method(
        t.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL,
        _question,
        "presentation:semantic_tokens_full",
        _semantic_tokens,
        lambda client: client.shows_semantic_tokens,
    ),
    Method(
        t.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE,
        _question,
        "presentation:semantic_tokens_range",
        _semantic_tokens,
        lambda client: client.shows_semantic_tokens,
    ),
    Method(
        t.TEXT_DOCUMENT_INLAY_HINT,
        _question,
        "presentation:inlay_hint",
        is_wanted=lambda client: client.shows_inlay_hints,
    ),
    Method(
        t.TEXT_DOCUMENT_DOCUMENT_COLOR,
        _question,
        "presentation:document_color",
        is_wanted=lambda client: client.shows_colors,
    ),
    Method(
        t.TEXT_DOCUMENT_COLOR_PRESENTATION,
        _question,
        "presentation:color_presentation",
        is_wanted=lambda client: client.shows_colors,
    ),
    # Selection
    Method(
        t.TEXT_DOCUMENT_SELECTION_RANGE,
        _question,
        "selecting:selection_range",
        is_wanted=lambda client: client.selects_ranges,
    ),
    Method(
        t.TEXT_DOCUMENT_LINKED_EDITING_RANGE,
        _question,
        "selecting:linked_editing_range",
        is_wanted=lambda client: client.links_editing,
    ),
    # Call hierarchy
    Method(
        t.TEXT_DOCUMENT_PREPARE_CALL_HIERARCHY,
        _question,
        "calls:prepare",
        is_wanted=lambda client: client.shows_calls,
    ),
    Method(
        t.CALL_HIERARCHY_INCOMING_CALLS,
        _question,
        "calls:incoming_calls",
        is_wanted=lambda client: client.shows_calls,
    ),
    Method(
        t.CALL_HIERARCHY_OUTGOING_CALLS,
        _question,
        "calls:outgoing_calls",
        is_wanted=lambda client: client.shows_calls,
    ),
    # Renaming
    Method(t.TEXT_DOCUMENT_RENAME, _question_when_complete, "renaming:rename", _rename),
    Method(
        t.TEXT_DOCUMENT_PREPARE_RENAME,
        _question_when_complete,
        "renaming:prepare_rename",
        is_wanted=lambda client: client.prepares_rename,
    ),
    Method(
        t.WORKSPACE_WILL_RENAME_FILES,
        _question_when_complete,
        "renaming:will_rename_files",
        t.FileOperationRegistrationOptions([_ANY_FILE]),
        lambda client: client.reports_renames,
    ),
    # Beyond the protocol
    Method("agentls/inspect", _question, "agent_requests:inspect"),
    Method("agentls/folders", _question_when_read, "creation_requests:folders"),
    Method("agentls/models", _question, "creation_requests:models"),
    Method("agentls/newAgent", _question, "creation_requests:new_agent"),
    Method("agentls/graph", _question_when_read, "agent_map:graph"),
    Method("agentls/tree", _question_when_read, "agent_tree:tree"),
    Method("agentls/treeFiles", _question_when_read, "agent_tree:tree_files"),
    Method("agentls/verdicts", _exchange, "agent_tree:verdicts"),
)


def register(server: Server) -> None:
    """Register `initialize`, which registers the methods that its client gets."""

    def initialize(params: t.InitializeParams) -> None:
        server.initialize(Client.of(params.capabilities), params.initialization_options, params.process_id)
        for method in METHODS:
            if method.is_wanted(server.client):
                options = method.options_for(server.client)
                server.feature(method.name, options)(method.kind(server, method.path))

    server.feature(t.INITIALIZE)(initialize)
