"""The general pipeline that reads an agent file, by the parameters of `agentls.dialects.runtimes.Runtime`.

It has four steps, each of which may end the reading: find the frontmatter, parse it, validate it against the
tables, and check the prompt. Runtimes differ in the first step by their fences, in the second by how they parse
invalid YAML (`BlockParser`), and in the third by what they reject.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator

from agentls.dialects import tool_names, value_schema
from agentls.dialects.loader import Dialect
from agentls.dialects.records import Key, ValueRules, Variant
from agentls.dialects.runtimes import Runtime
from agentls.readers.fences import BYTE_ORDER_MARK, FrontmatterRange, find_frontmatter
from agentls.readers.reading import (
    KIND_IF_MISSING,
    KIND_IF_NOT_TEXT,
    Cause,
    FileIdentity,
    LoadStatus,
    Reading,
    Reason,
    ReasonKind,
)
from agentls.readers.scalars import find_unknown_tag, retype_scalars
from agentls.readers.yaml_errors import explain_invalid_yaml, explain_missing_opening
from agentls.text.address import speaks_to_agent
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span
from agentls.text.yaml_tree import Entry, MappedText, Mapping, Node, Scalar, Sequence, parse


class BlockParse(NamedTuple):
    """The result of parsing a block: the tree, the status, the values that a repair changed, and the lines that
    the parser ignored."""

    root: Node | None
    status: LoadStatus = "clean"
    repaired_values: tuple[Span, ...] = ()
    ignored_lines: tuple[Span, ...] = ()


BlockParser = Callable[[str, Span, Runtime], "BlockParse | Reason"]
"""Parses the block of a text: returns the result, or the reason why the block cannot be parsed."""


def parse_strict(text: str, block: Span, runtime: Runtime) -> BlockParse | Reason:
    """Parse the block as YAML, or return the reason why the runtime rejects it."""
    if runtime.fences.strips_leading_blanks:
        block = block._replace(start=block.end - len(block.text_in(text).lstrip()))
    parsed = parse(MappedText.unchanged(text, block))
    if parsed.error:
        return explain_invalid_yaml(text, block, parsed, None)
    duplicate = find_duplicate_key(parsed.root) if runtime.duplicate_keys == "refused" else None
    tag = find_unknown_tag(text, parsed.root) if runtime.scalar_types != "core" else None
    return duplicate or tag or BlockParse(parsed.root)


def find_duplicate_key(root: Node | None) -> Reason | None:
    """Return the reason why a parser that rejects duplicate keys fails, or `None` if the tree has none."""
    left = deque([root] if root else [])
    while left:
        node = left.popleft()
        if isinstance(node, Sequence):
            left += node.items
        elif isinstance(node, Mapping):
            seen: set[str] = set()
            for entry in node.entries:
                if entry.key.text in seen:
                    return Reason("duplicate-key", "duplicate key", entry.key.span, (entry.key.text,))
                seen.add(entry.key.text)
                left.append(entry.value)
    return None


def make_strategy(parse_block: BlockParser) -> Callable[[str, FileIdentity, Dialect, Runtime], Reading]:
    """Return the strategy that reads a file by the general pipeline and parses its block with `parse_block`."""

    def read(text: str, identity: FileIdentity, dialect: Dialect, runtime: Runtime) -> Reading:
        return _read(parse_block, text, identity, dialect, runtime)

    return read


def _read(
    parse_block: BlockParser, text: str, identity: FileIdentity, dialect: Dialect, runtime: Runtime
) -> Reading:
    frame = find_frontmatter(text, runtime.fences)
    if frame is None:
        reason = explain_missing_frontmatter(text, runtime)
        if reason.kind == "missing-frontmatter" and runtime.naming.default_name == "folder":
            # A file with a fixed name, such as `SKILL.md`, is an agent file; others may be documentation.
            reason = reason._replace(kind="unopened-frontmatter")
        plain = reason.kind == "missing-frontmatter"
        is_loaded = runtime.without_frontmatter in ("prompt", "no metadata") or (
            runtime.without_frontmatter == "addressed prompt" and plain and speaks_to_agent(text)
        )
        effect = runtime.without_frontmatter if is_loaded else "skipped"
        ended = _ended(runtime, dialect, identity, reason, None, effect, clean=plain)
        description = agent_description(None, text, runtime) if ended.status == "clean" else None
        return ended._replace(description=description)
    outcome = parse_block(text, frame.block, runtime)
    if isinstance(outcome, Reason):
        if frame.closing is None:
            outcome = Reason("unclosed-frontmatter", "closing fence missing", frame.opening)
        return _ended(runtime, dialect, identity, outcome, frame, runtime.unreadable)
    tree = retype_scalars(outcome.root, runtime, outcome.repaired_values) if outcome.root else None
    variant = find_variant(tree, dialect)
    root, not_a_mapping = _find_mapping(tree, runtime, variant)
    reasons = not_a_mapping or tuple(
        validate_frontmatter(text, root, identity, dialect, runtime, frame, variant)
    )
    if variant and isinstance(tree, Sequence):
        reasons += tuple(_validate_items(text, tree.items[1:], identity, dialect, runtime, frame))
    reasons += tuple(_validate_prompt(text, frame, runtime))
    status: LoadStatus = outcome.status
    if reasons:
        passed_on = not_a_mapping and runtime.unknown_keys == "passed on"
        no_metadata = "no metadata" in (runtime.invalid_values, runtime.unreadable if not_a_mapping else "")
        status = "damaged" if passed_on or no_metadata else "dropped"
    return Reading(
        runtime,
        dialect,
        status,
        reasons,
        frame.block,
        frame.closing,
        root,
        outcome.repaired_values,
        frame.body,
        agent_name(root, identity, runtime),
        None if status == "damaged" else agent_description(root, text[frame.body :], runtime),
        outcome.ignored_lines,
    )


def explain_missing_frontmatter(text: str, runtime: Runtime) -> Reason:
    """Return the reason why the runtime finds no frontmatter in a text."""
    fences = runtime.fences
    keeps_mark = text.startswith(BYTE_ORDER_MARK) and not fences.byte_order_mark
    if keeps_mark and find_frontmatter(text[1:], fences):
        return Reason("byte-order-mark", "byte order mark", Span(0, min(4, len(text))))
    start = 1 if text.startswith(BYTE_ORDER_MARK) else 0
    loose = find_frontmatter(
        text, fences._replace(opening_blanks=True, allows_empty=True, unclosed="nothing")
    )
    if loose and not fences.opening_blanks:
        line = text[loose.opening.end : loose.block.start]
        if line.strip("\r\n"):
            spaces = Span(loose.opening.end, loose.opening.end + len(line.rstrip("\r\n")))
            return Reason("malformed-fence", "opening fence with spaces", spaces)
    if loose and loose.block.start >= loose.block.end:
        return Reason("missing-frontmatter", "empty frontmatter", loose.opening)
    if loose is None and fences.requires_final_newline:
        completed = find_frontmatter(text + "\n", fences)
        if completed:
            span = completed.closing or completed.opening
            return Reason("missing-prompt", "no line after the frontmatter", span)
    reason = explain_missing_opening(text, start)
    if reason.kind == "unclosed-frontmatter":
        almost = find_frontmatter(
            text, fences._replace(closing="anything", indented=True, requires_final_newline=False)
        )
        if almost and almost.closing:
            at = text.rfind("\n", 0, almost.closing.start) + 1
            end = text.find("\n", at)
            line_span = Span(at, end if end >= 0 else len(text))
            shown = line_span.text_in(text).rstrip("\r")
            span = Span(at, at + len(shown))
            return Reason("malformed-closing-fence", "closing fence inexact", span, (shown[:40],))
    return reason


def _ended(
    runtime: Runtime,
    dialect: Dialect,
    identity: FileIdentity,
    reason: Reason,
    frame: FrontmatterRange | None,
    outcome: str,
    *,
    clean: bool = False,
) -> Reading:
    """Return the reading of a file whose frontmatter is missing or cannot be parsed.

    `outcome` is what the runtime does then, as `Runtime.unreadable` states it.
    """
    status: LoadStatus = "dropped" if outcome == "skipped" else "clean" if clean else "damaged"
    return Reading(
        runtime,
        dialect,
        status,
        () if status == "clean" else (reason,),
        frame.block if frame else None,
        frame.closing if frame else None,
        None,
        (),
        frame.body if frame and outcome == "no metadata" else 0,
        agent_name(None, identity, runtime),
        None,
    )


def find_variant(root: Node | None, dialect: Dialect) -> Variant | None:
    """Return the variant of the format that the file uses, or `None` for the format without variant."""
    if isinstance(root, Sequence) and root.items and isinstance(root.items[0], Mapping):
        root = root.items[0]
    if not isinstance(root, Mapping):
        return None
    for variant in dialect.variants:
        if variant.unless and value_schema.is_met(variant.unless, root):
            continue
        if any(
            root.get(condition.key) and value_schema.is_met(condition, root) for condition in variant.when
        ):
            return variant
    return None


def _find_mapping(
    root: Node | None, runtime: Runtime, variant: Variant | None
) -> tuple[Mapping | None, tuple[Reason, ...]]:
    """Return the mapping of the frontmatter, or the reason why it is not a mapping. Some variants allow a list of
    definitions, whose first item is returned."""
    if root is None or isinstance(root, Mapping):
        return root, ()
    if variant and variant.allows_list and isinstance(root, Sequence):
        first = root.items[0]
        return (first if isinstance(first, Mapping) else None), ()
    if runtime.invalid_values == "ignored" and not runtime.required and runtime.unreadable != "no metadata":
        return None, ()
    return None, (explain_not_a_mapping(root),)


def explain_not_a_mapping(root: Node) -> Reason:
    """Return the reason for frontmatter that is a list or a string."""
    return Reason("frontmatter-not-a-mapping", "not a mapping", root.span, (root,))


def validate_frontmatter(
    text: str,
    root: Mapping | None,
    identity: FileIdentity,
    dialect: Dialect,
    runtime: Runtime,
    frame: FrontmatterRange,
    variant: Variant | None,
) -> Iterator[Reason]:
    """Yield the reasons why the runtime rejects frontmatter that it can parse."""
    required = variant.required if variant else runtime.required
    if runtime.may_extend_agent and not text[frame.body :].strip():
        required = ("name",)
    for name in required:
        if root is None or root.get(name) is None:
            yield Reason(KIND_IF_MISSING.get(name, "missing-key"), "key missing", frame.opening, (name,))
    if variant and variant.required_one_of and root is not None:
        present = [entry for entry in root.entries if entry.key.text in variant.required_one_of]
        if not present:
            yield Reason("missing-key", "one key of several missing", frame.opening, variant.required_one_of)
        for entry in present[1:]:
            data = (entry.key.text, present[0].key.text)
            yield Reason("unknown-key", "exclusive keys", entry.key.span, data)
    for entry in root.entries if root else ():
        name = entry.key.text
        key = dialect.key(name)
        other = next(
            (other for other in dialect.variants if other is not variant and name in other.exclusive_keys),
            None,
        )
        in_variant = name in variant.keys if variant else other is None
        known = key is not None and key.known_to(runtime.name) and in_variant
        if not known or key is None:
            if runtime.unknown_keys == "refused":
                yield _unknown_key(entry, other, variant if key else None)
            continue
        if isinstance(entry.value, Sequence) and key.type == "tools" and runtime.unknown_tools == "refused":
            yield from _unknown_tools(entry.value, text, dialect)
        if root is None or root.get(name) is not entry:
            continue
        if rejects_invalid_value(key, runtime) or (key.value.rejected_schema and _is_fatal(key, entry.value)):
            for mismatch in value_schema.find_mismatches(key, entry.value, runtime.name):
                span = _first_visible(mismatch.span, entry.report_span)
                yield Reason(_kind(key, entry.value), "mismatch", span, (mismatch,))
            if key.type == "hooks" and isinstance(entry.value, Mapping):
                yield from _unknown_events(entry.value, dialect, runtime)
    if root is not None and declared_name(root, runtime) is None and runtime.naming.default_name != "none":
        yield from _validate_default_name(identity, dialect, runtime, frame)
    yield from _find_special_name(root, identity, dialect, runtime, frame)
    if root is not None and runtime.naming.name_mismatch == "refused":
        yield from compare_name_with_folder(root, identity)


def _validate_items(
    text: str,
    items: tuple[Node, ...],
    identity: FileIdentity,
    dialect: Dialect,
    runtime: Runtime,
    frame: FrontmatterRange,
) -> Iterator[Reason]:
    """Yield the reasons why the runtime rejects further definitions in a list."""
    variant = next((variant for variant in dialect.variants if variant.allows_list), None)
    for item in items:
        if not isinstance(item, Mapping):
            span = _first_visible(item.span, frame.opening)
            yield Reason("frontmatter-not-a-mapping", "item not a mapping", span, (item,))
            continue
        item_frame = frame._replace(opening=item.entries[0].key.span) if item.entries else frame
        yield from validate_frontmatter(text, item, identity, dialect, runtime, item_frame, variant)


def _unknown_tools(value: Sequence, text: str, dialect: Dialect) -> Iterator[Reason]:
    """Yield a reason for each unknown name in a list of tools, for which the runtime rejects the file."""
    empty = [item for item in value.items if isinstance(item, Scalar) and not item.text.strip()]
    for item in empty:
        if item.type == "str":
            yield Reason("unknown-tool", "empty tool", item.span)
    for entry in tool_names.split_tool_list(value, text, dialect.tool_grammar):
        resolution = tool_names.resolve_tool(entry.name, dialect, None)
        if entry.text not in dialect.tool_grammar.wildcards and resolution.standing != "available":
            yield Reason("unknown-tool", "unknown tool", entry.name_span, (entry.text,))


def _unknown_events(hooks: Mapping, dialect: Dialect, runtime: Runtime) -> Iterator[Reason]:
    """Yield a reason for each unknown event, for which the runtime rejects the file."""
    for entry in hooks.entries:
        event = dialect.hook_event(entry.key.text)
        if event is None or not event.known_to(runtime.name):
            yield Reason("invalid-value", "unknown event", entry.key.span, (entry.key.text,))


def _first_visible(span: Span, otherwise: Span) -> Span:
    """Return `span`, or `otherwise` if `span` is empty."""
    return span if span.end > span.start else otherwise


def rejects_invalid_value(key: Key, runtime: Runtime) -> bool:
    """Whether the runtime rejects a file for an invalid value of `key`."""
    return (
        runtime.name in key.value.rejected_by
        if key.value.rejected_by
        else runtime.invalid_values != "ignored"
    )


def _is_fatal(key: Key, value: Node) -> bool:
    """Whether `value` matches the schema of the values of `key` for which the whole file is rejected."""
    rejected = Key(key.name, key.type, "", "", value=ValueRules(key.value.rejected_schema))
    return value_schema.matches_schema(rejected, value, "")


def _kind(key: Key, value: Node) -> ReasonKind:
    """Return the kind of reason for a value of `key` that does not match its schema."""
    if isinstance(value, Scalar) and (value.type == "null" or not value.text.strip()):
        return KIND_IF_MISSING.get(key.name, "invalid-value")
    if isinstance(value, Scalar) and value.type == "str":
        return "invalid-name" if key.name == "name" else "invalid-value"
    return KIND_IF_NOT_TEXT.get(key.name, "invalid-value")


def _unknown_key(entry: Entry, other: Variant | None, variant: Variant | None) -> Reason:
    """Return the reason for an unknown key. `other` is the only variant that has it, if there is one. `variant`
    is the variant of the file, if the key is known only outside it."""
    name, span = entry.key.text, entry.key.span
    if other:
        return Reason("unknown-key", "key of another variant", span, (name, other.title))
    if variant:
        return Reason("unknown-key", "no key of the variant", span, (name, variant.title))
    return Reason("unknown-key", "unknown key", span, (name,))


def _validate_default_name(
    identity: FileIdentity, dialect: Dialect, runtime: Runtime, frame: FrontmatterRange
) -> Iterator[Reason]:
    """Yield a reason if `name` is missing and the default name is invalid."""
    key = dialect.key("name")
    if key is None or not rejects_invalid_value(key, runtime) or "name" in runtime.required:
        return
    default = Scalar(frame.opening, identity.default_name(runtime.naming.default_name))
    if not value_schema.matches_schema(key, default, runtime.name):
        yield Reason("invalid-name", "default name invalid", frame.opening, (default.text,))


def _find_special_name(
    root: Mapping | None, identity: FileIdentity, dialect: Dialect, runtime: Runtime, frame: FrontmatterRange
) -> Iterator[Reason]:
    """Yield a reason if the name of the agent is reserved, or that of a built-in agent."""
    name = agent_name(root, identity, runtime)
    entry = root.get("name") if root else None
    span = entry.report_span if entry else frame.opening
    reserved = runtime.naming.reserved_names and name is not None and name.strip().lower()
    if any(word.name == reserved for word in dialect.reserved_names):
        yield Reason("invalid-name", "reserved name", span, (name or "",))
    if runtime.naming.override_key and any(agent.name == name for agent in dialect.builtin_agents):
        override = root.get(runtime.naming.override_key) if root else None
        if override is None or override.value.value is not True:
            yield Reason("invalid-name", "built-in name", span, (name or "", runtime.naming.override_key))


def compare_name_with_folder(root: Mapping, identity: FileIdentity) -> Iterator[Reason]:
    """Yield a reason if the name differs from that of the folder."""
    import unicodedata  # Few runtimes compare the two.

    entry = root.get("name")
    if entry is None or not isinstance(entry.value, Scalar):
        return
    folder = unicodedata.normalize("NFKC", identity.default_name("folder"))
    if unicodedata.normalize("NFKC", entry.value.text.strip()) != folder:
        data = (entry.value.text, folder)
        yield Reason("name-not-folder", "name differs from the folder", entry.report_span, data)


def _validate_prompt(text: str, frame: FrontmatterRange, runtime: Runtime) -> Iterator[Reason]:
    """Yield a reason if the prompt is missing or too short."""
    length = len(text[frame.body :].strip())
    if length < runtime.prompt.min_prompt_length:
        cause: Cause = "prompt too short" if length else "no prompt"
        yield Reason(
            "missing-prompt", cause, frame.closing or frame.opening, (str(runtime.prompt.min_prompt_length),)
        )


def agent_name(root: Mapping | None, identity: FileIdentity, runtime: Runtime) -> str | None:
    """Return the name of the agent: the declared one, or else the default name."""
    declared = declared_name(root, runtime)
    if declared is not None or runtime.naming.default_name == "none":
        return declared
    name = identity.default_name(runtime.naming.default_name)
    return (
        ":".join(filter(None, (identity.plugin, *identity.subfolders, name)))
        if runtime.naming.qualifies_names
        else name
    )


def declared_name(root: Mapping | None, runtime: Runtime) -> str | None:
    """Return the name in the frontmatter, or `None` if there is none or the runtime ignores it."""
    entry = root.get("name") if root and runtime.naming.name_handling != "ignored" else None
    if entry is None or not isinstance(entry.value, Scalar) or entry.value.type == "null":
        return None
    text = entry.value.text.strip() if runtime.naming.name_handling == "trimmed" else entry.value.text
    return text if text or runtime.naming.name_handling == "kept" else None


def agent_description(root: Mapping | None, body: str, runtime: Runtime) -> str | None:
    """Return the description of the agent: that in the frontmatter, or else the default of the runtime."""
    entry = root.get("description") if root else None
    if entry and isinstance(entry.value, Scalar) and entry.value.type != "null":
        return entry.value.text
    return first_line(body) or None if runtime.description.default_description == "first line" else None


def first_line(body: str) -> str:
    """Return the first line that is not blank, without surrounding spaces."""
    return body.lstrip().partition("\n")[0].strip()
