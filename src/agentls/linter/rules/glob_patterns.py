"""Rules about file patterns in frontmatter, which decide when a text is used."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.dialects.records import Key
from agentls.dialects.runtimes import PatternRules
from agentls.document.edits import quote_scalar, write_scalar
from agentls.document.file_patterns import (
    FilePattern,
    correct_pattern,
    find_patterns,
    find_problem,
    find_tags,
    impossible_prefix,
    pattern_use,
)
from agentls.linter.consequence import Consequence, effects_on
from agentls.linter.rule import Context, Finding, Fix, join_titles, rule
from agentls.linter.shared.suggestions import remove_key
from agentls.readers.reading import Reading
from agentls.text import globs
from agentls.text.offsets import Edit
from agentls.text.wording import describe_value, format_code
from agentls.text.yaml_tree import Entry, Scalar, Sequence


def _pattern_entries(reading: Reading) -> Iterator[tuple[Key, Entry]]:
    """Yield the keys with file patterns that the runtime knows, with their entries. `flow-value-repaired` reports a
    list in brackets that is read as a string."""
    for key in reading.dialect.keys if reading.loads else ():
        entry = reading.entry(key.name) if key.type == "globs" else None
        if entry is None or entry.unparsed or not key.known_to(reading.runtime.name):
            continue
        is_list_as_string = isinstance(entry.value, Scalar) and entry.value.text.startswith("[")
        if not (is_list_as_string and entry.value.span in reading.repaired_values):
            yield key, entry


@rule("ignored", subjects=("file patterns",))
def invalid_glob(ctx: Context) -> Iterator[Finding]:
    """A file pattern can match no file.

    The runtime does not report such a pattern. If a file has no other pattern, it is never used. A pattern
    matches nothing if a bracket in it is never closed, or if it is in typographic quotes, which belong to the
    pattern. The other causes depend on the runtime:

    | Pattern | Claude Code | VS Code |
    |---|---|---|
    | `./src/**` | matches nothing | matches nothing |
    | `/src/**` | from the root of the project | compared with the absolute path |
    | `"src/** "` | the space belongs to the pattern | the space is ignored |
    | `app/[id]/*` | a set of characters; write `app/\\[id\\]/*` | a set of characters; write `app/*/*` |
    | `!src/gen/**` | excludes nothing | excludes nothing |

    ## Bad

    ```markdown .claude/rules
    ---
    paths:
      - "./src/**"
    ---

    Write small functions.
    ```

    ```markdown .github/instructions/case.instructions.md
    ---
    applyTo: "src/**/*.[jt"
    ---

    Write small functions.
    ```

    ## Good

    ```markdown .claude/rules
    ---
    paths:
      - "*.md"
    ---

    Write small functions.
    ```
    """
    reported = set()
    for reading in ctx.readings:
        for key, _ in _pattern_entries(reading):
            use = pattern_use(reading, key, ctx.text)
            never = key.effects.never_effect if use and use.when == "never" else ""
            end = f" {never[0].upper()}{never[1:]}." if never else ""
            for pattern in find_patterns(reading, key.name, ctx.text):
                if pattern.problem and pattern.span not in reported:
                    reported.add(pattern.span)
                    sharing = _readings_with(ctx, key, pattern)
                    message = f"{_describe_problem(pattern, sharing)}.{end}"
                    effects = effects_on(sharing, Consequence.IGNORED)
                    fixes = _correction(ctx, pattern, reading.runtime.patterns)
                    yield Finding(pattern.span, message, fixes, effects=effects)
            for tag in find_tags(reading, key.name, ctx.text) if reading is ctx.reading else ():
                shown = format_code(tag.text_in(ctx.text))
                message = f"{shown} is a tag in YAML, not a pattern, and excludes no file."
                yield Finding(tag, message, effects=effects_on([reading], Consequence.IGNORED))


def _readings_with(ctx: Context, key: Key, pattern: FilePattern) -> list[Reading]:
    """Return the readings in which the pattern has the same problem."""
    return [reading for reading in ctx.readings if pattern in find_patterns(reading, key.name, ctx.text)]


def _describe_problem(pattern: FilePattern, readings: list[Reading]) -> str:
    shown, titles = format_code(pattern.text), join_titles(reading.runtime for reading in readings)
    match pattern.problem:
        case "unclosed bracket":
            return f"{shown} {globs.find_error(pattern.text)}, so it matches no file"
        case "typographic quotes":
            return f"The typographic quotes are part of the pattern {shown}, which matches no file"
        case "several lines":
            return f"{shown} is one pattern of several lines, which matches no file; write a list"
        case "spaces around it":
            return f"The whitespace around {shown} is part of the pattern in {titles}, so it matches no file"
        case "negation":
            return f"{shown} excludes no file in {titles}"
        case "folder in brackets":
            return (
                f"{titles} reads the brackets in {shown} as a set of characters, not as the name of a folder"
            )
    prefix = impossible_prefix(pattern.text, readings[0].runtime.patterns)
    return f"{shown} matches no file in {titles}: {prefix.reason if prefix else ''}"


def _correction(ctx: Context, pattern: FilePattern, rules: PatternRules) -> tuple[Fix, ...]:
    """Return the fix that replaces a pattern, or the lines of one scalar by a list."""
    scalar = pattern.scalar
    if pattern.problem == "several lines":
        lines = [line.strip().removeprefix("- ").strip(" ,\"'") for line in scalar.text.split("\n")]
        patterns = [line for line in lines if line]
        possible = not any(find_problem(pattern, rules) for pattern in patterns)
        edit = Edit(scalar.span, quote_scalar(",".join(patterns)))
        return ctx.make_fix("Separate the patterns with commas", edit) if possible else ()
    correct = correct_pattern(pattern.text, rules)
    text = scalar.text
    for piece in globs.split_patterns(scalar.text):
        if find_problem(piece, rules):
            text = text.replace(piece, correct_pattern(piece, rules) or piece, 1)
    edit = Edit(scalar.span, _write_pattern(text.strip(), scalar))
    return (
        ctx.make_fix(f"Change to {format_code(correct)}", edit)
        if correct and "\n" not in text.strip()
        else ()
    )


def _write_pattern(text: str, scalar: Scalar) -> str:
    """Return `text` as a scalar, quoted if the scalar that it replaces is or if it must be, also in brackets."""
    if scalar.style == "plain" and not set(text) & set(",[]{}") and write_scalar(text) == text:
        return text
    return quote_scalar(text) if set(text) & set('"\\') else f'"{text}"'


@rule("advice", subjects=("file patterns",))
def always_applied(ctx: Context) -> Iterator[Finding]:
    """The file patterns restrict nothing: the file is always used.

    Claude Code always loads a rule without `paths`. It does the same if `paths` is empty, if its value is
    neither a string nor a list, or if its only pattern is `**`.

    ## Bad

    ```markdown .claude/rules
    ---
    paths: []
    ---

    Write small functions.
    ```

    ```markdown .claude/rules
    ---
    paths: true
    ---

    Write small functions.
    ```

    ## Good

    ```markdown .claude/rules
    Write small functions.
    ```

    ```markdown .claude/rules
    ---
    paths: "**/*.md"
    ---

    Write small functions.
    ```
    """
    for key, entry in _pattern_entries(ctx.reading):
        use = pattern_use(ctx.reading, key, ctx.text)
        if use is None or use.when != "always" or not key.effects.always_effect:
            continue
        effects = ctx.effects(Consequence.ADVICE)
        patterns = find_patterns(ctx.reading, key.name, ctx.text)
        if patterns:
            subject = f"{format_code(patterns[0].text)} restricts nothing"
        elif _is_empty(entry):
            subject = f"`{key.name}` is empty"
        else:
            given = describe_value(entry.value)
            subject = f"`{key.name}` must be a string or a list of strings, not {given}, and is ignored"
            effects = ctx.effects(Consequence.IGNORED)
        message = f"{subject}; {key.effects.always_effect}."
        yield Finding(entry.report_span, message, remove_key(ctx, entry, safe=True), effects=effects)


def _is_empty(entry: Entry) -> bool:
    value = entry.value
    items = value.items if isinstance(value, Sequence) else (value,)
    return all(isinstance(item, Scalar) and not item.text.strip() for item in items)


@rule("suggestion", tags=("unnecessary",), subjects=("file patterns",))
def unmatched_glob(ctx: Context) -> Iterator[Finding]:
    """A file pattern matches no file in the project.

    The instructions only apply to files that match a pattern, and no file does: the files may have been
    moved, or the patterns may be misspelt. Nothing is reported if another pattern of the same key matches. An
    empty pattern is always reported.
    Folders such as `.git` and `node_modules` are not searched, nor are projects with a very large number of
    files.

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
    for key, entry in _pattern_entries(ctx.reading):
        items = entry.value.items if isinstance(entry.value, Sequence) and not _is_empty(entry) else ()
        for item in items:
            # A value with a tag looks empty, and has a finding of its own.
            if isinstance(item, Scalar) and not item.text.strip() and item.properties_span is None:
                yield Finding(item.span, f"Empty pattern in `{key.name}`.")
        patterns = [p for p in find_patterns(ctx.reading, key.name, ctx.text) if p.problem is None]
        if any(ctx.world.has_match(pattern.text) for pattern in patterns):
            continue
        for pattern in patterns:
            if not set(pattern.text) & {"<", "$"}:
                message = f"`{pattern.text}` in `{key.name}` matches no file in the project."
                yield Finding(pattern.span, message)
