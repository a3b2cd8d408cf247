"""Rules about keys: unknown, missing, duplicate, deprecated, without effect."""

from __future__ import annotations

from collections.abc import Iterator

from agentls.dialects import value_schema
from agentls.dialects.records import Key
from agentls.dialects.value_schema import applies, is_met
from agentls.document import permissions
from agentls.document.edits import remove_entry, write_scalar
from agentls.linter.consequence import Consequence, effects_on
from agentls.linter.rule import Context, Finding, Fix, Related, describe_effect, rule
from agentls.linter.shared.load_reasons import findings_for_reason, remaining_findings
from agentls.linter.shared.suggestions import closest_key, remove_key, suggest
from agentls.linter.shared.translation import (
    foreign_format_of,
    rename_key,
)
from agentls.linter.shared.value_types import records_in
from agentls.text.offsets import Edit, Span
from agentls.text.spelling import closest_match
from agentls.text.wording import format_code, join_names
from agentls.text.yaml_tree import Entry, Mapping, Scalar, walk


def _unknown_entries(ctx: Context) -> Iterator[Entry]:
    """The top-level entries whose keys mean nothing to the runtime, are not refused by any, and not
    told of in one finding for the file."""
    if all(reading.runtime.unknown_keys == "refused" for reading in ctx.readings):
        return
    refused = {
        reason.span
        for reading in ctx.readings
        for reason in reading.reasons
        if reason.kind in ("unknown-key", "missing-key")
    }
    for entry in ctx.document.root.entries if ctx.dialect.keys else ():
        if entry.key.text and not _is_known(ctx, entry.key.text) and entry.key.span not in refused:
            origin = foreign_format_of(ctx)
            if origin is None or entry not in origin.entries:
                yield entry


def _is_known(ctx: Context, name: str) -> bool:
    """Whether one of the runtimes that count knows the key."""
    key = ctx.dialect.key(name)
    return key is not None and any(key.known_to(reading.runtime.name) for reading in ctx.readings)


def _is_option(ctx: Context) -> bool:
    """Whether a key that is not known goes to the provider of the model, which may know it."""
    return any(reading.runtime.unknown_keys == "passed on" for reading in ctx.readings)


def _is_told(ctx: Context) -> bool:
    """Whether it is known what becomes of a key that is not."""
    return any(reading.runtime.unknown_keys != "undocumented" for reading in ctx.readings)


def _effect(ctx: Context, key: str) -> str:
    """What the runtimes do with a key that they do not know."""
    if not _is_told(ctx):
        return f"{ctx.runtime_titles} is not known to have a key `{key}`."
    if _is_option(ctx):
        return f"{ctx.runtime_titles} hands `{key}` on to the provider of the model as an option."
    return f"{ctx.describe_effect(f'ignores `{key}`')}."


@rule("ignored", subjects=("unknown key",))
def misspelt_key(ctx: Context) -> Iterator[Finding]:
    """A key is not spelt as the runtime knows it.

    Keys are case-sensitive and written in one word, with capital letters inside: `maxTurns`, not
    `max-turns` or `max_turns`. Claude Code ignores a key that it does not know, and mentions it
    in its debug log only. With `allowed-tools` in the place of `tools` the agent gets all tools.

    OpenCode hands what it does not know on to the provider of the model. Since that may be meant, it
    is no more than a hint there.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    allowed-tools: Read, Grep
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, Grep
    ---

    You review code.
    ```
    """
    for entry in _unknown_entries(ctx):
        written = entry.key.text
        meant = closest_key(written, ctx.dialect)
        if meant is None:
            continue
        there, known = ctx.document.entry(meant), ctx.dialect.key(meant)
        effects = ctx.effects(Consequence.SUGGESTION)
        if known and not _is_option(ctx):
            effects = ctx.effects(Consequence.IGNORED, known.source)
        if there:
            message = f"{_effect(ctx, written)} The key is called `{meant}`, and stands here as well."
            related = (Related(there.key.span, f"`{meant}`, which counts"),)
            yield Finding(entry.key.span, message, related=related, effects=effects)
            continue
        fixes = ctx.make_fix(f"Write `{meant}`", Edit(entry.key.span, meant))
        message = f"{_effect(ctx, written)} The key is called `{meant}`."
        yield Finding(entry.key.span, message, fixes, effects=effects)


@rule("advice", subjects=("unknown key",))
def foreign_key(ctx: Context) -> Iterator[Finding]:
    """A key belongs to another kind of file, or to another product.

    Skills, slash commands and the agents of other products have keys of their own. Claude Code
    ignores them in an agent file. That does no harm where one file serves several products; where
    it does not, the finding says what to write instead.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    steps: 20
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    maxTurns: 20
    ---

    You review code.
    ```
    """
    for entry in _unknown_entries(ctx):
        foreign = ctx.dialect.foreign_key(entry.key.text)
        if foreign is None or foreign.alias:
            continue
        of = f"`{foreign.name}` is a key of {foreign.of}. " if foreign.of else ""
        message = of + _effect(ctx, foreign.name)
        if foreign.use and foreign.same:
            message += f" Here it is called `{foreign.use}`."
        elif foreign.use:
            note = f": {foreign.note}" if foreign.note else ""
            message += f" What comes nearest is `{foreign.use}`{note}."
        elif foreign.note:
            message += f" {foreign.note[0].upper()}{foreign.note[1:]}."
        fixes = (
            ctx.make_fix(f"Write `{foreign.use}`", *rename_key(ctx, entry, foreign)) if foreign.use else ()
        )
        yield Finding(entry.key.span, message, (*fixes, *remove_key(ctx, entry)))


@rule("suggestion", tags=("unnecessary",), subjects=("unknown key", "reason unknown-key"))
def unknown_key(ctx: Context) -> Iterator[Finding]:
    """A key means nothing to the runtime.

    Claude Code ignores keys that it does not know. Notes for people, such as `version` or
    `author`, do no harm. Keys that a tool of your own reads can be added to the setting `keys`. Where
    unknown keys go to the provider of the model, as in OpenCode, they are not reported.

    Strict runtimes, such as Gemini CLI, reject a file for a key that they do not know. Notes for people and keys
    of other products have to go, or into a comment.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    version: 1.2
    ---

    You review code.
    ```

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    color: blue
    ---

    You review code.
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
    # In a block that cannot be parsed a line of prose with a colon looks like a key.
    if any(reason.kind == "invalid-yaml" for reason in ctx.reading.reasons) or _is_option(ctx):
        return
    for entry in _unknown_entries(ctx):
        written = entry.key.text
        if ctx.dialect.foreign_key(written) is None and closest_key(written, ctx.dialect) is None:
            message = f"{ctx.describe_effect(f'does not know `{written}`')}: it has no effect."
            if not _is_told(ctx):
                message = _effect(ctx, written)
            yield Finding(entry.key.span, message, remove_key(ctx, entry))


@rule("ignored", subjects=("plugin",))
def ignored_in_plugin(ctx: Context) -> Iterator[Finding]:
    """A key has no effect in the agents of a plugin.

    Claude Code ignores `hooks`, `mcpServers`, `permissionMode` and `initialPrompt` in the agents
    that come with a plugin. An agent that needs them has to lie in the project's own
    `.claude/agents`.

    ## Bad

    ```markdown plugin
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    permissionMode: plan
    ---

    You review code.
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
        if key and key.ignored_in_plugin:
            yield Finding(
                entry.key.span,
                f"{ctx.runtime_titles} ignores `{key.name}` in the agents of a plugin.",
                remove_key(ctx, entry),
            )


@rule("ignored")
def duplicate_key(ctx: Context) -> Iterator[Finding]:
    """A key stands twice, and only the last one counts.

    Claude Code takes the last of equal keys and says nothing about the others. Some other tools
    refuse such a file. The same goes for keys further inside, such as two `PreToolUse` in `hooks`.

    Most YAML parsers take duplicate keys for an error, and the runtime rejects the file.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read
    tools: Grep
    ---

    You review code.
    ```

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    model: pro
    model: flash
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    tools: Read, Grep
    ---

    You review code.
    ```

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    model: flash
    ---

    You review code.
    ```
    """
    rejected = list(findings_for_reason(ctx, "duplicate-key"))
    if rejected:
        yield from rejected
        return
    for mapping in walk(ctx.document.root):
        if not isinstance(mapping, Mapping):
            continue
        if len({entry.key.text for entry in mapping.entries}) == len(mapping.entries):
            continue
        if ctx.reading.runtime.equal_keys == "undocumented":
            yield from _repeated(mapping)
            continue
        last = {entry.key.text: entry for entry in mapping.entries}
        for entry in mapping.entries:
            name = entry.key.text
            counts = last[name]
            if counts is entry:
                continue
            edit = remove_entry(ctx.document, mapping, entry)
            yield Finding(
                entry.key.span,
                f"`{name}` stands twice, and only the last one counts.",
                ctx.make_fix(f"Remove this `{name}`", edit, safe=True),
                (Related(counts.key.span, f"The `{name}` that counts"),),
            )


def _repeated(mapping: Mapping) -> Iterator[Finding]:
    """The keys that stand further above already, where nobody knows which one counts."""
    first: dict[str, Entry] = {}
    for entry in mapping.entries:
        name = entry.key.text
        above = first.setdefault(name, entry)
        if above is not entry:
            message = f"`{name}` stands twice, and which one counts is not documented."
            yield Finding(entry.key.span, message, related=(Related(above.key.span, "It stands here"),))


@rule("advice")
def empty_value(ctx: Context) -> Iterator[Finding]:
    """A key has no value, and so no effect.

    Claude Code treats these keys as if they were not there when nothing stands behind the colon.
    `tools` is the exception: without a value it takes all tools away from the agent. A runtime that
    refuses the file for it has a finding of its own.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    model:
    ---

    You review code.
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
    refused = {reason.span for reading in ctx.readings for reason in reading.reasons}
    for entry in entries:
        value = entry.value
        if entry.report_span in refused:
            continue
        if not isinstance(value, Scalar) or entry.unparsed:
            continue
        key = ctx.dialect.key(entry.key.text)
        if not _says_nothing(ctx, key, value):
            continue
        if key is None or key.required or key.type == "any" or key.name in _EMPTY_MATTERS:
            continue
        if any(not value_schema.matches_schema(key, value, reading.runtime.name) for reading in ctx.readings):
            continue  # `invalid-value` says what a runtime makes of it.
        # Without this entry an earlier one of the same name would count.
        alone = sum(other.key.text == key.name for other in entries) == 1
        fixes = remove_key(ctx, entry, safe=True) if alone else ()
        effect = f": {key.empty}" if key.empty else ", and so no effect"
        yield Finding(entry.report_span, f"`{key.name}` has no value{effect}.", () if key.empty else fixes)


@rule("advice", tags=("deprecated",), subjects=("deprecated key",))
def deprecated_key(ctx: Context) -> Iterator[Finding]:
    """A key still works, and should not be used any more.

    OpenCode knows `maxSteps` and `tools` from former times. What they say is now said by `steps`
    and `permission`: `write: false` in `tools` is `edit: deny` in `permission`.

    ## Bad

    ```markdown .opencode/agents
    ---
    description: Reviews code. Use it after every change.
    maxSteps: 20
    ---

    You review code.
    ```

    ## Good

    ```markdown .opencode/agents
    ---
    description: Reviews code. Use it after every change.
    steps: 20
    ---

    You review code.
    ```
    """
    for entry in ctx.document.root.entries:
        key = ctx.dialect.key(entry.key.text)
        if key is None or not key.deprecated or not any(reading.loads for reading in ctx.readings):
            continue
        there = ctx.document.entry(key.use) if key.use else None
        edits = _in_todays_words(ctx, key, entry) if key.use and there is None else None
        fixes = ctx.make_fix(f"Write `{key.use}`", edits, safe=True) if edits else _instead(ctx, key, entry)
        yield Finding(entry.key.span, f"`{key.name}` is deprecated: {key.deprecated}.", fixes)


def _instead(ctx: Context, key: Key, entry: Entry) -> tuple[Fix, ...]:
    """The fix that writes the line which comes to the same, or takes the entry out if none does."""
    line = key.instead.get(entry.value.text.lower()) if isinstance(entry.value, Scalar) else None
    if line and ctx.document.entry(line.partition(":")[0]) is None:
        return ctx.make_fix(f"Write `{line}`", Edit(entry.span, line), safe=True)
    return remove_key(ctx, entry) if line is not None else ()


def _in_todays_words(ctx: Context, key: Key, entry: Entry) -> Edit | None:
    """The edit that says by the key of today what an entry says, if its value can stay or be translated."""
    use = ctx.dialect.key(key.use)
    if use and (use.type, use.shape) == (key.type, key.shape):
        return Edit(entry.key.span, use.name)
    if (key.name, key.use) != (permissions.TOOLS_KEY, permissions.PERMISSION_KEY) or not ctx.reading.entry(
        key.name
    ):
        return None
    lines = [
        f"  {write_scalar(grant.permission)}: {grant.action}"
        for grant in permissions.ordered_permissions(ctx.reading)
    ]
    return Edit(entry.span, ctx.document.newline.join([f"{key.use}:", *lines])) if lines else None


@rule("advice", tags=("unnecessary",), subjects=("conditional key",))
def ineffective_key(ctx: Context) -> Iterator[Finding]:
    """A key is known to the runtime, and does nothing here.

    OpenCode knows `prompt` from its configuration; in an agent file the text below the frontmatter
    is the prompt. `hidden` keeps a subagent out of a menu, in which other agents do not stand anyway.

    ## Bad

    ```markdown .opencode/agents
    ---
    description: Reviews code. Use it after every change.
    prompt: You review code.
    ---

    You review code.
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
        when = key.no_effect_when
        if key.no_effect and (when is None or is_met(when, ctx.document.root)):
            message = f"{ctx.runtime_titles} makes nothing of `{key.name}`: {key.no_effect}."
            yield Finding(entry.key.span, message, remove_key(ctx, entry))
        elif key.applies and not applies(key, ctx.document.root):
            values = join_names((f"{key.applies.key}: {value}" for value in key.applies.values), " or ")
            message = f"`{key.name}` counts only beside {values or f'`{key.applies.key}`'}."
            yield Finding(entry.key.span, message, remove_key(ctx, entry))


@rule("ignored", subjects=("fixed value",))
def overridden_key(ctx: Context) -> Iterator[Finding]:
    """The folder that the file lies in says otherwise than the file.

    OpenCode takes every file in `modes` for a primary agent, whatever stands behind `mode`. Agents of
    another kind belong into `agents`.

    ## Bad

    ```markdown .opencode/modes
    ---
    description: Reviews code. Use it after every change.
    mode: subagent
    ---

    You review code.
    ```

    ## Good

    ```markdown .opencode/agents
    ---
    description: Reviews code. Use it after every change.
    mode: subagent
    ---

    You review code.
    ```
    """
    for name, value in ctx.document.identity.fixed_values.items():
        entry = ctx.entry(name)
        if entry and isinstance(entry.value, Scalar) and entry.value.text not in ("", value):
            message = f"{ctx.runtime_titles} takes every file in this folder for one with `{name}: {value}`."
            yield Finding(
                entry.report_span, message, ctx.make_fix(f"Write `{value}`", Edit(entry.value.span, value))
            )


def _says_nothing(ctx: Context, key: Key | None, value: Scalar) -> bool:
    """Whether a value is no value, where one is missed, or text without a character, which the runtimes
    take, and which means nothing."""
    if value.type == "null":
        return not (key and key.blank)
    if key is None or key.type != "text" or not key.shape or value.type != "str" or value.text.strip():
        return False
    if ctx.dialect.model_invocable and key.name in ("name", "description"):
        return False  # What an agent without them comes to is said by the rules about them.
    return all(value_schema.matches_schema(key, value, reading.runtime.name) for reading in ctx.readings)


# What an empty value of these comes to is said by the rules about them.
_EMPTY_MATTERS = frozenset({"tools", "hooks"})


def _rejected_keys(ctx: Context) -> Iterator[Finding]:
    """Keys for which a runtime rejects the file."""
    for finding in remaining_findings(ctx, "unknown-key"):
        entry = next((e for e in ctx.document.root.entries if e.key.span == finding.span), None)
        if entry is None:
            yield finding
            continue
        foreign = ctx.dialect.foreign_key(entry.key.text)
        renamed = rename_key(ctx, entry, foreign) if foreign else ()
        meant = closest_key(entry.key.text, ctx.dialect)
        if foreign and foreign.of and not foreign.alias:
            here = f" Here it is called `{foreign.use}`." if foreign.same and foreign.use else ""
            message = f"{finding.message} It is a key of {foreign.of}.{here}"
            fixes = ctx.make_fix(f"Write `{foreign.use}`", *renamed) or remove_key(ctx, entry)
            yield finding._replace(message=message, fixes=fixes)
        elif meant and ctx.document.entry(meant) is None:
            fixes = ctx.make_fix(f"Write `{meant}`", Edit(entry.key.span, meant))
            yield finding._replace(message=f"{finding.message} Did you mean `{meant}`?", fixes=fixes)
        else:
            yield finding._replace(fixes=remove_key(ctx, entry))


@rule("not loaded", subjects=("reason missing-key",))
def missing_key(ctx: Context) -> Iterator[Finding]:
    """A key without which the runtime refuses the file is missing.

    `missing-name` and `missing-description` are about the two that nearly every runtime wants.

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
    """A field of a record is not known, and has no effect.

    Records are mappings with fixed fields, such as the handoffs of a Copilot agent.

    ## Bad

    ```markdown .github/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    handoffs:
      - label: Mend
        agent: mender
        prompt: Mend what was found.
        colour: red
    ---

    You review code.
    ```

    ## Good

    ```markdown .github/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    handoffs:
      - label: Mend
        agent: mender
        prompt: Mend what was found.
    ---

    You review code.
    ```
    """
    strange: dict[Span, tuple[Entry, Mapping, list[str]]] = {}
    known: set[Span] = set()
    refused = {reason.span for reading in ctx.readings for reason in reading.reasons}
    for _, _, records, names in records_in(ctx):
        for mapping in records:
            for entry in mapping.entries:
                if entry.key.text in names:
                    known.add(entry.key.span)
                elif entry.key.span not in refused:
                    strange.setdefault(entry.key.span, (entry, mapping, names))
    for span, (entry, mapping, names) in strange.items():
        if span in known:
            continue
        message = f"{format_code(entry.key.text)} is no field that is known here, and has no effect."
        meant = closest_match(entry.key.text, names)
        if meant and mapping.get(meant) is None:
            yield suggest(ctx, span, message, span, meant)
        else:
            yield Finding(span, message, _removal(ctx, mapping, entry))


def _removal(ctx: Context, mapping: Mapping, entry: Entry) -> tuple[Fix, ...]:
    """The fix that takes a field out, unless it shares its line with the dash of the list."""
    if not mapping.flow and entry is mapping.entries[0]:
        return ()
    edit = remove_entry(ctx.document, mapping, entry)
    return ctx.make_fix(f"Remove {format_code(entry.key.text)}", edit, safe=True)


@rule("ignored")
def expected_key(ctx: Context) -> Iterator[Finding]:
    """A key is missing that a runtime asks for, though it loads the file.

    VS Code reports a skill without a name or a description. One that people do not see, or that the model
    may start by itself as the file says, does not go without a description.

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
        asked = reading.runtime.asks_for
        if not asked or not reading.loads or reading.root is None or reading.block is None:
            continue
        for entry in reading.root.entries:
            key = reading.dialect.key(entry.key.text)
            value = entry.value.text if key and isinstance(entry.value, Scalar) else ""
            needed = key.needs.get(value) if key and key.known_to(reading.runtime.name) else None
            if needed in asked and reading.root.get(needed) is None:
                wants = describe_effect(
                    (reading.runtime,), f"wants a `{needed}` with `{entry.key.text}: {value}`"
                )
                yield Finding(
                    entry.value.span,
                    f"`{needed}` is missing. {wants}.",
                    effects=effects_on([reading], Consequence.IGNORED),
                )
        for name in asked:
            if reading.root.get(name) is None and not _is_reported_elsewhere(ctx, name):
                message = f"`{name}` is missing. {describe_effect((reading.runtime,), 'reports it')}."
                mark = ctx.document.frontmatter.opening if ctx.document.frontmatter else reading.block
                yield Finding(mark, message, effects=effects_on([reading], Consequence.ADVICE))


def _is_reported_elsewhere(ctx: Context, name: str) -> bool:
    """Whether another finding is about the missing key: it stops a runtime, or something stands in for it."""
    refused = any(reason.kind == f"missing-{name}" for other in ctx.readings for reason in other.reasons)
    return refused or (name == "description" and bool(ctx.reading.description))
