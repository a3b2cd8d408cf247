"""A workspace of many agents and skills: reading it, and working in it once it is known."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.client import Client
from benchmarks.command_line import LOOP
from benchmarks.files import made
from benchmarks.servers import AGENTLS

SIZES = (1_500, 4_000, 7_600, 12_000, 20_000)
USES = 1_000
"""How many agents may start the first one."""

LEAD = made(7_600).replace("Read, Grep", "Read, Agent(agent-00000)", 1)

Row = tuple[str, str, str, str, str]


class Spent(NamedTuple):
    """What something took: the time that went by, and that on a processor, in seconds."""

    seconds: float
    cpu: float


def run(count: int = 5_000, rounds: int = 300) -> list[Row]:
    """Measure with `count` agents and as many skills; rows of what, baseline, agentls, goal, verdict."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as other:
        root, alone = Path(folder), Path(other)
        _write(root, count)
        for place in (root, alone):
            (place / ".claude/agents").mkdir(parents=True, exist_ok=True)
            _lead(place).write_text(LEAD, "utf-8")
        rows = [_reading(root, count), *_meanwhile(root)]
        return rows + _afterwards(root, alone, rounds)


def _write(root: Path, count: int) -> None:
    """Agents and skills, each with a name of its own; each agent preloads one of the skills."""
    texts = [made(size) for size in SIZES]
    for n in range(count):
        text = texts[n % len(texts)]
        tools = "tools: Read, Agent(agent-00000)" if n < USES else "tools: Read"
        agent = text.replace("name: reviewer", f"name: agent-{n:05}\nskills: skill-{n:05}", 1)
        agents = root / f".claude/agents/group{n % 50:02}"
        agents.mkdir(parents=True, exist_ok=True)
        (agents / f"agent-{n:05}.md").write_text(agent.replace("tools: Read", tools, 1), "utf-8")
        skill = root / f".claude/skills/skill-{n:05}"
        skill.mkdir(parents=True)
        front, _, body = text.partition("tools: ")
        named = front.replace("reviewer", skill.name, 1)
        (skill / "SKILL.md").write_text(named + "---\n" + body.partition("---\n")[2], "utf-8")


def _lead(root: Path) -> Path:
    return root / ".claude/agents/lead.md"


def _open(root: Path) -> Client:
    """A server with the lead open, and the rest still to be read."""
    client = Client(AGENTLS)
    client.initialize({"debounce": 0}, root)
    document = {"uri": _lead(root).as_uri(), "languageId": "markdown", "version": 1, "text": LEAD}
    client.notify("textDocument/didOpen", {"textDocument": document})
    return client


def _reading(root: Path, count: int) -> Row:
    loops: list[Spent] = []
    ours: list[Spent] = []
    for _ in range(3):
        loops.append(_loop(root))
        client = _open(root)
        start = time.perf_counter()
        while not client.done:
            client.wait_for("$/progress")
        ours.append(Spent(time.perf_counter() - start, client.cpu()))
        client.close()
    loop, index = (Spent(*map(statistics.median, zip(*each, strict=True))) for each in (loops, ours))
    what = f"index of {count} agents and {count} skills complete; loop with yaml.Loader"
    times = f"{index.seconds / loop.seconds:.1f} times; CPU {index.cpu / loop.cpu:.1f} times"
    return (what, f"{loop.seconds:.2f} s", f"{index.seconds:.2f} s", "4 times", times)


def _loop(root: Path) -> Spent:
    """Read each file and compose its YAML."""
    start, before = time.perf_counter(), os.times().children_user + os.times().children_system
    subprocess.run([sys.executable, "-c", LOOP, str(root / ".claude"), "Loader"], check=True)
    after = os.times().children_user + os.times().children_system
    return Spent(time.perf_counter() - start, after - before)


def _meanwhile(root: Path) -> list[Row]:
    """Questions while the index is being made."""
    client = _open(root)
    _hover(client, root)
    start = time.perf_counter()
    first = _timed(lambda: _hover(client, root))
    seconds = [first]
    while not client.done:
        time.sleep(0.02)  # A person does not ask without a break.
        seconds.append(_timed(lambda: _hover(client, root)))
    spent = time.perf_counter() - start
    then = [_timed(lambda: _hover(client, root)) for _ in range(100)]
    client.close()
    what = f"hover while the index is made ({spent:.1f} s), p95; afterwards"
    return [(what, _ms(_p95(then)), _ms(_p95(seconds)), "none", f"worst {_ms(max(seconds))}")]


def _afterwards(root: Path, alone: Path, rounds: int) -> list[Row]:
    """Work in the project once it is known, beside the same file without others."""
    client, single = _open(root), _open(alone)
    while not client.done:
        client.wait_for("$/progress")
    clients = {client: root, single: alone}
    changes: dict[Client, list[float]] = {client: [], single: []}
    spent = {each: -each.cpu() for each in clients}
    for n in range(rounds):
        for each, place in clients.items():
            changes[each].append(_timed(lambda: _change(each, place, n)))  # noqa: B023  It is called at once.
    project, one = (_p95(changes[each][rounds // 10 :]) for each in clients)
    cpu, alone_cpu = ((spent[each] + each.cpu()) / rounds for each in clients)
    rows = [
        (
            "didChange to diagnostics in it, p95; the same file alone",
            _ms(one),
            _ms(project),
            "+3 ms",
            f"{(project - one) * 1000:+.2f} ms; CPU {(cpu - alone_cpu) * 1000:+.2f} ms",
        )
    ]
    rows += _names(client, root, rounds)
    memory = client.memory()
    for each in (client, single):
        each.close()
    return rows + ([("memory", "", f"{memory:.0f} MB", "400 MB", "")] if memory else [])


def _names(client: Client, root: Path, rounds: int) -> list[Row]:
    """Questions about names, as far as the server answers them."""
    rows: list[Row] = []
    where = LEAD.index("agent-00000") - LEAD.rindex("\n", 0, LEAD.index("agent-00000")) - 1
    line = LEAD[: LEAD.index("agent-00000")].count("\n")
    at = {"textDocument": {"uri": _lead(root).as_uri()}, "position": {"line": line, "character": where}}

    def measured(what: str, goal: str, times: int, ask: Callable[[], Any]) -> None:
        before = client.cpu()
        seconds = [_timed(ask) for _ in range(times)]
        cpu = (client.cpu() - before) / times
        rows.append((what, "", _ms(_p95(seconds) if times > 20 else max(seconds)), goal, f"CPU {_ms(cpu)}"))

    found = client.request("textDocument/completion", at)
    if any(item["label"] == "agent-00001" for item in (found or {}).get("items", [])):
        measured(
            f"completion of the name of an agent, {len(found['items'])} offered, p95",
            "10 ms",
            rounds,
            lambda: client.request("textDocument/completion", at),
        )
    if client.offers.get("referencesProvider"):
        params = {**at, "context": {"includeDeclaration": True}}
        uses = len(client.request("textDocument/references", params) or [])
        measured(
            f"references of a name with {uses} uses, worst of 5",
            "300 ms",
            5,
            lambda: client.request("textDocument/references", params),
        )
    if client.offers.get("renameProvider"):
        measured(
            f"rename of a name with {USES} uses, worst of 5",
            "300 ms",
            5,
            lambda: client.request("textDocument/rename", {**at, "newName": "agent-renamed"}),
        )
    return rows


def _hover(client: Client, root: Path) -> None:
    position = {"line": 2, "character": 3}
    client.request(
        "textDocument/hover", {"textDocument": {"uri": _lead(root).as_uri()}, "position": position}
    )


def _change(client: Client, root: Path, n: int) -> None:
    """A keystroke that leaves a tool behind which does not exist, another one each time."""
    document = {"uri": _lead(root).as_uri(), "version": n + 2}
    changes = [{"text": LEAD.replace("Glob", f"Glb{n}", 1)}]
    client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})
    while client.wait_for("textDocument/publishDiagnostics").get("version") != n + 2:
        pass


def _timed(what: Callable[[], Any]) -> float:
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"
