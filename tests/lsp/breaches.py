"""Breaches of the protocol: messages that need a capability that the client did not announce.

Written from the specification, and independent of how the server reads the capabilities.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

Json = Any

# Notifications that every client must accept.
ALWAYS = {"textDocument/publishDiagnostics", "window/showMessage", "window/logMessage"}

# Requests to the client, each with the capability that it needs.
REQUESTS = {
    "workspace/configuration": "workspace.configuration",
    "workspace/diagnostic/refresh": "workspace.diagnostics.refreshSupport",
    "workspace/codeLens/refresh": "workspace.codeLens.refreshSupport",
    "workspace/semanticTokens/refresh": "workspace.semanticTokens.refreshSupport",
    "workspace/inlayHint/refresh": "workspace.inlayHint.refreshSupport",
    "workspace/applyEdit": "workspace.applyEdit",
    "workspace/workspaceFolders": "workspace.workspaceFolders",
    "window/showDocument": "window.showDocument.support",
    "window/workDoneProgress/create": "window.workDoneProgress",
    "$/progress": "window.workDoneProgress",
}

# The kinds that a client supports if it announces none.
OLD_KINDS = range(1, 19)


class Announced:
    """The capabilities of a client, by their paths."""

    def __init__(self, capabilities: Json) -> None:
        self.capabilities = capabilities

    def __call__(self, path: str) -> Json:
        found = self.capabilities
        for name in path.split("."):
            found = found.get(name) if isinstance(found, dict) else None
        return found

    def unless(self, path: str, what: str, sent: object) -> Iterator[str]:
        """Yield the breach if something is `sent` that `path` does not allow."""
        if sent and self(path) in (None, False):
            yield f"{what}, without {path}"

    def outside(
        self, path: str, what: str, sent: Iterable[Json], default: Iterable[Json] = ()
    ) -> Iterator[str]:
        """Yield a breach for each value that is `sent` and not listed at `path`."""
        known = self(path)
        for value in sent:
            if value not in (default if known is None else known):
                yield f"{what} {value!r}, not in {path}"


def unasked(has: Announced, message: Json) -> Iterator[str]:
    """Yield the breaches in a message that is not an answer."""
    method, params = message["method"], message.get("params")
    if method == "client/registerCapability":
        for registration in params["registrations"]:
            path = registration["method"].replace("/", ".")
            yield from has.unless(f"{path}.dynamicRegistration", f"registration of {path}", True)
    elif method in REQUESTS:
        yield from has.unless(REQUESTS[method], method, True)
    elif method not in ALWAYS:
        yield f"{method}, which no capability allows"
    if method == "textDocument/publishDiagnostics":
        yield from has.unless(
            "textDocument.publishDiagnostics.versionSupport", "a version", "version" in params
        )
        yield from diagnostics(has, params["diagnostics"])


def diagnostics(has: Announced, found: list[Json]) -> Iterator[str]:
    """Yield the breaches in diagnostics. Clients of 3.17 pull, but announce only in `publishDiagnostics` what they
    can show."""
    pushed, pulled = "textDocument.publishDiagnostics", "textDocument.diagnostic"
    for diagnostic in found:
        for field, name in (
            ("relatedInformation", "relatedInformation"),
            ("codeDescription", "codeDescriptionSupport"),
            ("data", "dataSupport"),
        ):
            if not has(f"{pulled}.{name}"):
                yield from has.unless(f"{pushed}.{name}", field, field in diagnostic)
        where = pulled if has(f"{pulled}.tagSupport") else pushed
        yield from has.outside(f"{where}.tagSupport.valueSet", "diagnostic tag", diagnostic.get("tags", []))
        if not isinstance(diagnostic["message"], str):
            yield from has.unless(f"{pulled}.markupMessageSupport", "a message with markup", True)


def initialized(has: Announced, result: Json) -> Iterator[str]:
    """Yield the breaches in the server's capabilities."""
    offered = result["capabilities"]
    names = offered.get("workspaceSymbolProvider")
    lazy = isinstance(names, dict) and names.get("resolveProvider")
    yield from has.unless("workspace.symbol.resolveSupport", "places of symbols to be resolved", lazy)
    encoding = [offered.get("positionEncoding", "utf-16")]
    yield from has.outside("general.positionEncodings", "positions in", encoding, ["utf-16"])
    if "diagnosticProvider" in offered and has("textDocument.diagnostic") is None:
        yield "diagnosticProvider, without textDocument.diagnostic"
    options = isinstance(offered.get("renameProvider"), dict)
    yield from has.unless("textDocument.rename.prepareSupport", "options of renameProvider", options)
    operations = offered.get("workspace", {}).get("fileOperations") or {}
    for name in operations:
        yield from has.unless(f"workspace.fileOperations.{name}", f"the operation {name}", operations[name])
    if isinstance(offered.get("codeActionProvider"), dict):
        literal = "textDocument.codeAction.codeActionLiteralSupport"
        yield from has.unless(literal, "options of codeActionProvider", True)


def completion(has: Announced, result: Json) -> Iterator[str]:
    """Yield the breaches in a list of completion items."""
    for name in result.get("itemDefaults", {}):
        yield from has.outside("textDocument.completion.completionList.itemDefaults", "default", [name])
    for item in result["items"]:
        yield from completion_item(has, item)


def completion_item(has: Announced, item: Json) -> Iterator[str]:
    """Yield the breaches in one completion item."""
    at = "textDocument.completion.completionItem"
    yield from has.unless(f"{at}.snippetSupport", "a snippet", item.get("insertTextFormat") == 2)
    yield from has.unless(f"{at}.commitCharactersSupport", "commit characters", "commitCharacters" in item)
    yield from has.unless(f"{at}.deprecatedSupport", "deprecated", "deprecated" in item)
    yield from has.unless(f"{at}.preselectSupport", "preselect", "preselect" in item)
    yield from has.unless(f"{at}.labelDetailsSupport", "labelDetails", "labelDetails" in item)
    yield from has.unless(
        f"{at}.insertReplaceSupport", "two ranges to choose from", "insert" in item.get("textEdit", {})
    )
    yield from has.outside(f"{at}.tagSupport.valueSet", "item tag", item.get("tags", []))
    if "insertTextMode" in item:
        modes = f"{at}.insertTextModeSupport.valueSet"
        yield from has.outside(modes, "insert text mode", [item["insertTextMode"]])
    if "kind" in item:
        kinds = "textDocument.completion.completionItemKind.valueSet"
        yield from has.outside(kinds, "item kind", [item["kind"]], OLD_KINDS)
    if isinstance(item.get("documentation"), dict):
        formats = f"{at}.documentationFormat"
        yield from has.outside(formats, "documentation in", [item["documentation"]["kind"]])


def completion_resolved(has: Announced, before: Json, after: Json) -> Iterator[str]:
    """Yield the breaches in a resolved completion item."""
    yield from completion_item(has, after)
    changed = [name for name in after if after[name] != before.get(name)]
    lazy = "textDocument.completion.completionItem.resolveSupport.properties"
    allowed = [*(has(lazy) or ()), "documentation", "detail"]  # Every client takes these two late.
    yield from (f"late {name}, not in {lazy}" for name in changed if name not in allowed)


def lens(has: Announced, before: Json, after: Json) -> Iterator[str]:
    """Yield the breaches in a resolved lens."""
    late = [name for name in after if after[name] != before.get(name)]
    yield from has.outside("textDocument.codeLens.resolveSupport.properties", "late", late, ["command"])
    name = after["command"]["command"]
    yield from has.outside("experimental.commands", "command", [name] if name else [], [])


def hover(has: Announced, result: Json) -> Iterator[str]:
    """Yield the breaches in a hover."""
    kind = result["contents"]["kind"]
    yield from has.outside("textDocument.hover.contentFormat", "hover in", [kind], ["plaintext"])


def definition(has: Announced, result: list[Json]) -> Iterator[str]:
    """Yield the breaches in the locations of definitions."""
    for place in result:
        yield from has.unless("textDocument.definition.linkSupport", "a link", "targetUri" in place)


def links(has: Announced, result: list[Json]) -> Iterator[str]:
    """Yield the breaches in the links of a document."""
    for link in result:
        yield from has.unless("textDocument.documentLink.tooltipSupport", "a tooltip", "tooltip" in link)


def places(has: Announced, result: list[Json]) -> Iterator[str]:
    """Yield the breaches in the symbols of the workspace."""
    at = "workspace.symbol"
    for symbol in result:
        if "range" not in symbol["location"]:
            lazy = f"{at}.resolveSupport.properties"
            yield from has.outside(lazy, "late", ["location.range"])
        yield from has.outside(f"{at}.symbolKind.valueSet", "kind", [symbol["kind"]], OLD_KINDS)
        yield from has.outside(f"{at}.tagSupport.valueSet", "tag", symbol.get("tags", []))


def symbols(has: Announced, result: list[Json]) -> Iterator[str]:
    """Yield the breaches in an outline."""
    at = "textDocument.documentSymbol"
    for symbol in result:
        nested = "selectionRange" in symbol
        yield from has.unless(f"{at}.hierarchicalDocumentSymbolSupport", "a tree of symbols", nested)
        yield from has.outside(f"{at}.symbolKind.valueSet", "symbol kind", [symbol["kind"]], OLD_KINDS)
        yield from has.outside(f"{at}.tagSupport.valueSet", "symbol tag", symbol.get("tags", []))
        yield from symbols(has, symbol.get("children", []))


def folding(has: Announced, result: list[Json]) -> Iterator[str]:
    """Yield the breaches in folding ranges."""
    at = "textDocument.foldingRange"
    limit = has(f"{at}.rangeLimit")
    if limit is not None and len(result) > limit:
        yield f"{len(result)} folding ranges, more than {at}.rangeLimit"
    for fold in result:
        if has(f"{at}.lineFoldingOnly") and ("startCharacter" in fold or "endCharacter" in fold):
            yield f"a fold within a line, against {at}.lineFoldingOnly"
        known = ["comment", "imports", "region"]
        kinds = [fold["kind"]] if "kind" in fold else []
        yield from has.outside(f"{at}.foldingRangeKind.valueSet", "fold kind", kinds, known)
        text = f"{at}.foldingRange.collapsedText"
        yield from has.unless(text, "collapsed text", "collapsedText" in fold)


def actions(has: Announced, result: list[Json]) -> Iterator[str]:
    """Yield the breaches in code actions."""
    at = "textDocument.codeAction"
    for action in result:
        yield from has.unless(f"{at}.codeActionLiteralSupport", "a code action", True)
        known = has(f"{at}.codeActionLiteralSupport.codeActionKind.valueSet") or []
        parts = action.get("kind", "").split(".")
        if "kind" in action and not any(".".join(parts[:end]) in known for end in range(len(parts) + 1)):
            yield f"action kind {action['kind']!r}, not announced"
        yield from has.unless(f"{at}.isPreferredSupport", "isPreferred", "isPreferred" in action)
        yield from has.unless(f"{at}.disabledSupport", "disabled", "disabled" in action)
        yield from has.unless(f"{at}.dataSupport", "data", "data" in action)
        if "edit" not in action:
            yield from has.outside(f"{at}.resolveSupport.properties", "late", ["edit"])
        yield from diagnostics(has, action.get("diagnostics", []))
        yield from edit(has, action.get("edit", {}))


def edit(has: Announced, changes: Json, honors: str = "") -> Iterator[str]:
    """Yield the breaches in a workspace edit. `honors` is the capability for annotations in the answer to the request
    that returned it."""
    at = "workspace.workspaceEdit"
    rows = changes.get("documentChanges", [])
    # Plain `changes` are for clients that announce neither of the two capabilities.
    if not has(f"{at}.resourceOperations"):
        yield from has.unless(f"{at}.documentChanges", "documentChanges", "documentChanges" in changes)
    bound = any(row.get("textDocument", {}).get("version") is not None for row in rows)
    yield from has.unless(f"{at}.documentChanges", "the version of a document", bound)
    edits = [*(row.get("edits", []) for row in rows), *changes.get("changes", {}).values(), rows]
    annotated = any("annotationId" in each for some in edits for each in some)
    annotated = annotated or "changeAnnotations" in changes
    yield from has.unless(f"{at}.changeAnnotationSupport", "change annotations", annotated)
    if honors:
        yield from has.unless(honors, "change annotations", annotated)
    kinds = [change["kind"] for change in rows if "kind" in change]
    yield from has.outside(f"{at}.resourceOperations", "operation", kinds)
