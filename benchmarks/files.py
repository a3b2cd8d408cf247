"""Agent files to measure with: real ones from a folder, or made ones of the same size."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

_SECTION = """
## Step {n}

Look at `module_{n}.py`, follow **each call** to the place where it ends, and note:

- what it reads, and who may write that at the same time,
- what it returns when there is nothing to return,
- which of the [guidelines](https://example.com/guide/{n}) it breaks.

```sh
# not a heading
grep -rn "call_{n}" src
```
"""


def made(size: int) -> str:
    """An agent file of about `size` characters."""
    text = (
        "---\nname: reviewer\n"
        "description: Reviews changed code for bugs. Use it after every change, before a commit.\n"
        "tools: Read, Grep, Glob, Bash\ncolor: blue\nmodel: sonnet\n---\n\n"
        "You review changes to the code and report what is wrong with them.\n"
    )
    n = 0
    while len(text) < size:
        n += 1
        text += _SECTION.format(n=n)
    return text[:size]


def broken(size: int) -> str:
    """An agent file of about `size` characters whose examples are not indented, so that its YAML is invalid."""
    description, rest = "before a commit.\n", made(size)
    examples = "".join(
        f'- <example>\n  Context: The user has written part {n}.\n  user: "Is part {n} right?"\n'
        f'  assistant: "I start the reviewer: it reads part {n}."\n  </example>\n'
        for n in range(8)
    )
    return rest.replace(description, f"{description}\nExamples:\n{examples}", 1)


def texts(corpus: Path | None) -> list[bytes]:
    """The agent files below `corpus`, or some made ones where there is none."""
    if corpus is None:
        return [made(size).encode() for size in (1_500, 4_000, 7_600, 12_000, 20_000)]
    return [path.read_bytes() for path in sorted(corpus.rglob("*.md"))]


def write_many(folder: Path, count: int, corpus: Path | None) -> Path:
    """`count` agent files with names of their own in `folder`, spread over some subfolders."""
    agents = folder / ".claude" / "agents"
    for n, data in enumerate(_named(count, corpus)):
        place = agents / f"group{n % 50:02}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"agent-{n:05}.md").write_bytes(data)
    return agents


def write_flat(folder: Path, count: int, corpus: Path | None) -> None:
    """The same files without subfolders, in which some linters find nothing."""
    agents = folder / ".claude" / "agents"
    agents.mkdir(parents=True)
    for n, data in enumerate(_named(count, corpus)):
        (agents / f"agent-{n:05}.md").write_bytes(data)


def _named(count: int, corpus: Path | None) -> Iterator[bytes]:
    """`count` agent files with names of their own."""
    for n, data in enumerate(islice(cycle(texts(corpus)), count)):
        yield re.sub(rb"(?m)^name:[^\r\n]*", f"name: agent-{n:05}".encode(), data, count=1)
