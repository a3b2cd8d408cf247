"""Rules about when a text is used: patterns of files, and whether anything calls for it."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.dialects.value_schema import is_met
from agentls.linter.rule import Context, Finding, rule
from agentls.text import globs
from agentls.text.offsets import Span
from agentls.text.yaml_tree import Entry, Mapping, Node, Scalar, Sequence


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


@rule("warning")
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


@rule("hint")
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


@rule("hint")
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
