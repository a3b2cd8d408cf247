"""The graph of a project and its output formats: edges, unresolved names, and names that need escapes."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path

import pytest

from agentls.cli import main
from agentls.project import graph
from agentls.project.graph import Edge, Graph, Node
from agentls.reports import graph_formats
from agentls.text.offsets import LineIndex
from agentls.workspace import disk
from harness import parse_case

ROOT = Path(__file__).parents[2]

TEAM = """\
A small team.

-- .claude/agents/lead.md --
---
name: lead
description: Leads the team.
tools: Read, Agent(writer), Agent(Explore), mcp__github__search
skills: house-style, no-such-skill
---

Collaborate with fact-checker before a release.

Then call `writer` again.

-- .claude/agents/writer.md --
---
name: writer
description: Writes.
---

Write. Then start subagent_type: "ghost".

-- .claude/agents/fact-checker.md --
---
name: fact-checker
description: Checks facts.
tools: []
---

Check.

-- .claude/skills/house-style/SKILL.md --
---
name: house-style
description: How we write.
---

Plainly.

-- .claude/commands/publish.md --
---
description: Publishes.
---

Start it with subagent_type: "lead".

-- CLAUDE.md --
# Project

Delegate to fact-checker.
"""


def graph_of(text: str, below: str = "") -> Graph:
    """The graph of the files of a case."""
    case = parse_case(text)
    assert case.index is not None

    def line(path: str, offset: int) -> int:
        return LineIndex(case.files[path]).line_number(offset) + 1

    return graph.build_graph([case.index], "", line, lambda path: path.startswith(below))


def render(drawn: Graph) -> list[str]:
    """One line for each edge."""
    names = {node.id: f"{node.name} ({node.state})" if node.state else node.name for node in drawn.nodes}
    return [
        f"{names[edge.source]} {edge.kind} {names[edge.target]}: {', '.join(map(str, edge.lines))}"
        for edge in drawn.edges
    ]


def test_each_edge_has_its_kind() -> None:
    assert sorted(render(graph_of(TEAM))) == [
        "CLAUDE.md mentions fact-checker: 3",
        "lead mentions fact-checker: 8",
        "lead preloads house-style: 5",
        "lead preloads no-such-skill (unresolved): 5",
        "lead starts Explore (external): 4",
        "lead starts writer: 4",
        "lead uses github (external): 4",
        "publish runs lead: 5",
        "writer starts ghost (unresolved): 6",
    ]


def test_a_node_has_the_facts_of_its_definition() -> None:
    nodes = {node.name: node for node in graph_of(TEAM).nodes}
    lead = nodes["lead"]
    assert (lead.kind, lead.line, lead.format) == ("agent", 2, "Claude Code agent")
    assert (lead.description, lead.group) == ("Leads the team.", ".claude/agents")
    assert nodes["writer"].tools is None, "it may use all"
    assert nodes["house-style"].group == ".claude/skills", "its own folder says nothing"
    assert nodes["CLAUDE.md"].kind == "file"


def test_the_rest_of_the_project_only_has_direct_connections() -> None:
    names = {node.name for node in graph_of(TEAM, ".claude/commands").nodes}
    assert names == {"publish", "lead"}
    assert "writer starts ghost (unresolved): 6" not in render(graph_of(TEAM, ".claude/skills"))


def test_names_of_another_plugin_are_external() -> None:
    case = (
        "-- .claude/agents/a.md --\n---\nname: a\ndescription: A.\nskills: their-plugin:some-skill\n---\n\nText.\n"
        "-- .claude/agents/b.md --\n---\nname: b\ndescription: B.\n---\n\nText.\n"
    )
    assert render(graph_of(case)) == ["a preloads their-plugin:some-skill (external): 4"]


def test_tools_are_nodes_on_request() -> None:
    lines = render(graph_of(TEAM).with_tools())
    assert "lead may use Read: " in lines
    assert render(graph_of(TEAM)) == [line for line in lines if "may use" not in line]


SPECIAL_NAMES = [
    '"quoted" [x] (y) {z} | <b>&amp; `code` #35; \\n %% end',
    "1. first",
    "- dash",
    "end",
    "</script><script>alert(1)</script>",
    "новый агент 🎉",
    "line\nbreak",
    "{{data}}",
    "<!-- -->",
]


def graph_of_special_names() -> Graph:
    """A graph of names with special characters of the formats."""
    nodes = [
        Node(f"{at}:{name}", "agent", name, name, 1, name, "", name) for at, name in enumerate(SPECIAL_NAMES)
    ]
    return Graph("/", tuple(nodes), (Edge(nodes[0].id, nodes[1].id, "mentions", (1,)),))


def test_mermaid_labels_are_escaped() -> None:
    drawn = graph_formats.render_mermaid(graph_of_special_names())
    labels = re.findall(r'^    n\d+\("(.*)"\):::agent$', drawn, re.MULTILINE)
    assert len(labels) == len(SPECIAL_NAMES)
    for label in labels:
        assert not re.search(r"[^\w ./:;#-]", label)
        assert not re.match(r"\d+\.|[-*+] ", label), "it would be a list"
    assert [re.sub(r"#(\d+);", lambda code: chr(int(code[1])), label) for label in labels] == SPECIAL_NAMES


def test_dot_strings_are_escaped() -> None:
    drawn = graph_formats.render_dot(graph_of_special_names())
    left = re.sub(r'"(?:[^"\\]|\\.)*"', "", drawn)
    assert not re.search(r'["<`]', left.replace("->", "")), "no quote is left open"
    assert drawn.count("{") - drawn.count("}") == 0
    labels = re.findall(r' \[label="((?:[^"\\]|\\.)*)" shape', drawn)
    expected = [name.replace("\n", " ") for name in SPECIAL_NAMES]
    assert [unescape(re.sub(r"\\(.)", r"\1", label)) for label in labels] == expected


def test_the_structure_of_the_json() -> None:
    data = json.loads(graph_formats.render_json(graph_of(TEAM)))
    assert set(data) == {"version", "root", "nodes", "edges"}
    assert data["version"] == 1
    lead = next(node for node in data["nodes"] if node["name"] == "lead")
    assert lead == {
        "id": ".claude/agents/lead.md",
        "kind": "agent",
        "name": "lead",
        "path": ".claude/agents/lead.md",
        "line": 2,
        "description": "Leads the team.",
        "format": "Claude Code agent",
        "group": ".claude/agents",
        "tools": ["Read", "Agent", "mcp__github__search"],
        "state": "",
    }
    assert data["edges"][0] == {
        "source": ".claude/agents/lead.md",
        "target": ".claude/agents/fact-checker.md",
        "kind": "mentions",
        "lines": [8],
    }


@pytest.mark.parametrize("drawn", [graph_of(TEAM), graph_of_special_names()], ids=["team", "nasty"])
def test_the_page_is_self_contained(drawn: Graph) -> None:
    page = graph_formats.render_html(drawn, 'Agents of <"x">', disk.read_map_asset)
    assert "Agents of &lt;&quot;x&quot;&gt;" in page
    assert not re.search(r"<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=", page)
    assert not re.search(r"@import|url\(|fetch\(|XMLHttpRequest|WebSocket", page)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert re.fullmatch(r"default-src 'none'; script-src 'nonce-\w+'; style-src 'nonce-\w+'", policy[1]), (
        "the browser is told to load nothing"
    )
    data = re.search(r'<script type="application/json" id="data">(.*?)</script>', page, re.DOTALL)
    assert data is not None
    assert json.loads(data[1]) == json.loads(graph_formats.render_json(drawn))
    assert page.count("</script>") == 3, "no name ends the script that it stands in"
    assert "Cytoscape Consortium" in page, "with the licences of what it brings along"
    assert len(page) < 640_000


def test_the_libraries_are_those_of_the_lock_file() -> None:
    lock = json.loads((ROOT / "tools" / "map" / "package-lock.json").read_text("utf-8"))["packages"]
    pages = disk.read_map_asset("LICENSES.md")
    bundled = [name for name, row in lock.items() if name and not {"optional", "bin"} & set(row)]
    assert len(bundled) == 4
    for name in bundled:
        assert f"## {name.removeprefix('node_modules/')} {lock[name]['version']}\n" in pages, "run `make map`"


# --- the command line -------------------------------------------------------------------------


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small team in a repository on disk."""
    (tmp_path / ".git").mkdir()
    for path, text in parse_case(TEAM).files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_graph_writes_a_flowchart(team: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["graph"]) == 0
    printed = capsys.readouterr()
    assert printed.out.startswith("flowchart LR\n")
    assert '("ghost"):::unresolved' in printed.out
    assert printed.err == ""
    assert team.is_dir()


@pytest.mark.parametrize(
    ("file", "start"),
    [("map.html", "<!doctype"), ("map.gv", "digraph"), ("map.json", "{"), ("map.mmd", "flow")],
)
def test_the_suffix_selects_the_format(
    team: Path, capsys: pytest.CaptureFixture[str], file: str, start: str
) -> None:
    assert main.main(["graph", "-o", file]) == 0
    assert (team / file).read_text("utf-8").startswith(start)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert f"{file}: 3 agents, 1 skill, 1 command, 1 server, 9 connections, 2 unresolved names" in printed.err


def test_a_folder_is_shown_with_its_neighbours_in_the_project(
    team: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["graph", ".claude/commands", "--output-format", "json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["root"] == team.as_posix()
    assert [node["path"] for node in data["nodes"]] == [
        ".claude/agents/lead.md",
        ".claude/commands/publish.md",
    ]


def test_mentions_can_be_left_out(team: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["graph", "--no-mentions"]) == 0
    assert "mentions" not in capsys.readouterr().out
    assert team.is_dir()


def test_a_rename_that_fails_has_a_reason(team: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["graph", "nowhere"]) == 2
    assert "nowhere: no such file or folder" in capsys.readouterr().err
    assert main.main(["graph", "-o", "no/such/folder/x.html"]) == 2
    assert "no/such/folder/x.html: cannot write" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main.main(["graph", "-o", "x.png"])
    assert ".html" in capsys.readouterr().err
    (team / "notes.md").write_text("Notes.\n")
    assert main.main(["graph", "notes.md"]) == 2
    assert "notes.md: not in a location that runtimes load agents from" in capsys.readouterr().err


def test_mermaid_is_not_given_more_than_it_draws(
    team: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph_formats, "MERMAID_EDGES", 7)
    assert main.main(["graph"]) == 0
    printed = capsys.readouterr()
    assert "2 mentions in prose omitted" in printed.err
    assert "mentions" not in printed.out
    assert team.is_dir()
