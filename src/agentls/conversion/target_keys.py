"""The other keys of an agent in another format: its model, who can start it, and what else both formats have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentls.conversion.meaning import AgentMeaning, Note, Setting
from agentls.conversion.target_tools import Entries, Part
from agentls.dialects import tool_names, value_schema
from agentls.dialects.crosswalk import Format, load_crosswalk
from agentls.dialects.loader import Dialect
from agentls.dialects.records import Key
from agentls.linter.shared.value_types import matches_type
from agentls.text.offsets import Span
from agentls.text.wording import join_names
from agentls.text.yaml_tree import Node, Scalar, Sequence

# --- the model --------------------------------------------------------------------------------


def write_model(meaning: AgentMeaning, target: Dialect) -> Part:
    """Return the `model` of the target that is the same model, or a note."""
    if meaning.model is None:
        return Part({})
    key, form = target.key("model"), load_crosswalk().formats[target.name]
    source = meaning.reading.dialect
    candidates = meaning.model.items if isinstance(meaning.model, Sequence) else (meaning.model,)
    names = [each.text.strip() for each in candidates if isinstance(each, Scalar)]
    if names and all(name in source.models.inherits for name in names):
        return Part({"model": target.models.inherits[0]} if key and target.models.inherits else {})
    for name in names if key else ():
        found = model_names(name, source, target)
        if found:
            written = found[0] if len(found) == 1 else list(found)
            changed = Note("changed", "model", f"`{name}` becomes {join_names(found)}.")
            return Part({"model": written}, () if name == written else (changed,))
    shown = ", ".join(names)
    why = (
        f"{form.title} has no model `{shown}`"
        if key
        else f"Agents of {form.title} have no model of their own"
    )
    return Part({}, (Note("lost", "model", f"{why}; the agent runs on that of the session."),))


def model_names(name: str, source: Dialect, target: Dialect) -> tuple[str, ...]:
    """Return the names of a model in the target: several if its runtimes name it differently, none if the target
    does not know it or knows only other models by short names."""
    table = load_crosswalk().models
    if not (source.models.get(name) or source.models.matches_other_id(name)):
        return ()
    concepts = table.concepts_of(name, source.name)
    if concepts:
        names = [found for concept in concepts for found in table.names_in(concept, target.name)]
        return tuple(names[:1])
    plain = _plain_model(name, source)
    known = tuple(each.name for each in target.models.known if _plain_model(each.name, target) == plain)
    if known or not target.models.providers or source.models.display_names_for:
        return known
    qualified = target.models.with_provider(name)
    return (qualified,) if qualified and not re.search(r"\s", qualified) else ()


def _plain_model(name: str, dialect: Dialect) -> str:
    """Return the id of a model without its provider or vendor, with hyphens between its parts."""
    bare = name.partition("/")[2] if dialect.models.providers and "/" in name else name
    bare = bare.strip().lower().removesuffix(f" ({dialect.models.vendor})")
    return re.sub(r"[\s._]+", "-", bare)


# --- who can start it -------------------------------------------------------------------------


def write_callers(meaning: AgentMeaning, target: Dialect) -> Part:
    """Return the keys of the target that block the same callers, or a note."""
    form = load_crosswalk().formats[target.name]
    entries: Entries = {}
    notes = []
    for caller in sorted(meaning.blocked_callers):
        found = next(_blocking(target, caller), None)
        if found:
            entries |= [found]
        else:
            whom = "users" if caller == "person" else "other agents"
            notes.append(
                Note("lost", "callers", f"{form.title} cannot prevent {whom} from starting an agent.")
            )
    role = next(iter(load_crosswalk().keys.names_in(load_crosswalk().keys.concepts["role"], form.name)), "")
    if role and role not in entries and meaning.origin.role:
        entries[role] = meaning.origin.role
    return Part(entries, tuple(notes))


def _blocking(target: Dialect, caller: str) -> Iterator[tuple[str, object]]:
    for key in target.keys:
        for value, blocked in key.effects.blocks_callers.items():
            if blocked == caller and not key.deprecation.deprecated:
                yield key.name, value == "true" if value in ("true", "false") else value


# --- settings ---------------------------------------------------------------------------------


def write_settings(meaning: AgentMeaning, target: Dialect) -> tuple[Part, frozenset[str]]:
    """Return the keys of the target that mean what other keys of the agent mean, and their concepts."""
    entries: Entries = {}
    notes: list[Note] = []
    kept = set()
    for setting in meaning.settings:
        is_limit = any(limit.key == setting.key.name for limit in meaning.tools.limits)
        written = _write_setting(setting, meaning.origin, target, for_all=is_limit)
        if written and written[0] not in entries:
            entries |= [written]
            kept.add(setting.concept)
        elif not is_limit:  # The notes on the tools tell about limits.
            notes.append(_lost_setting(setting, target))
    return Part(entries, tuple(notes)), frozenset(kept)


def _lost_setting(setting: Setting, target: Dialect) -> Note:
    name, title = setting.key.name, load_crosswalk().formats[target.name].title
    keys = _target_keys(setting, target)
    if any(key.type in _NOT_CONVERTED for key in keys):
        return Note("lost", name, f"`{name}` is not converted to the form of {title}.")
    value = f": {setting.value.text}" if keys and isinstance(setting.value, Scalar) else ""
    return Note("lost", name, f"{title} has nothing like `{name}{value}`.")


_NOT_CONVERTED = ("hooks", "servers", "record")
"""The types of keys whose values are programs to run, in a form that each product has of its own."""


def _target_keys(setting: Setting, target: Dialect) -> list[Key]:
    """Return the keys of the target with the meaning of a setting that have an effect, but not its keys for tools."""
    table, own = load_crosswalk().keys, target.tool_keys
    if not setting.concept:
        return []
    names = table.names_in(table.concepts[setting.concept], target.name)
    found = (target.key(name) for name in names if name not in (own.allowed, own.denied, own.permissions))
    return [key for key in found if key and not key.effects.no_effect and not key.deprecation.deprecated]


def _write_setting(
    setting: Setting, origin: Format, target: Dialect, *, for_all: bool
) -> tuple[str, object] | None:
    """Return the key and the value of a setting in the target, `None` if it cannot be expressed. With `for_all`, all
    runtimes of the target must know the key."""
    for key in _target_keys(setting, target):
        if for_all and not all(key.known_to(runtime.name) for runtime in target.runtimes):
            continue
        value = _translate_value(setting, key, origin, target)
        if value is not None and _is_accepted(key, value, target):
            return key.name, value
    return None


def _translate_value(setting: Setting, key: Key, origin: Format, target: Dialect) -> object:
    """Return the value for a key of the target, in Python; `None` if there is none."""
    value = setting.value
    words = load_crosswalk().words.get(setting.concept)
    if words and isinstance(value, Scalar):
        found = [
            name
            for word in words.concepts_of(value.text, origin.name)
            for name in words.names_in(word, target.name)
        ]
        return found[0] if found else None
    if key.type in _NOT_CONVERTED:
        return None
    if key.name_kind in ("agent", "skill"):
        return list(tool_names.tool_names_in(value))
    if not isinstance(value, Scalar):
        return None
    if key.type == "integer" and re.fullmatch(r"\s*\+?\d{1,18}\s*", value.text):
        return int(value.text)
    if key.type == "boolean" and value.text.lower() in ("true", "false"):
        return value.text.lower() == "true"
    if key.type == "enum":
        # A word that is not in the table has no known meaning, even if it is accepted.
        names = {each.name for each in key.values}
        return next((each for each in (value.text, value.text.lower()) if each in names), None)
    return value.value if key.type in ("number", "text") else None


def _is_accepted(key: Key, value: object, target: Dialect) -> bool:
    """Whether all runtimes of the target that know a key accept the value."""
    node = to_node(value)
    if key.type in ("enum", "boolean", "integer", "text") and not (key.value.schema or key.value.schemas):
        return matches_type(key, node)
    runtimes = (runtime.name for runtime in target.runtimes if key.known_to(runtime.name))
    return all(value_schema.matches_schema(key, node, runtime) for runtime in runtimes)


_NOWHERE = Span(0, 0)


def to_node(value: object) -> Node:
    """Return a scalar or a list in Python as the node of its YAML."""
    if isinstance(value, list):
        return Sequence(_NOWHERE, tuple(to_node(item) for item in value))
    if isinstance(value, bool):
        return Scalar(_NOWHERE, str(value).lower(), "plain", "bool")
    if isinstance(value, int | float):
        return Scalar(_NOWHERE, str(value), "plain", "int" if isinstance(value, int) else "float")
    return Scalar(_NOWHERE, str(value))
