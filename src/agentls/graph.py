"""The graph of a project: agents, skills, commands and servers, and what leads from one to another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

from agentls import dialects
from agentls.index import Index
from agentls.names import STRONG, Definition, Names, Reference

NodeKind = Literal["agent", "skill", "command", "server", "file", "tool"]
"""What a node stands for; a "file" is one that only refers to others, such as `CLAUDE.md`."""

EdgeKind = Literal["starts", "runs", "preloads", "uses", "mentions", "may use"]
"""What leads from one to another: it starts an agent; a command runs it; a key loads a skill; it uses a
skill or a server; the prose mentions it; an agent may use a tool."""

State = Literal["", "missing", "elsewhere"]
"""Whether a node is there: "missing" if nothing of that name exists, which makes every reference to it a dead
one, "elsewhere" if it may well exist outside of the project."""

Line = Callable[[str, int], int]
"""From a path and an offset in its text to the number of the line, counted from 1."""


class Node(NamedTuple):
    """An agent, a skill, a command, a server or a file.

    `path` is counted from the root of the graph, whole if it lies elsewhere, and "" for what is not there.
    `line` is counted from 1. `format` says what a person
    calls its format. `group` is the plugin or the folder that it belongs to. `tools` are those that an agent
    may use, `None` for all.
    """

    id: str
    kind: NodeKind
    name: str
    path: str = ""
    line: int = 1
    description: str = ""
    format: str = ""
    group: str = ""
    tools: tuple[str, ...] | None = None
    state: State = ""


class Edge(NamedTuple):
    """What leads from one node to another, both by their ids. `lines` are those of the references, in the file
    of the source."""

    source: str
    target: str
    kind: EdgeKind
    lines: tuple[int, ...]


class Graph(NamedTuple):
    """Nodes and edges, in a stable order. `root` is the folder that their paths are counted from."""

    root: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def without_mentions(self) -> Graph:
        """The graph without what only prose connects."""
        return self._replace(edges=tuple(edge for edge in self.edges if edge.kind != "mentions"))

    def with_tools(self) -> Graph:
        """The graph with a node for each tool that an agent lists."""
        names = sorted({name for node in self.nodes for name in node.tools or ()})
        tools = tuple(Node(f"tool:{name}", "tool", name) for name in names)
        edges = tuple(
            Edge(node.id, f"tool:{name}", "may use", ()) for node in self.nodes for name in node.tools or ()
        )
        return self._replace(nodes=(*tools, *self.nodes), edges=(*self.edges, *edges))

    def count(self, kind: NodeKind, state: State = "") -> int:
        """How many nodes there are of a kind, in a state."""
        return sum(node.kind == kind and node.state == state for node in self.nodes)

    @property
    def missing(self) -> tuple[Node, ...]:
        """The nodes of names that nothing has."""
        return tuple(node for node in self.nodes if node.state == "missing")


def of(indexes: Iterable[Index], root: str, line: Line, shown: Callable[[str], bool]) -> Graph:
    """The graph of the projects in `indexes`: the files that are to be `shown`, by their paths, and what they
    are directly connected with."""
    nodes: dict[str, Node] = {}
    edges: dict[tuple[str, str, EdgeKind], list[int]] = {}
    for index in indexes:
        made = _Maker(index, root, line)
        for names in index:
            for definition in names.definitions:
                if shown(names.path):
                    node = made.node(definition)
                    nodes[node.id] = node
            source: Node | None = None
            for reference in names.references:
                found = made.edge(reference, names, shown)
                if found is None:
                    continue
                target, kind = found
                source = source or made.source(names)
                if source.id == target.id:
                    continue
                nodes.setdefault(source.id, source)
                nodes.setdefault(target.id, target)
                lines = edges.setdefault((source.id, target.id, kind), [])
                lines.append(line(names.path, reference.span.start))
    # Whoever starts an agent need not be said to mention it as well.
    stronger = {(source, target) for source, target, kind in edges if kind != "mentions"}
    kept = [
        Edge(source, target, kind, tuple(dict.fromkeys(lines)))
        for (source, target, kind), lines in edges.items()
        if kind != "mentions" or (source, target) not in stronger
    ]
    return Graph(root, tuple(sorted(nodes.values(), key=_order)), tuple(sorted(kept)))


def _order(node: Node) -> tuple[str, str, str]:
    return node.group, node.name, node.id


class _Maker:
    """Makes nodes and edges from the names in an index."""

    def __init__(self, index: Index, root: str, line: Line) -> None:
        self._index = index
        self._root = root
        self._line = line
        self._plugins = {names.plugin for names in index if names.plugin}
        self._builtin = set(_builtin(index))
        self._nodes: dict[Definition, Node] = {}

    def node(self, definition: Definition) -> Node:
        """The node of what is defined."""
        if definition not in self._nodes:
            self._nodes[definition] = self._node(definition)
        return self._nodes[definition]

    def _node(self, definition: Definition) -> Node:
        path, start = definition.path, definition.span.start
        own = self._relative(path)
        server = definition.kind == "server"
        return Node(
            f"{own}#{definition.name}" if server else own,
            definition.kind,  # type: ignore[arg-type]
            definition.full,
            own,
            self._line(path, start) if start else 1,
            " ".join(definition.description.split()),
            "" if server else _title(definition.dialect),
            self._group(path, definition.scope, definition.kind),
            definition.tools,
        )

    def source(self, names: Names) -> Node:
        """The node that the references in a file start from."""
        if names.own:
            return self.node(names.own)
        path = self._relative(names.path)
        return Node(path, "file", path, path, group=self._group(names.path, names.plugin, "file"))

    def edge(
        self, reference: Reference, names: Names, shown: Callable[[str], bool]
    ) -> tuple[Node, EdgeKind] | None:
        """Where a reference leads, and how; `None` if it is none, or neither end is shown."""
        if reference.form == "permission" or reference.kind == "file":
            return None
        found = self._index.resolve(reference, names)
        if not shown(names.path) and not (found and shown(found[0].path)):
            return None
        if not found and reference.form not in STRONG:
            return None
        target = self.node(found[0]) if found else self._absent(reference)
        return target, _kind(reference, names, target)

    def _absent(self, reference: Reference) -> Node:
        """The node for a name that nothing in the project has."""
        kind: NodeKind = "agent" if reference.kind in ("any", "file") else reference.kind  # type: ignore[assignment]
        full = f"{reference.scope}:{reference.name}" if reference.scope else reference.name
        foreign = reference.scope and reference.scope.partition(":")[0] not in self._plugins
        known = kind == "server" or (kind == "agent" and full in self._builtin)
        return Node(f"{kind}:{full}", kind, full, state="elsewhere" if foreign or known else "missing")

    def _relative(self, path: str) -> str:
        return path.removeprefix(f"{self._root.rstrip('/')}/")

    def _group(self, path: str, scope: str, kind: str) -> str:
        """What a person takes a file to be a part of: its plugin, or the folder that holds it."""
        if scope:
            return scope.partition(":")[0]
        folder = self._relative(path).rpartition("/")[0]
        # Every skill has a folder of its own.
        return folder.rpartition("/")[0] if kind == "skill" else folder


def _kind(reference: Reference, names: Names, target: Node) -> EdgeKind:
    """How a reference leads to its target."""
    if reference.form not in STRONG:
        return "mentions"
    if target.kind == "agent":
        return "runs" if names.own and names.own.kind == "command" else "starts"
    if target.kind == "skill" and reference.form == "key":
        return "preloads"
    return "runs" if target.kind == "command" else "uses"


def _builtin(index: Index) -> Iterator[str]:
    """The names of the agents that runtimes bring with them, of all formats in the index."""
    for name in {definition.dialect for definition in index.all("any")}:
        if name in dialects.NAMES:
            yield from (agent.name for agent in dialects.load(name).builtin_agents)


def _title(dialect: str) -> str:
    return dialects.load(dialect).title if dialect in dialects.NAMES else dialect
