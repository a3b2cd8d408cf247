"""Pictures of a graph: Mermaid, Graphviz, JSON, and a page to look around in."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import groupby

from agentls import __version__
from agentls.project.graph import EdgeKind, Graph, Node

AssetReader = Callable[[str], str]
"""From the name of a file that belongs to the page to its text."""

COLOURS = {
    "agent": "#3b6fd4",
    "skill": "#2f8f5b",
    "command": "#9a5cc7",
    "server": "#b9770e",
    "file": "#6b7280",
    "tool": "#0f7285",
}
"""What the kinds of nodes are drawn in, by all formats; readable on light and on dark."""

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
_NOT_PLAIN = re.compile(r"[^\w ./:-]|^[-\d]+(?=[. ])")

MERMAID_EDGES = 500
"""Mermaid refuses to draw more, unless it is configured to."""


def render_mermaid(graph: Graph) -> str:
    """The graph as a Mermaid flowchart."""
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
    lines.append("  classDef elsewhere stroke-dasharray:3 3")
    lines.append(
        f"  classDef missing stroke:{UNRESOLVED_COLOUR},color:{UNRESOLVED_COLOUR},stroke-dasharray:6 3,stroke-width:2px"
    )
    return "\n".join(lines) + "\n"


def _escape_mermaid(text: str) -> str:
    """`text` inside of quotes, where Mermaid reads entities, Markdown and HTML."""
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
    """The graph in the language of Graphviz."""
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
    colour = UNRESOLVED_COLOUR if node.state == "missing" else COLOURS[node.kind]
    row = f'label={_quote_dot(node.name)} shape={_DOT_SHAPES[node.kind]} color="{colour}"'
    if node.state:
        row += f' style="rounded,dashed" fontcolor="{colour}"'
    if node.description:
        row += f" tooltip={_quote_dot(node.description)}"
    return row


def _quote_dot(text: str) -> str:
    """`text` in quotes, where a backslash would begin an escape, and `&` an entity."""
    line = re.sub(r"[\x00-\x1f]", " ", text).replace("&", "&amp;")
    return '"' + line.replace("\\", "\\\\").replace('"', '\\"') + '"'


# --- JSON -------------------------------------------------------------------------------------


def render_json(graph: Graph) -> str:
    """The graph as JSON, in a shape that later versions keep."""
    import json

    return json.dumps(_graph_data(graph), indent=2) + "\n"


def _graph_data(graph: Graph) -> dict[str, object]:
    return {
        "version": 1,
        "root": graph.root,
        "nodes": [node._asdict() for node in graph.nodes],
        "edges": [edge._asdict() for edge in graph.edges],
    }


# --- HTML -------------------------------------------------------------------------------------


def render_html(graph: Graph, title: str, part: AssetReader) -> str:
    """One page that shows the graph, to be opened in a browser or an editor. It loads nothing from anywhere;
    `part` gives the files that it is made of."""
    import json
    from hashlib import sha256

    # The data can hold anything, and must not end the element that it stands in.
    data = json.dumps(_graph_data(graph), ensure_ascii=False).replace("<", "\\u003c")
    pieces = {
        "title": _escape_html(title),
        "version": __version__,
        # It cannot be foreseen by whoever writes what the page shows, and is the same each time.
        "nonce": sha256(data.encode("utf-8", "replace")).hexdigest()[:32],
        "licences": part("LICENSES.md"),
        "style": part("map.css"),
        "data": data,
        "library": part("library.js"),
        "script": part("map.js"),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda found: pieces[found[1]], part("page.html"))


def _escape_html(text: str) -> str:
    from html import escape

    return escape(text)


GRAPH_FORMATS: dict[str, Callable[[Graph, str, AssetReader], str]] = {
    "mermaid": lambda graph, _, __: render_mermaid(graph),
    "dot": lambda graph, _, __: render_dot(graph),
    "json": lambda graph, _, __: render_json(graph),
    "html": render_html,
}
"""The forms of a graph, each from the graph, its title and the parts of a page."""
