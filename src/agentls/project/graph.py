"""The graph of a project: agents, skills, commands and servers, and what leads from one to another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

from agentls.dialects import loader
from agentls.project.index import Index
from agentls.project.names import DEFINITE_FORMS, Definition, Names, Reference

NodeKind = Literal["agent", "skill", "command", "server", "file", "tool"]
"""What a node stands for; a "file" is one that only refers to others, such as `CLAUDE.md`."""

EdgeKind = Literal["starts", "runs", "preloads", "uses", "mentions", "may use"]
"""What leads from one to another: it starts an agent; a command runs it; a key loads a skill; it uses a
skill or a server; the prose mentions it; an agent may use a tool."""

NodeState = Literal["", "missing", "elsewhere"]
"""Whether a node is there: "missing" if nothing of that name exists, which makes every reference to it a dead
one, "elsewhere" if it may well exist outside of the project."""

LineNumber = Callable[[str, int], int]
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
    state: NodeState = ""


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

    def count(self, kind: NodeKind, state: NodeState = "") -> int:
        """How many nodes there are of a kind, in a state."""
        return sum(node.kind == kind and node.state == state for node in self.nodes)

    @property
    def unresolved(self) -> tuple[Node, ...]:
        """The nodes of names that nothing has."""
        return tuple(node for node in self.nodes if node.state == "missing")


def build_graph(indexes: Iterable[Index], root: str, line: LineNumber, shown: Callable[[str], bool]) -> Graph:
    """The graph of the projects in `indexes`: the files that are to be `shown`, by their paths, and what they
    are directly connected with."""
    nodes: dict[str, Node] = {}
    edges: dict[tuple[str, str, EdgeKind], list[int]] = {}
    for index in indexes:
        made = _GraphBuilder(index, root, line)
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


class _GraphBuilder:
    """Makes nodes and edges from the names in an index."""

    def __init__(self, index: Index, root: str, line: LineNumber) -> None:
        self._index = index
        self._root = root
        self._line = line
        self._builtin = {name.lower() for name in _builtin(index)}
        self._nodes: dict[Definition, Node] = {}

    def node(self, definition: Definition) -> Node:
        """The node of what is defined."""
        if definition not in self._nodes:
            self._nodes[definition] = self._node(definition)
        return self._nodes[definition]

    def _node(self, definition: Definition) -> Node:
        path, start = definition.path, definition.span.start
        names = self._index.get(path)
        own = self._relative(path)
        return Node(
            f"{own}#{definition.kind}:{definition.name}" if definition.is_entry else own,
            definition.kind,  # type: ignore[arg-type]
            definition.full_name,
            own,
            self._line(path, start) if start else 1,
            " ".join(definition.description.split()),
            "" if definition.is_entry else _title(definition.dialect),
            self._group(path, names.plugin if names else "", definition.kind),
            definition.tools,
        )

    def source(self, names: Names) -> Node:
        """The node that the references in a file start from."""
        if names.main_definition:
            return self.node(names.main_definition)
        path = self._relative(names.path)
        return Node(path, "file", path, path, group=self._group(names.path, names.plugin, "file"))

    def edge(
        self, reference: Reference, names: Names, shown: Callable[[str], bool]
    ) -> tuple[Node, EdgeKind] | None:
        """Where a reference leads, and how; `None` if it is none, or neither end is shown."""
        if reference.form == "permission":
            return None
        found = self._meant(reference, names)
        if not shown(names.path) and not (found and shown(found[0].path)):
            return None
        if not found and reference.form not in DEFINITE_FORMS:
            return None
        target = self.node(found[0]) if found else self._absent(reference, names)
        return target, _kind(reference, names, target)

    def _meant(self, reference: Reference, names: Names) -> list[Definition]:
        """What a reference can mean, the likeliest first. A path means what its file defines; the list of what
        a plugin consists of connects nothing."""
        if reference.kind != "file":
            return self._index.resolve(reference, names)
        linked = self._index.get(reference.name) if names.main_definition or not names.definitions else None
        return [linked.main_definition] if linked and linked.main_definition else []

    def _absent(self, reference: Reference, names: Names) -> Node:
        """The node for a name that nothing in the project has."""
        kind: NodeKind = "agent" if reference.kind == "any" else reference.kind
        full = f"{reference.scope}:{reference.name}" if reference.scope else reference.name
        state: NodeState = "missing" if self._is_dead(reference, names) else "elsewhere"
        return Node(f"{kind}:{full}", kind, full, state=state)

    def _is_dead(self, reference: Reference, names: Names) -> bool:
        """Whether there should be what a reference names. Servers and other plugins are set up outside of the
        project, and a project without a single skill or agent of its own has them from there. A call in a
        prompt may be one in a program, with a variable."""
        kind, name, form = reference.kind, reference.name, reference.form
        if kind not in ("agent", "skill") or reference.scope not in ("", names.plugin):
            return False
        if "/" in name or name.endswith(".md"):
            return False
        if not self._index.count(kind) or name.lower() in self._builtin:
            return False
        return form == "key" or (kind == "agent" and (form != "call" or "-" in name))

    def _relative(self, path: str) -> str:
        return path.removeprefix(f"{self._root.rstrip('/')}/") if self._root else path

    def _group(self, path: str, scope: str, kind: str) -> str:
        """What a person takes a file to be a part of: its plugin, or the folder that holds it."""
        if scope:
            return scope.partition(":")[0]
        folder = self._relative(path).rpartition("/")[0]
        # Every skill has a folder of its own.
        return folder.rpartition("/")[0] if kind == "skill" else folder


def _kind(reference: Reference, names: Names, target: Node) -> EdgeKind:
    """How a reference leads to its target."""
    if reference.form not in DEFINITE_FORMS:
        return "mentions"
    if target.kind == "agent":
        return "runs" if names.main_definition and names.main_definition.kind == "command" else "starts"
    if target.kind == "skill" and reference.form == "key":
        return "preloads"
    return "runs" if target.kind == "command" else "uses"


def _builtin(index: Index) -> Iterator[str]:
    """The names that mean something to the runtimes by themselves, of all formats in the index."""
    for name in {definition.dialect for definition in index.definitions("any")}:
        if name in loader.DIALECT_NAMES:
            dialect = loader.load_dialect(name)
            yield from (agent.name for agent in dialect.special_agent_names)
            for key in dialect.keys:
                for each in (key, *key.fields):
                    yield from (value.name for value in each.values if each.name_kind)


def _title(dialect: str) -> str:
    return loader.load_dialect(dialect).title if dialect in loader.DIALECT_NAMES else dialect
