"""The subjects of rules: what a document must have for a rule to have something to report.

A rule names its subjects in its decorator and is called if the document has one of them. A rule without subjects
is called for every document. The tests prove for all fixtures and examples of pages that no finding is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from agentls.dialects.loader import Dialect
from agentls.dialects.tool_names import EVERY_MCP_TOOL
from agentls.document.prompt_commands import MARKS
from agentls.linter.rule import RULES, Context, Rule
from agentls.linter.rules import load_rules_about
from agentls.linter.shared.definitions import main_definition
from agentls.linter.shared.load_reasons import closes_early
from agentls.readers.reading import Reading
from agentls.text.named_tuples import NamedTuple
from agentls.text.yaml_tree import Node, Scalar

_EVERY_MCP_TOOL = (EVERY_MCP_TOOL,)


class _Plan(NamedTuple):
    """The enabled rules for the documents of one format: those for every document, those for every text that
    contains a certain string, and the others by their subjects."""

    formats: tuple[Dialect, ...]
    always: tuple[Rule, ...]
    for_strings: tuple[tuple[str, Rule], ...]
    by_subject: dict[str, tuple[Rule, ...]]


_PLANS: dict[object, _Plan] = {}


def applicable_rules(context: Context) -> list[Rule]:
    """Return the enabled rules that may have something to report about a document."""
    subjects = document_subjects(context)
    load_rules_about(subjects)
    if context.document.has_long_frontmatter:  # A plan looks at readings.
        about = (rule for rule in RULES.values() if not subjects.isdisjoint(rule.subjects))
        return [rule for rule in about if context.config.enables(rule.code)]
    plan = _plan_for(context)
    text = context.document.text
    found = [rule for string, rule in plan.for_strings if string in text]
    chosen: dict[str, Rule] = {}
    for subject in subjects:
        for rule in plan.by_subject.get(subject, ()):
            if rule.contains in text:
                chosen[rule.code] = rule
    return [*plan.always, *found, *chosen.values()]


def project_rules(context: Context) -> tuple[Rule, ...]:
    """Return the enabled rules that depend on the other files of the project."""
    if context.document.has_long_frontmatter:
        return ()
    subjects = dict.fromkeys(_project_subjects(context))
    load_rules_about(subjects.keys())
    by_subject = _plan_for(context).by_subject
    return tuple(rule for subject in subjects for rule in by_subject.get(subject, ()))


def document_subjects(context: Context) -> set[str]:
    """Return the subjects that a document has, except those of its format."""
    document = context.document
    if document.has_long_frontmatter:
        return {"long frontmatter"}
    found = {subject for reading in document.readings for subject in _reading_subjects(reading)}
    if any(reading.unread_reason for reading in document.primary_readings):
        found.add("unread file")
    block, first = document.frontmatter, document.readings[0]
    if block is None or block.closing is None:
        found.add("unclosed frontmatter")
    if first.status == "repaired":
        found.add("repaired frontmatter")
    if first.ignored_lines:
        found.add("ignored lines")
    if closes_early(context):
        found.add("early closing fence")
    if "\t" in document.text:
        found.add("tabs")
    if document.identity.plugin:
        found.add("plugin")
    if document.identity.fixed_values:
        found.add("fixed value")
    found.update(_project_subjects(context))
    found.update(_prompt_subjects(context))
    found.update(_key_subjects(context))
    if document.tool_lists:
        found.update(_tool_subjects(context))
    return found


def _project_subjects(context: Context) -> Iterator[str]:
    index, names = context.project_index, context.names
    if index is None:
        return
    yield "project"
    if names and names.references:
        yield "references in a project"
    own = main_definition(context)
    # A name with a qualifier can also be written as one without.
    if own and (":" in own.full_name or len(index.find_similar(own.name)) > 1):
        yield "shared name"


def _reading_subjects(reading: Reading) -> Iterator[str]:
    for reason in reading.reasons:
        yield f"reason {reason.kind}"
    if reading.block is None:
        yield "no frontmatter"


def _prompt_subjects(context: Context) -> Iterator[str]:
    dialect, text = context.dialect, context.text
    if dialect.prompt_arguments and "$" in text:
        yield "prompt with arguments"
    if dialect.prompt_commands and any(mark in text for mark in MARKS):
        yield "prompt with commands"


def _key_subjects(context: Context) -> Iterator[str]:
    document, dialect = context.document, context.dialect
    for entry in document.root.entries:
        if entry.unparsed:
            yield "unparsed value"
        if isinstance(entry.value, Scalar) and (entry.value.type == "null" or not entry.value.text.strip()):
            yield "empty value"
        key = dialect.key(entry.key.text)
        if key is None or key.runtimes:
            yield "unknown key"
        if key and key.type == "globs":
            yield "file patterns"
        if key and key.deprecation.deprecated:
            yield "deprecated key"
        if key and (key.effects.no_effect or key.effects.applies_when):
            yield "conditional key"
    for key, entry in document.significant_entries:
        yield f"type {key.type}"
        if key.type == "model" and not _is_current_model(entry.value, dialect):
            yield "questionable model"


def _is_current_model(value: Node, dialect: Dialect) -> bool:
    """Whether a value names a model that works as it is written, in all runtimes of the format."""
    models = dialect.models
    if models.providers or models.display_names_for or not isinstance(value, Scalar) or value.type != "str":
        return False
    model = dialect.model(value.text)
    return model is not None and not model.runtimes and model.status in ("current", "older")


def _tool_subjects(context: Context) -> Iterator[str]:
    lists, dialect = context.document.tool_lists, context.dialect
    yield "tools"
    if len(lists) > 1:
        yield "several tool lists"
    items = [item for tools in lists for item in tools.items]
    if any(item.entry.specifier is not None for item in items):
        yield "specifier"
    for name, resolved in {item.entry.name: item for item in items}.items():
        if resolved.standing != "available" or resolved.tools == _EVERY_MCP_TOOL:
            yield "unresolved tool"
        elif resolved.tools != (name,) or dialect.old_tool(name) or not dialect.tool(name):
            yield "renamed tool"


def _plan_for(context: Context) -> _Plan:
    """The plan for the format and the settings of a document, made once for the rules that are loaded."""
    config, readings = context.config, context.readings
    formats = (context.dialect, *(reading.dialect for reading in readings))
    names = tuple(reading.runtime.name for reading in readings)
    # The plan keeps the dialects, so that no other one can have their identities.
    key = (tuple(map(id, formats)), names, config.select, config.ignore, len(RULES))
    if key not in _PLANS:
        _PLANS[key] = _make_plan(context, formats)
    return _PLANS[key]


def _make_plan(context: Context, formats: tuple[Dialect, ...]) -> _Plan:
    always: list[Rule] = []
    for_strings: list[tuple[str, Rule]] = []
    by_subject: dict[str, tuple[Rule, ...]] = {}
    present = {subject for subject, is_present in FORMAT_SUBJECTS.items() if is_present(context)}
    load_rules_about(present)
    rules = [rule for rule in RULES.values() if context.config.enables(rule.code)]
    for rule in rules:
        if not rule.subjects or not present.isdisjoint(rule.subjects):
            if rule.contains:
                for_strings.append((rule.contains, rule))
            else:
                always.append(rule)
        else:
            for subject in rule.subjects:
                by_subject[subject] = (*by_subject.get(subject, ()), rule)
    return _Plan(formats, tuple(always), tuple(for_strings), by_subject)


FORMAT_SUBJECTS: dict[str, Callable[[Context], object]] = {
    "format with outdated places": lambda context: any(
        place.renamed_suffix for place in context.dialect.places
    ),
    "format of skills": lambda context: context.dialect.kind == "skill",
    "format with triggers": lambda context: context.dialect.activation,
    "format with template variables": lambda context: context.dialect.prompt_variables.unknown,
    "format with prompt references": lambda context: any(
        reading.runtime.prompt.resolves_prompt_references for reading in context.readings
    ),
    "format with permissions": lambda context: context.dialect.tool_keys.permissions,
    "format with a validator": lambda context: any(
        key.value.validator_schema for key in context.dialect.keys
    ),
    "format with listed keys": lambda context: any(
        reading.runtime.description.max_listed_length for reading in context.readings
    ),
    "format with an advised length": lambda context: any(
        reading.runtime.prompt.advised_lines for reading in context.readings
    ),
    "format with a maximum length": lambda context: any(
        reading.runtime.prompt.max_prompt_length for reading in context.readings
    ),
    "format with expected keys": lambda context: any(
        reading.runtime.reports_missing for reading in context.readings
    ),
    "format with names of folders": lambda context: any(
        reading.runtime.naming.name_mismatch != "taken" for reading in context.readings
    ),
    "format without required descriptions": lambda context: (
        context.reading.runtime.effects.no_description_effect
    ),
    "format with required tools": lambda context: any(
        key.requirement.required_tool for reading in context.readings for key in reading.dialect.keys
    ),
    "format with reserved names": lambda context: context.dialect.reserved_names,
    "format with fields": lambda context: any(
        key.fields for reading in context.readings for key in reading.dialect.keys
    ),
}
"""The subjects that depend only on the format of a document, each with its test."""
