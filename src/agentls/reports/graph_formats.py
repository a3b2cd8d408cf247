"""Formats of a graph: Mermaid, Graphviz, JSON, and an interactive HTML page."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import groupby

from agentls import __version__
from agentls.project.graph import EdgeKind, Graph, Node
from agentls.text.escaping import escape_lines, to_json
from agentls.text.patterns import lazy_pattern

AssetReader = Callable[[str], str]
"""Returns the text of the asset of the page with the given file name."""

COLOURS = {
    "agent": "#3b6fd4",
    "skill": "#2f8f5b",
    "command": "#9a5cc7",
    "server": "#b9770e",
    "file": "#6b7280",
    "tool": "#0f7285",
}
"""The colour of each kind of node in all formats; readable on light and on dark backgrounds."""

UNRESOLVED_COLOUR = "#d1242f"

_WEAK_EDGES: tuple[EdgeKind, ...] = ("mentions", "may use")


# --- Mermaid ----------------------------------------------------------------------------------

_MERMAID_SHAPES = {
    "agent": '("{}")',
    "skill": '["{}"]',
    "command": '[/"{}"/]',
    "server": '[("{}")]',
    "file": '>"{}"]',
    "tool": '(["{}"])',
}
_NOT_PLAIN = lazy_pattern(r"[^\w ./:-]|^[-\d]+(?=[. ])")

MERMAID_EDGES = 500
"""The default of Mermaid's `maxEdges`: it does not draw a graph with more."""


def render_mermaid(graph: Graph) -> str:
    """Render the graph as a Mermaid flowchart."""
    names = {node.id: f"n{at}" for at, node in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    for at, (group, nodes) in enumerate(groupby(graph.nodes, key=lambda node: node.group)):
        inside = "    " if group else "  "
        if group:
            lines.append(f'  subgraph g{at}["{_escape_mermaid(group)}"]')
        for node in nodes:
            shape = _MERMAID_SHAPES[node.kind].format(_escape_mermaid(node.name))
            lines.append(f"{inside}{names[node.id]}{shape}:::{node.state or node.kind}")
        if group:
            lines.append("  end")
    for edge in graph.edges:
        arrow = f"-. {edge.kind} .->" if edge.kind in _WEAK_EDGES else f"-- {edge.kind} -->"
        lines.append(f"  {names[edge.source]} {arrow} {names[edge.target]}")
    for kind, colour in COLOURS.items():
        lines.append(f"  classDef {kind} stroke:{colour},stroke-width:2px")
    lines.append("  classDef external stroke-dasharray:3 3")
    red = UNRESOLVED_COLOUR
    lines.append(f"  classDef unresolved stroke:{red},color:{red},stroke-dasharray:6 3,stroke-width:2px")
    return "\n".join(lines) + "\n"


def _escape_mermaid(text: str) -> str:
    """Escape `text` for a quoted string, in which Mermaid parses entities, Markdown and HTML."""
    return _NOT_PLAIN.sub(lambda found: "".join(f"#{ord(character)};" for character in found[0]), text) or " "


# --- Graphviz ---------------------------------------------------------------------------------

_DOT_SHAPES = {
    "agent": "box",
    "skill": "note",
    "command": "cds",
    "server": "cylinder",
    "file": "plain",
    "tool": "oval",
}


def render_dot(graph: Graph) -> str:
    """Render the graph in the DOT language of Graphviz."""
    lines = [
        "digraph agents {",
        "  rankdir=LR",
        '  node [shape=box style=rounded fontname="Helvetica" fontsize=11]',
        '  edge [fontname="Helvetica" fontsize=9 color="#6b7280" fontcolor="#6b7280"]',
    ]
    for at, (group, nodes) in enumerate(groupby(graph.nodes, key=lambda node: node.group)):
        inside = "    " if group else "  "
        if group:
            lines.append(f"  subgraph cluster_{at} {{")
            lines.append(f'    label={_quote_dot(group)} color="#d0d7de" fontname="Helvetica" fontsize=11')
        lines += [f"{inside}{_quote_dot(node.id)} [{_dot_node(node)}]" for node in nodes]
        if group:
            lines.append("  }")
    for edge in graph.edges:
        style = " style=dashed constraint=false" if edge.kind in _WEAK_EDGES else ""
        row = f"label={_quote_dot(edge.kind)}{style}"
        lines.append(f"  {_quote_dot(edge.source)} -> {_quote_dot(edge.target)} [{row}]")
    return "\n".join([*lines, "}"]) + "\n"


def _dot_node(node: Node) -> str:
    colour = UNRESOLVED_COLOUR if node.state == "unresolved" else COLOURS[node.kind]
    row = f'label={_quote_dot(node.name)} shape={_DOT_SHAPES[node.kind]} color="{colour}"'
    if node.state:
        row += f' style="rounded,dashed" fontcolor="{colour}"'
    if node.description:
        row += f" tooltip={_quote_dot(node.description)}"
    return row


def _quote_dot(text: str) -> str:
    """Quote `text` for DOT, in which a backslash starts an escape and `&` an entity."""
    line = escape_lines(" ".join(text.split())).replace("&", "&amp;")
    return '"' + line.replace("\\", "\\\\").replace('"', '\\"') + '"'


# --- JSON -------------------------------------------------------------------------------------


def render_json(graph: Graph) -> str:
    """Render the graph as JSON. Later versions keep this structure."""
    return to_json(_graph_data(graph), 2) + "\n"


def _graph_data(graph: Graph) -> dict[str, object]:
    return {
        "version": 1,
        "root": graph.root,
        "nodes": [node._asdict() for node in graph.nodes],
        "edges": [edge._asdict() for edge in graph.edges],
    }


# --- HTML -------------------------------------------------------------------------------------


MAX_NAMED_ROOTS = 3


def graph_title(roots: Sequence[str]) -> str:
    """Return the title of the map of the projects with these roots."""
    names = [root.rpartition("/")[2] or root for root in roots]
    more = len(names) - MAX_NAMED_ROOTS
    return f"Agent map of {', '.join(names[:MAX_NAMED_ROOTS])}" + (f" and {more} more" if more > 0 else "")


def render_html(graph: Graph, title: str, read_asset: AssetReader) -> str:
    """Render the graph as one HTML page for a browser or an editor. The page loads nothing; `read_asset` returns
    the files that it is made of."""
    import json
    from hashlib import sha256

    # The data may contain any text, which must not end the script element.
    data = json.dumps(_graph_data(graph), ensure_ascii=False).replace("<", "\\u003c")
    pieces = {
        "title": _escape_html(title),
        "version": __version__,
        # The author of a file cannot predict it, and it is the same for the same graph.
        "nonce": sha256(data.encode("utf-8", "replace")).hexdigest()[:32],
        "licences": read_asset("LICENSES.md"),
        "style": read_asset("map.css"),
        "data": data,
        "library": read_asset("library.js"),
        "script": read_asset("map.js"),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: pieces[found[1]], read_asset("page.html"))


def _escape_html(text: str) -> str:
    from html import escape

    return escape(text)


GRAPH_FORMATS: dict[str, Callable[[Graph, str, AssetReader], str]] = {
    "mermaid": lambda graph, _, __: render_mermaid(graph),
    "dot": lambda graph, _, __: render_dot(graph),
    "json": lambda graph, _, __: render_json(graph),
    "html": render_html,
}
"""The output formats: functions of the graph, the title and the assets of the page."""
