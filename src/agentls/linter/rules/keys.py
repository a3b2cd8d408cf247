"""Rules about keys: unknown, missing, duplicate, deprecated, ignored."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.dialects import value_schema
from agentls.dialects.foreign import ForeignKey
from agentls.dialects.records import Key
from agentls.dialects.runtimes import Runtime
from agentls.dialects.value_schema import applies, is_met
from agentls.document import permissions
from agentls.document.edits import remove_entry, write_scalar
from agentls.linter.consequence import Consequence, effects_on
from agentls.linter.rule import Context, Finding, Fix, Related, describe_effect, rule
from agentls.linter.shared.load_reasons import findings_for_reason, remaining_findings
from agentls.linter.shared.suggestions import LONG_KEY, closest_key, remove_key, suggest_key
from agentls.linter.shared.translation import foreign_format_of, rename_key
from agentls.linter.shared.value_types import records_in
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Edit, Span
from agentls.text.spelling import closest_match
from agentls.text.wording import format_code, join_names
from agentls.text.yaml_tree import Entry, Mapping, Scalar, walk


def _unknown_entries(ctx: Context) -> Iterator[Entry]:
    """Find the top-level entries with unknown keys that no other finding is about.

    A key for which a runtime rejects the file has a finding of its own, and keys of another format are
    reported once for the file.
    """
    if all(reading.runtime.unknown_keys == "refused" for reading in ctx.readings):
        return
    rejected = {
        reason.span
        for reading in ctx.readings
        for reason in reading.reasons
        if reason.kind in ("unknown-key", "missing-key", "broken-hooks")
    }
    origin = foreign_format_of(ctx)
    for entry in ctx.document.root.entries if ctx.dialect.keys else ():
        if not entry.key.text or _is_known(ctx, entry.key.text) or entry.key.span in rejected:
            continue
        if origin is None or entry not in origin.entries:
            yield entry


def _is_known(ctx: Context, name: str) -> bool:
    """Whether one of the primary readers knows the key."""
    key = ctx.dialect.key(name)
    return key is not None and any(key.known_to(reading.runtime.name) for reading in ctx.readings)


def _are_unknown_keys_passed_on(ctx: Context) -> bool:
    """Whether unknown keys are passed to the model provider, which may know them."""
    return any(reading.runtime.unknown_keys == "passed on" for reading in ctx.readings)


def _handling_of_unknown_key(ctx: Context) -> str:
    """Return how the runtimes handle an unknown key, as a clause about "it"."""
    if all(reading.runtime.unknown_keys == "undocumented" for reading in ctx.readings):
        return ctx.describe_effect("is not documented to support it")
    if _are_unknown_keys_passed_on(ctx):
        return ctx.describe_effect("passes it to the model provider as an option")
    return ctx.describe_effect("ignores it")


@rule("ignored", subjects=("unknown key",))
def misspelt_key(ctx: Context) -> Iterator[Finding]:
    """An unknown key is probably a misspelling of a known one.

    Keys are case-sensitive and written in camel case: `maxTurns`, not `max-turns` or `max_turns`. Claude
    Code ignores an unknown key and mentions it only in its debug log. An agent with `allowed-tools` instead
    of `tools` gets all tools.

    OpenCode passes unknown keys to the model provider. A short one may well be an option of the provider, so that the
    finding is only a hint there.

    ## Bad

    ```yaml
    allowed-tools: Read, Grep
    ```

    ## Good

    ```yaml
    tools: Read, Grep
    ```
    """
    for entry in _unknown_entries(ctx):
        closest = closest_key(entry.key.text, ctx.dialect)
        if closest is None:
            continue
        known, used = ctx.dialect.key(closest), ctx.document.entry(closest)
        effects = ctx.effects(Consequence.SUGGESTION)
        is_certain = ctx.dialect.foreign_key(entry.key.text) or len(entry.key.text) >= LONG_KEY
        if known and (is_certain or not _are_unknown_keys_passed_on(ctx)):
            effects = ctx.effects(Consequence.IGNORED, known.source)
        message = f"Unknown key `{entry.key.text}`; {_handling_of_unknown_key(ctx)}."
        if used is None:
            finding = Finding(entry.key.span, message, effects=effects)
            yield suggest_key(ctx, finding, closest, _translate_entry(ctx, entry, closest))
            continue
        foreign = ctx.dialect.foreign_key(entry.key.text)
        if foreign and foreign.owner:
            # With the right key beside it, it is there for the other format.
            effects = ctx.effects(Consequence.ADVICE)
        line = ctx.document.lines.line_number(used.key.span.start) + 1
        message += f" `{closest}` (line {line}) is used."
        related = (Related(used.key.span, "the key that is used"),)
        yield Finding(entry.key.span, message, remove_key(ctx, entry), related, effects)


def _translate_entry(ctx: Context, entry: Entry, replacement: str) -> tuple[Fix, ...]:
    """Return the fix that renames a key and translates its value, where the value alone would mean less."""
    foreign = ctx.dialect.foreign_key(entry.key.text) or ForeignKey(entry.key.text, replacement=replacement)
    return ctx.make_fix(
        f"Rename to `{replacement}` and translate the value", *rename_key(ctx, entry, foreign)
    )


@rule("advice", tags=("unnecessary",), subjects=("unknown key",))
def foreign_key(ctx: Context) -> Iterator[Finding]:
    """A key belongs to another format.

    Skills, slash commands and the agents of other products have different keys. Claude Code ignores
    them in an agent file. They are harmless in a file that several products read; otherwise use the key
    that the message suggests.

    ## Bad

    ```yaml
    steps: 20
    ```

    ## Good

    ```yaml
    maxTurns: 20
    ```
    """
    for entry in _unknown_entries(ctx):
        foreign = ctx.dialect.foreign_key(entry.key.text)
        if foreign is None or foreign.is_misspelling:
            continue
        subject = (
            f"`{foreign.name}` is a key of {foreign.owner}"
            if foreign.owner
            else f"Unknown key `{foreign.name}`"
        )
        message = f"{subject}; {_handling_of_unknown_key(ctx)}{_without_replacement(ctx, foreign)}."
        if foreign.replacement and foreign.is_equivalent:
            message += f" Use `{foreign.replacement}` instead."
        elif foreign.replacement:
            note = f": {foreign.note}" if foreign.note else ""
            message += f" The closest equivalent is `{foreign.replacement}`{note}."
        elif foreign.note:
            message += f" {foreign.note[0].upper()}{foreign.note[1:]}."
        renamed = rename_key(ctx, entry, foreign) if foreign.replacement else ()
        fixes = ctx.make_fix(f"Rename to `{foreign.replacement}`", *renamed)
        yield Finding(entry.key.span, message, (*fixes, *remove_key(ctx, entry)))


def _without_replacement(ctx: Context, foreign: ForeignKey) -> str:
    """Return what it means that the key which should have been used is missing, as the end of a sentence."""
    key = ctx.dialect.key(foreign.replacement)
    applies = key and key.effects.always_effect and not ctx.document.entry(key.name)
    return f", and {key.effects.always_effect}" if key and applies else ""


@rule("suggestion", tags=("unnecessary",), subjects=("unknown key", "reason unknown-key"))
def unknown_key(ctx: Context) -> Iterator[Finding]:
    """A key is unknown to the runtime.

    Claude Code ignores unknown keys. Notes for readers of the file, such as `version` or `author`, are
    harmless. Keys that another tool of yours reads can be added to the setting `keys`.

    OpenCode passes unknown keys to the model provider as options. Notes such as `category` are then part of each
    request, and the provider may reject it. Add the options that you use to the setting `keys`.

    Strict runtimes, such as Gemini CLI, reject a file with an unknown key. Remove such keys, or turn
    them into comments.

    ## Bad

    ```yaml
    version: 1.2
    ```

    ```yaml .gemini/agents
    color: blue
    ```

    ```yaml .opencode/agents
    category: quality
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    yield from _rejected_keys(ctx)
    # In frontmatter that cannot be parsed, a line of prose with a colon looks like a key.
    if any(reason.kind == "invalid-yaml" for reason in ctx.reading.reasons):
        return
    consequence = Consequence.ADVICE if _are_unknown_keys_passed_on(ctx) else Consequence.SUGGESTION
    for entry in _unknown_entries(ctx):
        written = entry.key.text
        if ctx.dialect.foreign_key(written) is None and closest_key(written, ctx.dialect) is None:
            message = f"Unknown key `{written}`; {_handling_of_unknown_key(ctx)}."
            effects = ctx.effects(consequence)
            yield Finding(entry.key.span, message, remove_key(ctx, entry), effects=effects)


@rule("ignored", tags=("unnecessary",), subjects=("plugin",))
def ignored_in_plugin(ctx: Context) -> Iterator[Finding]:
    """A key is ignored in plugin agents.

    Claude Code ignores `hooks`, `mcpServers`, `permissionMode` and `initialPrompt` in the agents of a
    plugin. An agent that needs them must be in the project's `.claude/agents`.

    ## Bad

    ```yaml plugin
    permissionMode: plan
    ```

    ## Good

    ```markdown plugin
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    if not ctx.in_plugin:
        return
    for entry in ctx.document.root.entries:
        key = ctx.dialect.key(entry.key.text)
        if key and key.effects.ignored_in_plugin:
            yield Finding(
                entry.key.span,
                f"{ctx.describe_effect('ignores')} `{key.name}` in plugin agents.",
                remove_key(ctx, entry),
            )


@rule("ignored", tags=("unnecessary",))
def duplicate_key(ctx: Context) -> Iterator[Finding]:
    """A mapping contains the same key twice.

    Claude Code uses the last of the duplicate keys and silently ignores the others. The same applies to
    nested keys, such as two `PreToolUse` in `hooks`.

    Most YAML parsers report duplicate keys as an error, and runtimes that use one reject the file.

    ## Bad

    ```yaml
    tools: Read
    tools: Grep
    ```

    ```yaml .gemini/agents
    model: pro
    model: flash
    ```

    ## Good

    ```yaml
    tools: Read, Grep
    ```

    ```yaml .gemini/agents
    model: flash
    ```
    """
    rejected = list(findings_for_reason(ctx, "duplicate-key"))
    if rejected:
        yield from (each._replace(fixes=_remove_one(ctx, each.span)) for each in rejected)
        return
    if all(reading.root is None for reading in ctx.readings):
        return  # No key is used. Many of the lines may not even be meant as keys.
    for mapping in walk(ctx.document.root):
        if not isinstance(mapping, Mapping):
            continue
        if len({entry.key.text for entry in mapping.entries}) == len(mapping.entries):
            continue
        if ctx.reading.runtime.duplicate_keys == "undocumented":
            yield from _repeated_keys(mapping)
        else:
            yield from _overridden_keys(ctx, mapping)


def _remove_one(ctx: Context, key: Span) -> tuple[Fix, ...]:
    """Return the fixes that remove one of two entries with the same key, the later one if they are equal."""
    for mapping in walk(ctx.document.root):
        same = [
            each
            for each in (mapping.entries if isinstance(mapping, Mapping) else ())
            if each.key.text == key.text_in(ctx.text)
        ]
        if isinstance(mapping, Mapping) and len(same) == 2 and any(each.key.span == key for each in same):
            first, last = same
            name, removed = first.key.text, [remove_entry(ctx.document, mapping, each) for each in same]
            if first.value.value == last.value.value:
                return ctx.make_fix(f"Remove this `{name}`", removed[1], safe=True)
            return (
                *ctx.make_fix(f"Remove the first `{name}`", removed[0]),
                *ctx.make_fix(f"Remove the last `{name}`", removed[1]),
            )
    return ()


def _overridden_keys(ctx: Context, mapping: Mapping) -> Iterator[Finding]:
    """Report each entry that a later one with the same key overrides."""
    last = {entry.key.text: entry for entry in mapping.entries}
    for entry in mapping.entries:
        name = entry.key.text
        used = last[name]
        if used is not entry:
            yield Finding(
                entry.key.span,
                f"Duplicate key `{name}`; only the last one is used.",
                ctx.make_fix(f"Remove this `{name}`", remove_entry(ctx.document, mapping, entry), safe=True),
                (Related(used.key.span, "the key that is used"),),
            )


def _repeated_keys(mapping: Mapping) -> Iterator[Finding]:
    """Report each entry whose key is repeated, where it is undocumented which one is used."""
    first: dict[str, Entry] = {}
    for entry in mapping.entries:
        name = entry.key.text
        earlier = first.setdefault(name, entry)
        if earlier is not entry:
            message = f"Duplicate key `{name}`; it is undocumented which one is used."
            yield Finding(entry.key.span, message, related=(Related(earlier.key.span, "first definition"),))


@rule("advice", tags=("unnecessary",), subjects=("empty value",))
def empty_value(ctx: Context) -> Iterator[Finding]:
    """A key has no value and is ignored.

    Claude Code treats a key without a value as if it were missing. `tools` is the exception: without a
    value the agent starts without tools (see `no-tools`). Where a runtime rejects the file for an empty
    value, `invalid-value` reports it.

    ## Bad

    ```yaml
    model:
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    entries = ctx.document.root.entries
    rejected = {reason.span for reading in ctx.readings for reason in reading.reasons}
    for entry in entries:
        value, key = entry.value, ctx.dialect.key(entry.key.text)
        if entry.report_span in rejected or entry.unparsed or not isinstance(value, Scalar):
            continue
        if key is None or key.required or key.type == "any" or key.name in _REPORTED_IF_EMPTY:
            continue
        if key.effects.always_effect:  # `always-applied` reports it.
            continue
        if not _is_empty(ctx, key, value) or not _is_accepted(ctx, key, value):
            continue
        fixes: tuple[Fix, ...] = ()
        # Without this entry, an earlier one with the same key would be used.
        if not key.effects.empty_effect and sum(other.key.text == key.name for other in entries) == 1:
            fixes = remove_key(ctx, entry, safe=True)
        yield Finding(
            entry.report_span,
            f"`{key.name}` has no value; {key.effects.empty_effect or 'it is ignored'}.",
            fixes,
        )


_REPORTED_IF_EMPTY = frozenset({"tools", "hooks"})
"""Keys whose empty value is reported by the rules about them."""


def _is_empty(ctx: Context, key: Key, value: Scalar) -> bool:
    """Whether the value is null where that is not usual, or a blank string."""
    if value.type == "null":
        return not key.effects.often_empty
    if key.type != "text" or not key.value.schema or value.type != "str" or value.text.strip():
        return False
    # An agent without a name or a description is reported by the rules about them.
    return not (ctx.dialect.model_invocable and key.name in ("name", "description"))


def _is_accepted(ctx: Context, key: Key, value: Scalar) -> bool:
    """Whether the value matches the schema of the key in all runtimes; `invalid-value` reports others."""
    return all(value_schema.matches_schema(key, value, reading.runtime.name) for reading in ctx.readings)


@rule("advice", tags=("deprecated",), subjects=("deprecated key",))
def deprecated_key(ctx: Context) -> Iterator[Finding]:
    """A key is deprecated.

    OpenCode still accepts the deprecated keys `maxSteps` and `tools`. Use `steps` and `permission`
    instead: `write: false` in `tools` is `edit: deny` in `permission`.

    ## Bad

    ```yaml .opencode/agents
    maxSteps: 20
    ```

    ## Good

    ```yaml .opencode/agents
    steps: 20
    ```
    """
    for entry in ctx.document.root.entries:
        key = ctx.dialect.key(entry.key.text)
        if (
            key is None
            or not key.deprecation.deprecated
            or not any(reading.loads for reading in ctx.readings)
        ):
            continue
        fixes = _replacement(ctx, key, entry) or _equivalent_line(ctx, key, entry)
        yield Finding(entry.key.span, f"`{key.name}` is deprecated; {key.deprecation.deprecated}.", fixes)


def _replacement(ctx: Context, key: Key, entry: Entry) -> tuple[Fix, ...]:
    """Return the fix that uses the current key, if the value can stay or be converted."""
    if not key.deprecation.replacement or ctx.document.entry(key.deprecation.replacement):
        return ()
    use = ctx.dialect.key(key.deprecation.replacement)
    if use and (use.type, use.value.schema) == (key.type, key.value.schema):
        return ctx.make_fix(f"Rename to `{use.name}`", Edit(entry.key.span, use.name), safe=True)
    keys = ctx.dialect.tool_keys
    if (key.name, key.deprecation.replacement) != (keys.allowed, keys.permissions):
        return ()
    if not ctx.reading.entry(key.name):
        return ()
    lines = [
        f"  {write_scalar(grant.permission)}: {grant.action}"
        for grant in permissions.ordered_permissions(ctx.reading)
    ]
    if not lines:
        return ()
    edit = Edit(entry.span, ctx.document.newline.join([f"{key.deprecation.replacement}:", *lines]))
    return ctx.make_fix(f"Convert to `{key.deprecation.replacement}`", edit, safe=True)


def _equivalent_line(ctx: Context, key: Key, entry: Entry) -> tuple[Fix, ...]:
    """Return the fix that changes the entry to the equivalent line, or removes it if it has no effect."""
    line = (
        key.deprecation.replacement_lines.get(entry.value.text.lower())
        if isinstance(entry.value, Scalar)
        else None
    )
    if line and ctx.document.entry(line.partition(":")[0]) is None:
        return ctx.make_fix(f"Change to `{line}`", Edit(entry.span, line), safe=True)
    return remove_key(ctx, entry) if line is not None else ()


@rule("advice", tags=("unnecessary",), subjects=("conditional key",))
def ineffective_key(ctx: Context) -> Iterator[Finding]:
    """A known key has no effect in this file.

    OpenCode supports `prompt` in its configuration; in an agent file the text below the frontmatter is the
    prompt, even if there is none. `hidden` removes a subagent from a menu that other agents are not part of.

    ## Bad

    ```yaml .opencode/agents
    prompt: You review code.
    ```

    ## Good

    ```markdown .opencode/agents
    ---
    description: Reviews code. Use it after every change.
    ---

    You review code.
    ```
    """
    for entry in ctx.document.root.entries:
        key = ctx.dialect.key(entry.key.text)
        if key is None or not ctx.reading.loads or ctx.reading.status == "damaged":
            continue
        is_blank = isinstance(entry.value, Scalar) and not entry.value.text.strip()
        if key.effects.often_empty and is_blank:
            continue
        when = key.effects.no_effect_when
        if key.effects.no_effect and (when is None or is_met(when, ctx.document.root)):
            ignored = f"{ctx.describe_effect('ignores')} `{key.name}`: {key.effects.no_effect}"
            if key.effects.is_prompt and ctx.document.has_empty_body:
                fixes = _move_to_body(ctx, entry)
                effects = ctx.effects(Consequence.IGNORED, key.source)
                yield Finding(entry.key.span, f"{ignored}, which is empty.", fixes, effects=effects)
            else:
                yield Finding(entry.key.span, f"{ignored}.", remove_key(ctx, entry))
        elif key.effects.applies_when and not applies(key, ctx.document.root):
            values = join_names(
                (f"{key.effects.applies_when.key}: {value}" for value in key.effects.applies_when.values),
                " or ",
            )
            message = f"`{key.name}` only applies with {values or f'`{key.effects.applies_when.key}`'}."
            yield Finding(entry.key.span, message, remove_key(ctx, entry))


def _move_to_body(ctx: Context, entry: Entry) -> tuple[Fix, ...]:
    """Return the fix that moves a value below the frontmatter, unless it may refer to a file or a variable."""
    document, value = ctx.document, entry.value
    if (
        document.frontmatter is None
        or not isinstance(value, Scalar)
        or value.type != "str"
        or "{" in value.text
    ):
        return ()
    body = f"{document.newline}{value.text.strip()}{document.newline}"
    at = Span(document.body_start, len(ctx.text))
    removed = remove_entry(document, document.root, entry)
    return ctx.make_fix("Move the text below the frontmatter", removed, Edit(at, body))


@rule("ignored", tags=("unnecessary",), subjects=("fixed value",))
def overridden_key(ctx: Context) -> Iterator[Finding]:
    """The folder of the file overrides the value of a key.

    OpenCode treats every file in `modes` as a primary agent, whatever `mode` is set to. Move subagents
    to `agents`.

    ## Bad

    ```yaml .opencode/modes
    mode: subagent
    ```

    ## Good

    ```yaml .opencode/agents
    mode: subagent
    ```
    """
    for name, value in ctx.document.identity.fixed_values.items():
        entry = ctx.entry(name)
        if entry and isinstance(entry.value, Scalar) and entry.value.text not in ("", value):
            used = ctx.describe_effect(f"uses `{name}: {value}` for every file in this folder")
            message = f"{used}; {format_code(entry.value.text)} is ignored."
            fixes = ctx.make_fix(f"Change to `{value}`", Edit(entry.value.span, value))
            yield Finding(entry.report_span, message, fixes)


def _rejected_keys(ctx: Context) -> Iterator[Finding]:
    """Report the keys for which a runtime rejects the file."""
    for finding in remaining_findings(ctx, "unknown-key"):
        entry = next((e for e in ctx.document.root.entries if e.key.span == finding.span), None)
        if entry is None:
            yield finding
            continue
        foreign = ctx.dialect.foreign_key(entry.key.text)
        closest = closest_key(entry.key.text, ctx.dialect)
        if foreign and foreign.owner and not foreign.is_misspelling:
            instead = (
                f" Use `{foreign.replacement}` instead."
                if foreign.is_equivalent and foreign.replacement
                else ""
            )
            message = f"{finding.message} It is a key of {foreign.owner}.{instead}"
            renamed = ctx.make_fix(f"Rename to `{foreign.replacement}`", *rename_key(ctx, entry, foreign))
            yield finding._replace(message=message, fixes=renamed or remove_key(ctx, entry))
        elif closest and ctx.document.entry(closest) is None:
            # A misspelt key does not work in any runtime, so it is more than the verdict of a validator.
            effects = tuple(effect._replace(is_verdict=False) for effect in finding.effects)
            yield suggest_key(ctx, finding._replace(effects=effects), closest)
        else:
            yield finding._replace(fixes=remove_key(ctx, entry))


@rule("not loaded", subjects=("reason missing-key",))
def missing_key(ctx: Context) -> Iterator[Finding]:
    """A required key is missing, and the runtime rejects the file.

    See `missing-name` and `missing-description` for the two keys that nearly every runtime requires.

    ## Bad

    ```markdown .gemini/agents
    ---
    kind: remote
    name: reviewer
    ---
    ```

    ## Good

    ```markdown .gemini/agents
    ---
    kind: remote
    name: reviewer
    agent_card_url: https://agents.example/reviewer
    ---
    ```
    """
    yield from findings_for_reason(ctx, "missing-key")


@rule("suggestion", tags=("unnecessary",), subjects=("format with fields",))
def unknown_field(ctx: Context) -> Iterator[Finding]:
    """A field of a record is unknown and ignored.

    Records are mappings with fixed fields, such as the handoffs of a GitHub Copilot agent.

    ## Bad

    ```yaml .github/agents
    handoffs:
      - label: Mend
        agent: mender
        prompt: Mend what was found.
        colour: red
    ```

    ## Good

    ```yaml .github/agents
    handoffs:
      - label: Mend
        agent: mender
        prompt: Mend what was found.
    ```
    """
    unknown: dict[Span, _UnknownField] = {}
    known: set[Span] = set()
    rejected = {reason.span for reading in ctx.readings for reason in reading.reasons}
    for runtime, _, records, names in records_in(ctx):
        for mapping in records:
            for entry in mapping.entries:
                span = entry.key.span
                if entry.key.text in names:
                    known.add(span)
                elif span not in rejected:
                    unknown.setdefault(span, _UnknownField(entry, mapping, names, [])).runtimes.append(
                        runtime
                    )
    for span, (entry, mapping, names, runtimes) in unknown.items():
        if span in known:
            continue
        ignored = describe_effect(runtimes, "ignores it")
        finding = Finding(span, f"Unknown field {format_code(entry.key.text)}; {ignored}.")
        closest = closest_match(entry.key.text, names)
        if closest and mapping.get(closest) is None:
            yield suggest_key(ctx, finding, closest)
        else:
            yield finding._replace(fixes=_remove_field(ctx, mapping, entry))


class _UnknownField(NamedTuple):
    """A field that some runtimes ignore, in its record, with the names of the fields that are known there."""

    entry: Entry
    record: Mapping
    known: list[str]
    runtimes: list[Runtime]


def _remove_field(ctx: Context, record: Mapping, entry: Entry) -> tuple[Fix, ...]:
    """Return the fix that removes a field, unless it is the only one."""
    if len(record.entries) == 1:
        return ()
    edit = remove_entry(ctx.document, record, entry)
    return ctx.make_fix(f"Remove {format_code(entry.key.text)}", edit, safe=True)


@rule("ignored", subjects=("format with expected keys",))
def expected_key(ctx: Context) -> Iterator[Finding]:
    """A key that a runtime expects is missing; the file still loads.

    VS Code reports a skill without a name or a description. It requires a description for a skill that is
    hidden from users, and for one that explicitly allows the model to start it.

    ## Bad

    ```markdown .github/skills/review/SKILL.md
    ---
    name: review
    user-invocable: false
    ---

    Read the diff first.
    ```

    ## Good

    ```markdown .github/skills/review/SKILL.md
    ---
    name: review
    description: Reviews code. Use it after every change.
    user-invocable: false
    ---

    Read the diff first.
    ```
    """
    for reading in ctx.readings:
        asked = reading.runtime.reports_missing
        if not asked or not reading.loads or reading.root is None or reading.block is None:
            continue
        for entry in reading.root.entries:
            key = reading.dialect.key(entry.key.text)
            value = entry.value.text if key and isinstance(entry.value, Scalar) else ""
            needed = (
                key.requirement.required_by_value.get(value)
                if key and key.known_to(reading.runtime.name)
                else None
            )
            if needed in asked and reading.root.get(needed) is None:
                required = f"requires it with `{entry.key.text}: {value}`"
                yield Finding(
                    entry.value.span,
                    f"`{needed}` is missing. {describe_effect((reading.runtime,), required)}.",
                    effects=effects_on([reading], Consequence.IGNORED),
                )
        for name in asked:
            if reading.root.get(name) is None and not _is_reported_elsewhere(ctx, name):
                message = f"`{name}` is missing; {describe_effect((reading.runtime,), 'reports it')}."
                mark = ctx.document.frontmatter.opening if ctx.document.frontmatter else reading.block
                yield Finding(mark, message, effects=effects_on([reading], Consequence.ADVICE))


def _is_reported_elsewhere(ctx: Context, name: str) -> bool:
    """Whether another rule reports the missing key: a runtime rejects the file, or uses something else instead."""
    rejected = any(reason.kind == f"missing-{name}" for other in ctx.readings for reason in other.reasons)
    return rejected or (name == "description" and bool(ctx.reading.description))


@rule("ignored", subjects=("type boolean",))
def unreachable_skill(ctx: Context) -> Iterator[Finding]:
    """A skill or a command cannot be started, neither by users nor by the model.

    `user-invocable: false` hides the skill from users, and `disable-model-invocation: true` hides it from
    the model. Claude Code then lists it nowhere, and agents cannot preload it either.

    ## Bad

    ```markdown .claude/skills/style/SKILL.md
    ---
    description: How code is laid out here. Use it when writing code.
    user-invocable: false
    disable-model-invocation: true
    ---

    Four spaces.
    ```

    ## Good

    ```markdown .claude/skills/style/SKILL.md
    ---
    description: How code is laid out here. Use it when writing code.
    user-invocable: false
    ---

    Four spaces.
    ```
    """
    readings = [each for each in ctx.readings if each.loads and len(ctx.document.blocked_callers(each)) > 1]
    if not readings or ctx.dialect.kind not in ("skill", "command"):
        return
    hiding = [entry for key, entry in ctx.document.significant_entries if key.effects.blocks_callers]
    if len(hiding) > 1:
        names = join_names(entry.key.text for entry in hiding)
        message = (
            f"{names} hide this {ctx.dialect.noun} from users and from the model, so nobody can start it."
        )
        related = tuple(Related(entry.key.span, "hidden here, too") for entry in hiding[:-1])
        effects = effects_on(readings, Consequence.IGNORED)
        yield Finding(hiding[-1].span, message, related=related, effects=effects)
