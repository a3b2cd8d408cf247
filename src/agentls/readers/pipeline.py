"""The general way to read an agent file, by the parameters of `agentls.dialects.runtimes.Runtime`.

Four steps, each of which may end the reading: find the frontmatter, parse it, compare it with
the tables, look at the prompt. Runtimes differ in the first by their fences, in the second by
what they try when YAML fails (`Way`), in the third by what they refuse.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from agentls.dialects import tool_names, value_schema
from agentls.dialects.loader import Dialect
from agentls.dialects.records import Key, Variant
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
from agentls.text.offsets import Span
from agentls.text.yaml_tree import Entry, MappedText, Mapping, Node, ParseResult, Scalar, Sequence, parse


class BlockParse(NamedTuple):
    """What came of parsing a block: the tree, how it was got, the values that a repair changed, and the
    lines that it passed over."""

    root: Node | None
    how: LoadStatus = "clean"
    rewritten: tuple[Span, ...] = ()
    lost: tuple[Span, ...] = ()


BlockParser = Callable[[str, Span, Runtime], "BlockParse | Reason"]
"""A way to parse the block of a text: an outcome, or the reason why there is none."""


def parse_strict(text: str, block: Span, runtime: Runtime) -> BlockParse | Reason:
    """YAML or nothing."""
    if runtime.fences.trimmed:
        block = block._replace(start=block.end - len(block.text_in(text).lstrip()))
    parsed = parse(MappedText.unchanged(text, block))
    if parsed.error:
        return _invalid(text, block, parsed)
    equal = find_duplicate_key(parsed.root) if runtime.equal_keys == "refused" else None
    tag = find_unknown_tag(text, parsed.root) if runtime.scalars != "core" else None
    return equal or tag or BlockParse(parsed.root)


def _invalid(text: str, block: Span, parsed: ParseResult) -> Reason:
    return explain_invalid_yaml(text, block, parsed, None)


def find_duplicate_key(root: Node | None) -> Reason | None:
    """The reason why a parser that refuses equal keys gives up, if it does."""
    stack = [root] if root else []
    while stack:
        node = stack.pop(0)
        if isinstance(node, Sequence):
            stack += node.items
        elif isinstance(node, Mapping):
            seen: set[str] = set()
            for entry in node.entries:
                if entry.key.text in seen:
                    return Reason("duplicate-key", "duplicate key", entry.key.span, (entry.key.text,))
                seen.add(entry.key.text)
                stack.append(entry.value)
    return None


def make_strategy(way: BlockParser) -> Callable[[str, FileIdentity, Dialect, Runtime], Reading]:
    """The strategy that reads in the general way, and parses in `way`."""

    def read(text: str, identity: FileIdentity, dialect: Dialect, runtime: Runtime) -> Reading:
        return _read(way, text, identity, dialect, runtime)

    return read


def _read(way: BlockParser, text: str, identity: FileIdentity, dialect: Dialect, runtime: Runtime) -> Reading:
    hidden = explain_unread_file(identity, runtime)
    frame = find_frontmatter(text, runtime.fences)
    reason = None if frame else explain_missing_frontmatter(text, runtime)
    # A file without frontmatter is no agent that somebody misses.
    if hidden and not (reason and reason.kind == "missing-frontmatter"):
        return _ended(runtime, dialect, identity, hidden, None, "skipped")
    if frame is None:
        assert reason is not None, "it says why there is none"
        if reason.kind == "missing-frontmatter" and runtime.identity == "folder":
            # The name of the file says what it is meant for; others may be mere documentation.
            reason = reason._replace(kind="unopened-frontmatter")
        plain = reason.kind == "missing-frontmatter"
        return _ended(runtime, dialect, identity, reason, None, runtime.without_frontmatter, clean=plain)
    outcome = way(text, frame.block, runtime)
    if isinstance(outcome, Reason):
        if frame.closing is None:
            outcome = Reason("unclosed-frontmatter", "closing fence missing", frame.opening)
        return _ended(runtime, dialect, identity, outcome, frame, runtime.unreadable)
    tree = retype_scalars(outcome.root, runtime, outcome.rewritten) if outcome.root else None
    variant = find_variant(tree, dialect)
    root, shaped = _mapping(tree, runtime, variant)
    reasons = shaped or tuple(validate_frontmatter(text, root, identity, dialect, runtime, frame, variant))
    if variant and isinstance(tree, Sequence):
        reasons += tuple(_listed(text, tree.items[1:], identity, dialect, runtime, frame))
    reasons += tuple(_prompt(text, frame, runtime))
    how: LoadStatus = outcome.how
    if reasons:
        spread = shaped and runtime.unknown_keys == "passed on"
        lost = "no metadata" in (runtime.bad_values, runtime.unreadable if shaped else "")
        how = "damaged" if spread or lost else "dropped"
    return Reading(
        runtime,
        dialect,
        how,
        reasons,
        frame.block,
        frame.closing,
        root,
        outcome.rewritten,
        frame.body,
        agent_name(root, identity, runtime),
        None if how == "damaged" else agent_description(root, text[frame.body :], runtime),
        outcome.lost,
    )


def explain_unread_file(identity: FileIdentity, runtime: Runtime) -> Reason | None:
    """Why the runtime does not look at a file of that place and name, if it does not."""
    from fnmatch import fnmatchcase

    deepest = 1 if runtime.identity == "folder" else 0
    if len(identity.subfolders) > deepest and not runtime.recursive:
        folder = "/".join(identity.subfolders)
        return Reason("unread-file", "file in a subfolder", Span(0, 3), (folder,))
    skipped = next((pattern for pattern in runtime.skips if fnmatchcase(identity.file_name, pattern)), None)
    if skipped:
        return Reason("unread-file", "file name ignored", Span(0, 3), (skipped,))
    if (
        runtime.only
        and identity.file_name
        and not any(fnmatchcase(identity.file_name, pattern) for pattern in runtime.only)
    ):
        return Reason("unread-file", "file name not accepted", Span(0, 3), runtime.only)
    return None


def explain_missing_frontmatter(text: str, runtime: Runtime) -> Reason:
    """Why the runtime sees no frontmatter in a text."""
    fences = runtime.fences
    marked = text.startswith(BYTE_ORDER_MARK) and not fences.byte_order_mark
    if marked and find_frontmatter(text[1:], fences):
        return Reason("byte-order-mark", "byte order mark", Span(0, min(4, len(text))))
    start = 1 if text.startswith(BYTE_ORDER_MARK) else 0
    loose = find_frontmatter(text, fences._replace(opening_blanks=True, empty=True, unclosed="nothing"))
    if loose and not fences.opening_blanks:
        line = text[loose.opening.end : loose.block.start]
        if line.strip("\r\n"):
            blanks = Span(loose.opening.end, loose.opening.end + len(line.rstrip("\r\n")))
            return Reason("malformed-fence", "opening fence with spaces", blanks)
    if loose and loose.block.start >= loose.block.end:
        return Reason("missing-frontmatter", "empty frontmatter", loose.opening)
    if loose is None and fences.line_behind:
        ends = find_frontmatter(text + "\n", fences)
        if ends:
            return Reason("missing-prompt", "no line after the frontmatter", ends.closing or ends.opening)
    reason = explain_missing_opening(text, start)
    if reason.kind == "unclosed-frontmatter":
        almost = find_frontmatter(text, fences._replace(closing="anything", indented=True, line_behind=False))
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
    """The reading of a file whose frontmatter is missing or cannot be read."""
    how: LoadStatus = "dropped" if outcome == "skipped" else "clean" if clean else "damaged"
    return Reading(
        runtime,
        dialect,
        how,
        () if how == "clean" else (reason,),
        frame.block if frame else None,
        frame.closing if frame else None,
        None,
        (),
        frame.body if frame and outcome == "no metadata" else 0,
        agent_name(None, identity, runtime),
        None,
    )


def find_variant(root: Node | None, dialect: Dialect) -> Variant | None:
    """The variant of the format that the file is written in, or `None` for the plain one."""
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


def _mapping(
    root: Node | None, runtime: Runtime, variant: Variant | None
) -> tuple[Mapping | None, tuple[Reason, ...]]:
    """The mapping of the frontmatter, and a reason if it is none. Of a list of definitions, which
    some variants allow, it is the first."""
    if root is None or isinstance(root, Mapping):
        return root, ()
    if variant and variant.listed and isinstance(root, Sequence):
        first = root.items[0]
        return (first if isinstance(first, Mapping) else None), ()
    if runtime.bad_values == "ignored" and not runtime.required and runtime.unreadable != "no metadata":
        return None, ()
    return None, (explain_not_a_mapping(root),)


def explain_not_a_mapping(root: Node) -> Reason:
    """Why a frontmatter says nothing that is a list or a text."""
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
    """What the runtime refuses in a frontmatter that it could parse."""
    required = variant.required if variant else runtime.required
    if runtime.overlays and not text[frame.body :].strip():
        required = ("name",)
    for name in required:
        if root is None or root.get(name) is None:
            yield Reason(KIND_IF_MISSING.get(name, "missing-key"), "key missing", frame.opening, (name,))
    if variant and variant.one_of and root is not None:
        present = [entry for entry in root.entries if entry.key.text in variant.one_of]
        if not present:
            yield Reason("missing-key", "one key of several missing", frame.opening, variant.one_of)
        for entry in present[1:]:
            data = (entry.key.text, present[0].key.text)
            yield Reason("unknown-key", "exclusive keys", entry.key.span, data)
    for entry in root.entries if root else ():
        name = entry.key.text
        key = dialect.key(name)
        other = next(
            (other for other in dialect.variants if other is not variant and name in other.own), None
        )
        fits = name in variant.keys if variant else other is None
        known = key is not None and key.known_to(runtime.name) and fits
        if not known or key is None:
            if runtime.unknown_keys == "refused":
                yield _unknown_key(entry, other, variant if key else None)
            continue
        if isinstance(entry.value, Sequence) and key.type == "tools" and runtime.unknown_tools == "refused":
            yield from _unknown_tools(entry.value, text, dialect)
        if root is None or root.get(name) is not entry:
            continue
        if rejects_invalid_value(key, runtime) or (key.fatal and _is_fatal(key, entry.value)):
            for misfit in value_schema.find_mismatches(key, entry.value, runtime.name):
                span = _mark(misfit.span, entry.report_span)
                yield Reason(_kind(key, entry.value), "mismatch", span, (misfit,))
            if key.type == "hooks" and isinstance(entry.value, Mapping):
                yield from _unknown_events(entry.value, dialect, runtime)
    if root is not None and declared_name(root, runtime) is None and runtime.identity != "none":
        yield from _default_name(identity, dialect, runtime, frame)
    yield from _taken_name(root, identity, dialect, runtime, frame)
    if root is not None and runtime.other_names == "refused":
        yield from compare_name_with_folder(root, identity)


def _listed(
    text: str,
    items: tuple[Node, ...],
    identity: FileIdentity,
    dialect: Dialect,
    runtime: Runtime,
    frame: FrontmatterRange,
) -> Iterator[Reason]:
    """What the runtime refuses in further definitions of a list."""
    listed = next((variant for variant in dialect.variants if variant.listed), None)
    for item in items:
        if not isinstance(item, Mapping):
            span = _mark(item.span, frame.opening)
            yield Reason("frontmatter-not-a-mapping", "item not a mapping", span, (item,))
            continue
        missing = frame._replace(opening=item.entries[0].key.span) if item.entries else frame
        yield from validate_frontmatter(text, item, identity, dialect, runtime, missing, listed)


def _unknown_tools(value: Sequence, text: str, dialect: Dialect) -> Iterator[Reason]:
    """The names in a list of tools that the runtime does not know, and refuses with the file."""
    blank = [item for item in value.items if isinstance(item, Scalar) and not item.text.strip()]
    for item in blank:
        if item.type == "str":
            yield Reason("unknown-tool", "empty tool", item.span)
    for entry in tool_names.split_tool_list(value, text, dialect.tool_grammar):
        standing = tool_names.resolve_tool(entry.name, dialect, None).standing
        if entry.text not in dialect.tool_grammar.all and standing != "available":
            yield Reason("unknown-tool", "unknown tool", entry.name_span, (entry.text,))


def _unknown_events(hooks: Mapping, dialect: Dialect, runtime: Runtime) -> Iterator[Reason]:
    """The events that the runtime does not know, and refuses with the file."""
    for entry in hooks.entries:
        event = dialect.hook_event(entry.key.text)
        if event is None or not event.known_to(runtime.name):
            yield Reason("invalid-value", "unknown event", entry.key.span, (entry.key.text,))


def _mark(span: Span, otherwise: Span) -> Span:
    return span if span.end > span.start else otherwise


def rejects_invalid_value(key: Key, runtime: Runtime) -> bool:
    """Whether the runtime refuses a file for a wrong value of `key`."""
    return runtime.name in key.refused_by if key.refused_by else runtime.bad_values != "ignored"


def _is_fatal(key: Key, value: Node) -> bool:
    """Whether `value` is one that `key` has the whole file refused for."""
    return value_schema.matches_schema(Key(key.name, key.type, "", "", shape=key.fatal), value, "")


def _kind(key: Key, value: Node) -> ReasonKind:
    """What is wrong with a value of `key` that does not match its schema."""
    if isinstance(value, Scalar) and (value.type == "null" or not value.text.strip()):
        return KIND_IF_MISSING.get(key.name, "invalid-value")
    if isinstance(value, Scalar) and value.type == "str":
        return "invalid-name" if key.name == "name" else "invalid-value"
    return KIND_IF_NOT_TEXT.get(key.name, "invalid-value")


def _unknown_key(entry: Entry, other: Variant | None, variant: Variant | None) -> Reason:
    """The reason for a key that no variant of the format has, or only the variant `other`, or others than
    `variant`."""
    name, span = entry.key.text, entry.key.span
    if other:
        return Reason("unknown-key", "key of another variant", span, (name, other.title))
    if variant:
        return Reason("unknown-key", "no key of the variant", span, (name, variant.title))
    return Reason("unknown-key", "unknown key", span, (name,))


def _default_name(
    identity: FileIdentity, dialect: Dialect, runtime: Runtime, frame: FrontmatterRange
) -> Iterator[Reason]:
    """The reason why the name of the file cannot stand in for a missing `name`, if it cannot."""
    key = dialect.key("name")
    if key is None or not rejects_invalid_value(key, runtime) or "name" in runtime.required:
        return
    stand_in = Scalar(frame.opening, identity.default_name(runtime.identity))
    if not value_schema.matches_schema(key, stand_in, runtime.name):
        yield Reason("invalid-name", "default name invalid", frame.opening, (stand_in.text,))


def _taken_name(
    root: Mapping | None, identity: FileIdentity, dialect: Dialect, runtime: Runtime, frame: FrontmatterRange
) -> Iterator[Reason]:
    """The reason why the agent cannot have its name, if that has a meaning of its own."""
    name = agent_name(root, identity, runtime)
    entry = root.get("name") if root else None
    mark = entry.report_span if entry else frame.opening
    reserved = runtime.reserved_names and name is not None and name.strip().lower()
    if any(word.name == reserved for word in dialect.reserved_names):
        yield Reason("invalid-name", "reserved name", mark, (name or "",))
    if runtime.override and any(agent.name == name for agent in dialect.builtin_agents):
        override = root.get(runtime.override) if root else None
        if override is None or override.value.value is not True:
            yield Reason("invalid-name", "built-in name", mark, (name or "", runtime.override))


def compare_name_with_folder(root: Mapping, identity: FileIdentity) -> Iterator[Reason]:
    """The reason that the name is not that of the folder, if it is another."""
    import unicodedata  # Few runtimes compare the two.

    entry = root.get("name")
    if entry is None or not isinstance(entry.value, Scalar):
        return
    folder = unicodedata.normalize("NFKC", identity.default_name("folder"))
    if unicodedata.normalize("NFKC", entry.value.text.strip()) != folder:
        data = (entry.value.text, folder)
        yield Reason("name-not-folder", "name differs from the folder", entry.report_span, data)


def _prompt(text: str, frame: FrontmatterRange, runtime: Runtime) -> Iterator[Reason]:
    """The reason why the prompt is not enough, if it is not."""
    length = len(text[frame.body :].strip())
    if length < runtime.body:
        cause: Cause = "prompt too short" if length else "no prompt"
        yield Reason("missing-prompt", cause, frame.closing or frame.opening, (str(runtime.body),))


def agent_name(root: Mapping | None, identity: FileIdentity, runtime: Runtime) -> str | None:
    """The name under which the agent is known."""
    written = declared_name(root, runtime)
    if written is not None or runtime.identity == "none":
        return written
    name = identity.default_name(runtime.identity)
    return ":".join(filter(None, (identity.plugin, *identity.subfolders, name))) if runtime.scoped else name


def declared_name(root: Mapping | None, runtime: Runtime) -> str | None:
    """The name as the frontmatter has it, if that counts."""
    entry = root.get("name") if root and runtime.names != "ignored" else None
    if entry is None or not isinstance(entry.value, Scalar) or entry.value.type == "null":
        return None
    text = entry.value.text.strip() if runtime.names == "trimmed" else entry.value.text
    return text if text or runtime.names == "kept" else None


def agent_description(root: Mapping | None, body: str, runtime: Runtime) -> str | None:
    """What the runtime tells about the agent."""
    entry = root.get("description") if root else None
    if entry and isinstance(entry.value, Scalar) and entry.value.type != "null":
        return entry.value.text
    return first_line(body) or None if runtime.stand_in == "first line" else None


def first_line(body: str) -> str:
    """The first line with something on it, without the blanks around it."""
    return body.lstrip().partition("\n")[0].strip()
