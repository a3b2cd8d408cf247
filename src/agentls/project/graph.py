"""The graph of a project: agents, skills, commands and servers, and the references between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Literal

from agentls.dialects import loader
from agentls.project.index import Index
from agentls.project.names import DEFINITE_FORMS, Definition, Names, Reference
from agentls.text.named_tuples import NamedTuple
from agentls.text.paths import relative_to

NodeKind = Literal["agent", "skill", "command", "server", "file", "tool"]
"""What a node represents. A "file" only refers to others, such as `CLAUDE.md`."""

EdgeKind = Literal["starts", "runs", "preloads", "uses", "mentions", "may use"]
"""How the source of an edge refers to its target: it starts an agent; it runs a command, or is a command
that runs an agent; a key preloads a skill; it uses a skill or a server; its prose mentions the target; an
agent may use a tool."""

NodeState = Literal["", "unresolved", "external"]
"""Whether a node is defined in the project (""). It is "unresolved" if nothing has its name, and "external" if
it may be defined outside the project."""

LineNumber = Callable[[str, int], int]
"""Returns the one-based line of an offset in the file at a path."""


class Node(NamedTuple):
    """An agent, a skill, a command, a server or a file.

    `path` is relative to the root of the graph, absolute for a file outside it, and "" for a node without a
    definition. `line` is one-based. `format` is the title of its format, `group` the plugin or the folder that
    it belongs to. `tools` are the tools that an agent may use, `None` for all.
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
    """A connection of two nodes, given by their ids. `lines` are the one-based lines of the references in the
    file of the source."""

    source: str
    target: str
    kind: EdgeKind
    lines: tuple[int, ...]


class Graph(NamedTuple):
    """Nodes and edges in a stable order. `root` is the folder that the paths are relative to."""

    root: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def without_mentions(self) -> Graph:
        """The graph without the edges from prose."""
        return self._replace(edges=tuple(edge for edge in self.edges if edge.kind != "mentions"))

    def with_tools(self) -> Graph:
        """The graph with a node for each tool that an agent may use."""
        names = sorted({name for node in self.nodes for name in node.tools or ()})
        tools = tuple(Node(f"tool:{name}", "tool", name) for name in names)
        edges = tuple(
            Edge(node.id, f"tool:{name}", "may use", ()) for node in self.nodes for name in node.tools or ()
        )
        return self._replace(nodes=(*tools, *self.nodes), edges=(*self.edges, *edges))

    def count(self, kind: NodeKind, state: NodeState = "") -> int:
        """The number of nodes of a kind in a state."""
        return sum(node.kind == kind and node.state == state for node in self.nodes)

    @property
    def unresolved(self) -> tuple[Node, ...]:
        """The nodes of names without a definition."""
        return tuple(node for node in self.nodes if node.state == "unresolved")


def build_graph(
    indexes: Iterable[Index], root: str, line_number: LineNumber, is_included: Callable[[str], bool]
) -> Graph:
    """Build the graph of the projects in `indexes`.

    It has the files whose paths satisfy `is_included`, and the nodes that are directly connected with them.
    `root` is the folder that paths are relative to.
    """
    nodes: dict[str, Node] = {}
    edges: dict[tuple[str, str, EdgeKind], list[int]] = {}
    for index in indexes:
        builder = _GraphBuilder(index, root, line_number)
        for names in index:
            for definition in names.definitions:
                if is_included(names.path):
                    node = builder.node(definition)
                    nodes[node.id] = node
            source: Node | None = None
            for reference in names.references:
                found = builder.edge(reference, names, is_included)
                if found is None:
                    continue
                target, kind = found
                source = source or builder.source(names)
                if source.id == target.id:
                    continue
                nodes.setdefault(source.id, source)
                nodes.setdefault(target.id, target)
                lines = edges.setdefault((source.id, target.id, kind), [])
                lines.append(line_number(names.path, reference.span.start))
    # An edge from prose adds nothing to another edge between the same nodes.
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
    """Builds nodes and edges from the names in an index."""

    def __init__(self, index: Index, root: str, line_number: LineNumber) -> None:
        self._index = index
        self._root = root
        self._line = line_number
        self._builtin = {name.lower() for name in _builtin_names(index)}
        self._nodes: dict[Definition, Node] = {}

    def node(self, definition: Definition) -> Node:
        """The node of a definition."""
        if definition not in self._nodes:
            self._nodes[definition] = self._node(definition)
        return self._nodes[definition]

    def _node(self, definition: Definition) -> Node:
        path, start = definition.path, definition.span.start
        names = self._index.get(path)
        relative = self._relative(path)
        return Node(
            f"{relative}#{definition.kind}:{definition.name}" if definition.is_entry else relative,
            definition.kind,  # type: ignore[arg-type]
            definition.full_name,
            relative,
            self._line(path, start) if start else 1,
            " ".join(definition.description.split()),
            "" if definition.is_entry else _title(definition.dialect),
            self._group(path, names.plugin if names else "", definition.kind),
            definition.tools,
        )

    def source(self, names: Names) -> Node:
        """The node that is the source of the references in a file."""
        if names.main_definition:
            return self.node(names.main_definition)
        path = self._relative(names.path)
        return Node(path, "file", path, path, group=self._group(names.path, names.plugin, "file"))

    def edge(
        self, reference: Reference, names: Names, is_included: Callable[[str], bool]
    ) -> tuple[Node, EdgeKind] | None:
        """The target of a reference, and the kind of the edge; `None` if it is not a reference, or if neither end
        is included."""
        if reference.form == "permission":
            return None
        found = self._targets(reference, names)
        if not is_included(names.path) and not (found and is_included(found[0].path)):
            return None
        if not found and reference.form not in DEFINITE_FORMS:
            return None
        target = self.node(found[0]) if found else self._unresolved_node(reference, names)
        return target, _kind(reference, names, target)

    def _targets(self, reference: Reference, names: Names) -> list[Definition]:
        """The definitions that a reference can mean, the most likely first. A path means the definition of its
        file. The paths in the manifest of a plugin mean nothing."""
        if reference.kind != "file":
            return self._index.resolve(reference, names)
        linked = self._index.get(reference.name) if names.main_definition or not names.definitions else None
        return [linked.main_definition] if linked and linked.main_definition else []

    def _unresolved_node(self, reference: Reference, names: Names) -> Node:
        """The node of a name without a definition in the project."""
        kind: NodeKind = "agent" if reference.kind == "any" else reference.kind
        full_name = f"{reference.qualifier}:{reference.name}" if reference.qualifier else reference.name
        state: NodeState = "unresolved" if self._is_unresolved(reference, names) else "external"
        return Node(f"{kind}:{full_name}", kind, full_name, state=state)

    def _is_unresolved(self, reference: Reference, names: Names) -> bool:
        """Whether the project should define the name of a reference. Servers and other plugins are configured
        outside the project, and so are all agents or skills if the project defines none. A call in a prompt
        may be an example of code with a variable."""
        kind, name, form = reference.kind, reference.name, reference.form
        if kind not in ("agent", "skill") or reference.qualifier not in ("", names.plugin):
            return False
        if "/" in name or name.endswith(".md"):
            return False
        if not self._index.count(kind) or name.lower() in self._builtin:
            return False
        return form == "key" or (kind == "agent" and (form != "call" or "-" in name))

    def _relative(self, path: str) -> str:
        return relative_to(path, self._root) if self._root else path

    def _group(self, path: str, plugin: str, kind: str) -> str:
        """The group of a file for display: its plugin, or its folder."""
        if plugin:
            return plugin.partition(":")[0]
        folder = self._relative(path).rpartition("/")[0]
        # Every skill has its own folder.
        return folder.rpartition("/")[0] if kind == "skill" else folder


def _kind(reference: Reference, names: Names, target: Node) -> EdgeKind:
    """The kind of the edge for a reference."""
    if reference.form not in DEFINITE_FORMS:
        return "mentions"
    if target.kind == "agent":
        return "runs" if names.main_definition and names.main_definition.kind == "command" else "starts"
    if target.kind == "skill" and reference.form == "key":
        return "preloads"
    return "runs" if target.kind == "command" else "uses"


def _builtin_names(index: Index) -> Iterator[str]:
    """The names that are built into the runtimes, for all dialects in the index."""
    for name in {definition.dialect for definition in index.definitions("any")}:
        if name in loader.DIALECT_NAMES:
            dialect = loader.load_dialect(name)
            yield from (agent.name for agent in dialect.special_agent_names)
            for key in dialect.keys:
                for each in (key, *key.fields):
                    yield from (value.name for value in each.values if each.name_kind)


def _title(dialect: str) -> str:
    return loader.load_dialect(dialect).title if dialect in loader.DIALECT_NAMES else dialect
