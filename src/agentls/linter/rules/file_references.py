"""Rules about links, imports, `#file:` and `#tool:`, and patterns of files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from agentls.dialects.tool_names import resolve_tool
from agentls.dialects.value_schema import is_met
from agentls.document.locate import project_root
from agentls.linter.rule import Context, Finding, join_titles, rule
from agentls.linter.shared.tool_entries import find_former_tool
from agentls.project.path_references import FILE_PATTERN, IMPORT_PATTERN, LINK_PATTERN, local_path
from agentls.readers.reading import Reading
from agentls.text import globs
from agentls.text.offsets import Edit, Span
from agentls.text.wording import join_names
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar, Sequence


@rule("advice", contains="](")
def broken_link(ctx: Context) -> Iterator[Finding]:
    """A link leads to a file that is not there.

    The agent may try to read the file, and fail. Links are looked up from the folder of the agent
    file and from all folders above it, up to the root of the project or plugin, where agents
    usually work.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    Follow the [guide](docs/review-guide.md).
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    Follow the [guide](https://example.com/review-guide).
    ```
    """
    if not ctx.has_prompt or "](" not in ctx.text:
        return
    broken: dict[str, bool] = {}
    for found in LINK_PATTERN.finditer(ctx.text, ctx.document.body_start):
        path = local_path(found[1])
        if path and path not in broken:
            broken[path] = not file_exists(ctx, path)
    if not any(broken.values()):
        return
    for link in ctx.document.markdown.links:
        path = local_path(link.destination)
        if path and broken.get(path):
            yield Finding(link.destination_span, f"There is no file `{path}`.")


def file_exists(ctx: Context, path: str) -> bool:
    """Whether `path` leads to a file from the folder of the file, or from one above it."""
    return any(ctx.world.exists("../" * up + path) for up in range(_depth(ctx) + 1))


_HIGHEST = 6
"""How many folders up a path is looked for where the place of a file does not tell the root."""


def _depth(ctx: Context) -> int:
    """How many folders lie between the file and the root of its project or plugin."""
    folders = "/" + ctx.document.path.rpartition("/")[0] + "/"
    for place in ctx.dialect.places:
        _, found, below = folders.rpartition(f"/{place.folder}/")
        if place.folder and found:
            return place.folder.count("/") + 1 + below.count("/")
    anywhere = any(not place.folder for place in ctx.dialect.places)
    return min(_HIGHEST, len(folders.strip("/").split("/"))) if anywhere else 0


_TOOL = re.compile(r"(?<![\w`#])#tool:([\w.*-]+(?:/[\w.*-]+)*)")


def _readers(ctx: Context) -> tuple[Reading, ...]:
    """The readings of those who understand references."""
    return tuple(reading for reading in ctx.readings if reading.runtime.references and reading.loads)


def _found(ctx: Context, kind: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, Span]]:
    """What is referred to in the prompt, outside blocks of code, and where that stands."""
    if kind not in ctx.text or not _readers(ctx):
        return
    for found in pattern.finditer(ctx.text, ctx.document.body_start):
        text = found[1].rstrip(".:!?")
        if text and not ctx.document.markdown.in_code(found.start()):
            yield text, Span(found.start(1), found.start(1) + len(text))


@rule("advice", contains="#file:")
def broken_file_reference(ctx: Context) -> Iterator[Finding]:
    """`#file:` leads to a file that is not there.

    VS Code gives the agent the file along with the prompt. It says nothing when there is none.

    ## Bad

    ```markdown .github/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    Follow #file:./review-guide.md to the letter.
    ```

    ## Good

    ```markdown .github/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    for written, span in _found(ctx, "#file:", FILE_PATTERN):
        path = local_path(written)
        if path and not file_exists(ctx, path):
            yield Finding(span, f"There is no file `{path}`.")


@rule("ignored", contains="#tool:")
def unlisted_tool_reference(ctx: Context) -> Iterator[Finding]:
    """`#tool:` names a tool that the agent does not have.

    VS Code gives an agent with `tools` those and no others, whatever its prompt refers to.

    ## Bad

    ```markdown .github/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: [read]
    ---

    Look things up with #tool:web/fetch first.
    ```

    ## Good

    ```markdown .github/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: [read, web/fetch]
    ---

    Look things up with #tool:web/fetch first.
    ```
    """
    for reading in _readers(ctx) if "#tool:" in ctx.text else ():
        tools = ctx.document.tools_in(reading)
        if tools.mode == "all":
            continue
        for name, span in _found(ctx, "#tool:", _TOOL):
            meant = resolve_tool(name, reading.dialect, None, reading.runtime).tools
            if meant and not any(_gives(ctx, given, tool) for given in tools.available for tool in meant):
                yield Finding(
                    span, f"`{name}` is not among the tools: {reading.runtime.title} does not give it."
                )


def _gives(ctx: Context, given: str, tool: str) -> bool:
    """Whether a listed tool or set covers another, or a part of it."""
    row, other = ctx.dialect.tool(given), ctx.dialect.tool(tool)
    inside = (row and tool in row.members) or (other and given in other.members)
    return given == tool or bool(inside) or fnmatchcase(tool, given)


@rule("suggestion", tags=("deprecated",), contains="#tool:")
def old_tool_reference(ctx: Context) -> Iterator[Finding]:
    """`#tool:` names a tool by an old name, which still works.

    ## Bad

    ```markdown .github/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    Look things up with #tool:fetch first.
    ```

    ## Good

    ```markdown .github/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    Look things up with #tool:web/fetch first.
    ```
    """
    for name, span in _found(ctx, "#tool:", _TOOL):
        old = find_former_tool(name, ctx.dialect)
        if old and old.now:
            fixes = ctx.make_fix(f"Write `{old.now[0]}`", Edit(span, old.now[0])) if len(old.now) == 1 else ()
            what = "called" if len(old.now) == 1 else "split into"
            yield Finding(
                span, f"`{name}` is {what} {join_names(old.now)} now. The old name still works.", fixes
            )


_CODE_SPAN = re.compile(r"(`+)[^`\n]+\1")


@rule("advice", contains="@")
def broken_import(ctx: Context) -> Iterator[Finding]:
    """`@path` leads to a file that is not there.

    In a `CLAUDE.md`, a `GEMINI.md` or a command it stands for the text of another file. Where there is
    none, nothing is included, and nothing is said. In a memory file the path counts from its own folder,
    in a command from that of the project. Code is left alone.

    ## Bad

    ```markdown CLAUDE.md
    Follow @docs/style.md.
    ```

    ## Good

    ```markdown CLAUDE.md
    Follow @CLAUDE.md, and ask @anna.
    ```
    """
    readers = [reading.runtime for reading in ctx.readings if reading.runtime.imports]
    if not readers or "@" not in ctx.text:
        return
    body = ctx.document.body_start
    spans = [match.span() for match in _CODE_SPAN.finditer(ctx.text, body)]
    for found in IMPORT_PATTERN.finditer(ctx.text, body):
        at, path = found.start(), found[1]
        quoted = any(start <= at < end for start, end in spans)
        if quoted or _is_there(ctx, path) or ctx.document.markdown.in_code(at):
            continue
        yield Finding(
            Span(*found.span(1)), f"There is no file `{path}`: {join_titles(readers)} includes nothing here."
        )


def _is_there(ctx: Context, path: str) -> bool:
    """Whether there is such a file in the folder of this one, or in one above it up to the root of
    the project that its place tells."""
    root, folder = project_root(ctx.document), ctx.document.path.rpartition("/")[0]
    ups = 0 if root is None else len([part for part in folder[len(root) :].split("/") if part])
    return any(ctx.world.exists("../" * up + path) for up in range(ups + 1))


def _patterns(ctx: Context) -> Iterator[tuple[str, str, Span]]:
    """The patterns of files in the frontmatter, each with its key and where it stands."""
    keys = [key.name for key in ctx.dialect.keys if key.type == "globs"]
    for name in keys:
        entry = ctx.reading.entry(name)
        for scalar in _scalars(entry.value) if entry else ():
            at = scalar.span.start
            for pattern in globs.split_patterns(scalar.text):
                found = ctx.text.find(pattern, at, scalar.span.end) if pattern else -1
                span = Span(found, found + len(pattern)) if found >= 0 else scalar.span
                at = span.end if found >= 0 else at
                if pattern:
                    yield name, pattern, span


def _scalars(value: Node) -> list[Scalar]:
    items = value.items if isinstance(value, Sequence) else (value,)
    return [item for item in items if isinstance(item, Scalar) and item.type == "str"]


@rule("ignored", subjects=("format with globs",))
def invalid_glob(ctx: Context) -> Iterator[Finding]:
    """A pattern of files has a bracket that is never closed.

    Such a pattern fits no file, and nobody says so.

    ## Bad

    ```markdown .claude/rules
    ---
    paths:
      - "src/**/*.[jt"
    ---

    Write small functions.
    ```

    ## Good

    ```markdown .claude/rules
    ---
    paths:
      - "example.md"
    ---

    Write small functions.
    ```
    """
    for _, pattern, span in _patterns(ctx):
        fault = globs.find_error(pattern)
        if fault:
            yield Finding(span, f"`{pattern}` {fault}, and fits no file.")


@rule("suggestion", subjects=("format with globs",))
def unmatched_glob(ctx: Context) -> Iterator[Finding]:
    """A pattern fits no file of the project.

    The text is used with files that fit the pattern, and there are none: the files may have moved, or
    the pattern may have a slip. Folders such as `.git` and `node_modules` are not looked at, nor are
    projects with very many files.

    ## Bad

    ```markdown .claude/rules
    ---
    paths:
      - "source/**/*.ts"
    ---

    Write small functions.
    ```

    ## Good

    ```markdown .claude/rules
    ---
    paths:
      - "**/*.md"
    ---

    Write small functions.
    ```
    """
    for key, pattern, span in _patterns(ctx):
        placeholder = "<" in pattern or "$" in pattern
        if not placeholder and not globs.find_error(pattern) and not ctx.world.has_match(pattern):
            yield Finding(span, f"No file of the project fits `{pattern}` in `{key}`.")


@rule("suggestion", subjects=("format with triggers",))
def never_applied(ctx: Context) -> Iterator[Finding]:
    """Nothing in the frontmatter says when the text is to be used.

    It is used only where a person asks for it by its name. That may be what you want; otherwise name
    the files that it is about, or describe it, so that the model can choose it.

    ## Bad

    ```markdown .github/instructions/case.instructions.md
    ---
    name: Style
    ---

    Write small functions.
    ```

    ## Good

    ```markdown .github/instructions/case.instructions.md
    ---
    name: Style
    applyTo: "**"
    ---

    Write small functions.
    ```
    """
    triggers, root, block = ctx.dialect.triggers, ctx.reading.root, ctx.document.frontmatter
    if not triggers or block is None or not ctx.reading.loads or ctx.reading.reasons:
        return
    said = Mapping(block.content, tuple(e for e in root.entries if _says_something(e)) if root else ())
    if not any(is_met(trigger, said) for trigger in triggers):
        wanted = [f"`{t.key}: {t.values[0]}`" if t.values else f"`{t.key}`" for t in triggers]
        yield Finding(
            block.opening,
            f"{ctx.runtime_titles} uses this only where somebody asks for it, since there is no"
            f" {', '.join(wanted[:-1])} or {wanted[-1]}.",
        )


def _says_something(entry: Entry) -> bool:
    return not isinstance(entry.value, Scalar) or bool(entry.value.text.strip())
