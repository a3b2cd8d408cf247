"""Rules about links, imports, `#file:` and `#tool:` references, and file patterns."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from fnmatch import fnmatchcase

from agentls.dialects.tool_names import resolve_tool
from agentls.document.file_patterns import is_trigger
from agentls.document.locate import content_root, project_root
from agentls.linter.rule import Context, Finding, describe_effect, rule
from agentls.linter.shared.tool_entries import find_former_tool, insert_tool
from agentls.project.path_references import (
    FILE_PATTERN,
    IMPORT_PATTERN,
    LINK_PATTERN,
    BundledFile,
    find_bundled_files,
    local_path,
    needs_file,
)
from agentls.readers.reading import Reading
from agentls.text.offsets import Edit, Span
from agentls.text.patterns import lazy_pattern
from agentls.text.wording import join_names


@rule("advice", contains="](")
def broken_link(ctx: Context) -> Iterator[Finding]:
    """A link refers to a file that does not exist.

    The agent may try to read the file and fail. Links are resolved relative to the folder of the agent
    file and to its parent folders, up to the root of the project or plugin, where agents usually work.
    Links in code and in examples, to placeholders, to files that the agent is told to write, and to files that
    Git ignores are not reported.

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
            broken[path] = not _file_exists(ctx, path)
    if not any(broken.values()):
        return
    examples = _example_spans(ctx)
    for link in ctx.document.markdown.links:
        path = local_path(link.destination)
        is_broken = path and broken.get(path) and needs_file(ctx.text, link.span)
        if is_broken and not _is_in(examples, link.span.start):
            yield Finding(link.destination_span, f"File `{path}` not found.")


def _file_exists(ctx: Context, path: str) -> bool:
    """Whether `path` exists relative to the folder of the file, or to one of its parent folders."""
    return any(ctx.world.exists("../" * up + path) for up in range(_depth(ctx) + 1))


_MAX_DEPTH = 6
"""How many parent folders a path is resolved against if the location of a file does not define the root."""


def _depth(ctx: Context) -> int:
    """Return how many folders are between the file and the root of its project or plugin."""
    folders = "/" + ctx.document.path.rpartition("/")[0] + "/"
    for place in ctx.dialect.places:
        _, found, below = folders.rpartition(f"/{place.folder}/")
        if place.folder and found:
            return place.folder.count("/") + 1 + below.count("/")
    anywhere = any(not place.folder for place in ctx.dialect.places)
    return min(_MAX_DEPTH, len(folders.strip("/").split("/"))) if anywhere else 0


@rule("advice", subjects=("format of skills", "plugin"))
def missing_file(ctx: Context) -> Iterator[Finding]:
    """A skill tells the model to run or read a file that does not exist.

    The model looks for the file, does not find it, and improvises. Reported are paths in `scripts`, `references`,
    `assets`, `resources` and `templates` that exist neither beside the skill nor in the project, and in plugins
    paths after `${CLAUDE_PLUGIN_ROOT}`. Code blocks, examples, placeholders, files that the skill itself writes
    and files that Git ignores are not reported.

    ## Bad

    ```markdown .claude/skills/case/SKILL.md
    ---
    name: case
    description: Measures the code. Use it after every change.
    ---

    Run `python scripts/measure.py` and read `references/limits.md`.
    ```

    ## Good

    ```markdown .claude/skills/case/SKILL.md
    ---
    name: case
    description: Measures the code. Use it after every change.
    ---

    Write the result to `assets/result.json`.
    ```
    """
    if not ctx.has_prompt:
        return
    mentions = list(find_bundled_files(ctx.text, ctx.document.body_start))
    if not mentions:
        return  # Most files mention none, and need no Markdown to be parsed.
    markdown, examples = ctx.document.markdown, _example_spans(ctx)
    links = [link.span for link in markdown.links]  # `broken-link` checks them.
    found: dict[str, Span | None] = {}
    for mention in mentions:
        path, at = mention.path, mention.span.start
        if not mention.is_needed or _is_in(examples, at):
            found[path] = None
        elif path not in found and not markdown.in_code(at) and not _is_in(links, at):
            found[path] = None if _bundled_file_exists(ctx, mention) else mention.span
    for path, span in found.items():
        if span:
            where = "in the plugin" if "PLUGIN_ROOT" in path else "beside the skill or in the project"
            yield Finding(span, f"File `{path}` not found {where}.")


def _example_spans(ctx: Context) -> list[Span]:
    """Return the spans between tags such as `<example>` or `<template>` and those of samples of Markdown, in order and
    without those inside others."""
    tags = (
        Span(tag.opening.start, tag.closing.end)
        for tag in ctx.document.markdown.tags
        if _EXAMPLE_TAG.search(tag.name)
    )
    spans: list[Span] = []
    for span in sorted((*tags, *_markdown_samples(ctx.text))):
        if not (spans and span.start < spans[-1].end):
            spans.append(span)
    return spans


_FENCE = lazy_pattern(r"^[ \t]*(?:`{3,}|~{3,})[ \t]*(\w*)", re.MULTILINE)


def _markdown_samples(text: str) -> Iterator[Span]:
    """Yield the spans of code blocks with Markdown, read as their authors mean them: a fence with a language opens a
    block inside the sample, and one without closes the innermost. In CommonMark the first of these ends the sample."""
    opened: list[tuple[int, str]] = []
    for fence in _FENCE.finditer(text):
        if fence[1] or not opened:
            opened.append((fence.start(), fence[1].lower()))
            continue
        start, language = opened.pop()
        if not opened and language in ("markdown", "md"):
            yield Span(start, fence.end())


def _is_in(spans: list[Span], at: int) -> bool:
    """Whether one of the spans, which are in order and do not overlap, contains the offset."""
    found = bisect_right(spans, at, key=lambda span: span.start) - 1
    return found >= 0 and at < spans[found].end


_EXAMPLE_TAG = lazy_pattern(r"example|template|format|sample|output", re.IGNORECASE)


def _bundled_file_exists(ctx: Context, mention: BundledFile) -> bool:
    """Whether the file exists where the model looks for it, or anywhere in the project."""
    path = mention.path.rpartition("}/")[2]
    if mention.variable == "CLAUDE_PLUGIN_ROOT":
        return not ctx.in_plugin or ctx.world.exists(
            "../" * _depth_below(ctx, ctx.document.identity.base_folder) + path
        )
    if mention.variable:
        return ctx.world.exists(path)
    if ctx.dialect.kind != "skill":
        return True
    in_project = content_root(ctx.document) is not None and ctx.world.has_match(path)
    return in_project or _file_exists(ctx, path)


_TOOL = lazy_pattern(r"(?<![\w`#])#tool:([\w.*-]+(?:/[\w.*-]+)*)")


def _readers(ctx: Context) -> tuple[Reading, ...]:
    """Return the readings of the runtimes that resolve `#file:` and `#tool:` references."""
    return tuple(
        reading
        for reading in ctx.readings
        if reading.runtime.prompt.resolves_prompt_references and reading.loads
    )


def _find_references(ctx: Context, kind: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, Span]]:
    """Yield the text and span of each reference of that kind in the prompt, outside code."""
    if kind not in ctx.text or not _readers(ctx):
        return
    for found in pattern.finditer(ctx.text, ctx.document.body_start):
        text = found[1].rstrip(".:!?")
        if text and not ctx.document.markdown.in_code(found.start()):
            yield text, Span(found.start(1), found.start(1) + len(text))


@rule("advice", subjects=("format with prompt references",), contains="#file:")
def broken_file_reference(ctx: Context) -> Iterator[Finding]:
    """`#file:` refers to a file that does not exist.

    VS Code attaches the file to the prompt. If the file does not exist, VS Code silently ignores the
    reference.

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
    for written, span in _find_references(ctx, "#file:", FILE_PATTERN):
        path = local_path(written)
        if path and not _file_exists(ctx, path):
            yield Finding(span, f"File `{path}` not found.")


@rule("ignored", subjects=("format with prompt references",), contains="#tool:")
def unlisted_tool_reference(ctx: Context) -> Iterator[Finding]:
    """`#tool:` refers to a tool that the agent does not have.

    VS Code gives an agent with `tools` only the tools in that list, even if its prompt refers to others.

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

    ```yaml .github/agents
    tools: [read, web/fetch]
    ```
    """
    for reading in _readers(ctx) if "#tool:" in ctx.text else ():
        tools = ctx.document.tools_in(reading)
        if tools.mode == "all":
            continue
        for name, span in _find_references(ctx, "#tool:", _TOOL):
            resolved = resolve_tool(name, reading.dialect, None, reading.runtime).tools
            if resolved and not any(
                _overlaps(ctx, own, tool) for own in tools.available for tool in resolved
            ):
                runtime = reading.runtime.title
                message = f"`{name}` is not one of the agent's tools; {runtime} does not provide it."
                yield Finding(span, message, insert_tool(ctx, name))


def _overlaps(ctx: Context, available: str, tool: str) -> bool:
    """Whether an available tool, tool set or pattern includes `tool`, or is a part of it."""
    row, other = ctx.dialect.tool(available), ctx.dialect.tool(tool)
    is_member = (row and tool in row.members) or (other and available in other.members)
    return available == tool or bool(is_member) or fnmatchcase(tool, available)


@rule("suggestion", tags=("deprecated",), subjects=("format with prompt references",), contains="#tool:")
def old_tool_reference(ctx: Context) -> Iterator[Finding]:
    """`#tool:` refers to a tool by its old name, which still works.

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
    for name, span in _find_references(ctx, "#tool:", _TOOL):
        former = find_former_tool(name, ctx.dialect)
        if former is None or not former.replacements:
            continue
        first, *others = former.replacements
        what = "split into" if others else "renamed to"
        fixes = () if others else ctx.make_fix(f"Change to `{first}`", Edit(span, first))
        message = f"`{name}` was {what} {join_names(former.replacements)}; the old name still works."
        yield Finding(span, message, fixes)


_CODE_SPAN = lazy_pattern(r"(`{1,20})[^`\n]+\1")


@rule("advice", contains="@")
def broken_import(ctx: Context) -> Iterator[Finding]:
    """`@path` refers to a file that does not exist.

    In a `CLAUDE.md`, a `GEMINI.md` or a command, `@path` includes the text of another file. If the file
    does not exist, nothing is included, without a warning. The path is relative to the folder of a memory
    file, and to the project folder in a command. `@path` in code is not an import.

    ## Bad

    ```markdown CLAUDE.md
    Follow @docs/style.md.
    ```

    ## Good

    ```markdown CLAUDE.md
    Follow @CLAUDE.md, and ask @anna.
    ```
    """
    readers = [reading.runtime for reading in ctx.readings if reading.runtime.prompt.imports]
    if not readers or "@" not in ctx.text:
        return
    body = ctx.document.body_start
    code_spans = [match.span() for match in _CODE_SPAN.finditer(ctx.text, body)]
    for found in IMPORT_PATTERN.finditer(ctx.text, body):
        at, path = found.start(), found[1]
        before = bisect_right(code_spans, (at, len(ctx.text))) - 1
        in_code_span = before >= 0 and at < code_spans[before][1]
        if in_code_span or _import_exists(ctx, path) or ctx.document.markdown.in_code(at):
            continue
        message = f"File `{path}` not found. {describe_effect(readers, 'includes nothing')}."
        yield Finding(Span(*found.span(1)), message)


def _import_exists(ctx: Context, path: str) -> bool:
    """Whether `path` exists relative to the folder of the file, or to a parent folder up to the project root
    that the location of the file defines."""
    root = project_root(ctx.document)
    ups = 0 if root is None else _depth_below(ctx, root)
    return any(ctx.world.exists("../" * up + path) for up in range(ups + 1))


def _depth_below(ctx: Context, root: str) -> int:
    """Return how many folders are between the file and `root`, which contains it."""
    folder = ctx.document.path.rpartition("/")[0]
    return len([part for part in folder[len(root) :].split("/") if part])


@rule("suggestion", subjects=("format with triggers",))
def never_applied(ctx: Context) -> Iterator[Finding]:
    """No key of the frontmatter defines when the file applies.

    The file is only used when the user requests it by name. If that is not intended, add the patterns of
    the files that it applies to, or a description by which the model can choose it.

    ## Bad

    ```markdown .github/instructions/case.instructions.md
    ---
    name: Style
    ---

    Write small functions.
    ```

    ## Good

    ```yaml .github/instructions/case.instructions.md
    applyTo: "**"
    ```
    """
    triggers, root, block = ctx.dialect.activation, ctx.reading.root, ctx.document.frontmatter
    if not triggers or block is None or not ctx.reading.loads or ctx.reading.reasons:
        return
    if root is None or not any(is_trigger(trigger, root) for trigger in triggers):
        names = [f"{each.key}: {each.values[0]}" if each.values else each.key for each in triggers]
        effect = describe_effect((ctx.reading.runtime,), "uses this file only on request")
        yield Finding(block.opening, f"{effect}, because it has no {join_names(names, last=' or ')}.")
