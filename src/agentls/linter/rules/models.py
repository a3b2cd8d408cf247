"""Rules about `model`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentls.dialects.loader import Dialect
from agentls.dialects.records import Key, Model, Models
from agentls.dialects.runtimes import Runtime
from agentls.document.edits import write_scalar
from agentls.linter.consequence import Consequence, Effect
from agentls.linter.rule import Context, Finding, Fix, describe_effect, rule
from agentls.linter.shared.suggestions import remove_key, suggest
from agentls.linter.shared.value_types import entries_of_type
from agentls.text.offsets import Edit, Span
from agentls.text.patterns import lazy_pattern
from agentls.text.spelling import closest_match
from agentls.text.wording import describe_value, format_code
from agentls.text.yaml_tree import Entry, Node, Scalar, Sequence


def _models(ctx: Context, *, everywhere: bool = False) -> Iterator[tuple[Scalar, Model | None]]:
    """Find the strings in `model`, each with the known model that it names.

    Strings without the provider that the format requires are left out, and so are the ids of other
    providers, unless `everywhere` is true. There are none in a dialect that lists no models.
    """
    models, readers = ctx.dialect.models, tuple(each.name for each in ctx.runtimes_of_dialect)
    for key, entry in entries_of_type(ctx, "model") if models.known else ():
        for value in _names(key, entry.value):
            if models.providers and _SLASH not in value.text:
                continue
            model = ctx.dialect.remember(_find_model, (value.text, readers))
            if model or everywhere or not models.matches_other_id(value.text):
                yield value, model


def _find_model(name_and_readers: tuple[str, tuple[str, ...]], dialect: Dialect) -> Model | None:
    """Return the model of that name, if one of the readers whose names of models are known knows it."""
    name, readers = name_and_readers
    judges = [each for each in readers if dialect.models.known_to(each)]
    is_known = not judges or any(dialect.models.is_known_to(each, name) for each in judges)
    return dialect.model(name) if is_known else None


def _judges(ctx: Context) -> list[Runtime]:
    """Return the primary readers whose names of models are known."""
    return [each for each in ctx.runtimes_of_dialect if ctx.dialect.models.known_to(each.name)]


def _names(key: Key, value: Node) -> list[Scalar]:
    """Return the strings in a value of `model`: of a list each, if the runtimes accept one."""
    items = value.items if key.value.schema and isinstance(value, Sequence) else (value,)
    return [item for item in items if isinstance(item, Scalar) and item.type == "str" and item.text]


@rule("ignored", subjects=("questionable model",))
def non_text_model(ctx: Context) -> Iterator[Finding]:
    """The value of `model` is not a string and is ignored.

    Claude Code runs the agent with the model of the session, as if the key were missing.

    ## Bad

    ```yaml
    model: [sonnet, opus]
    ```

    ## Good

    ```yaml
    model: sonnet
    ```
    """
    for key, entry in entries_of_type(ctx, "model"):
        if not key.value.schema and (not isinstance(entry.value, Scalar) or entry.value.type != "str"):
            message = f"`{key.name}` must be a string, not {describe_value(entry.value)}."
            instead = ctx.describe_effect("uses the model of the session instead")
            yield Finding(entry.report_span, f"{message} {instead}.")


_SLASH = "/"


@rule("ignored", subjects=("questionable model",))
def model_without_provider(ctx: Context) -> Iterator[Finding]:
    """A model is written without its provider.

    OpenCode reads the part before the first `/` as the provider. It reads `sonnet` as a provider without a
    model: the file loads, but the agent fails when it runs, with an error that does not mention the model.
    To run the agent with the model of the session, remove the key.

    ## Bad

    ```yaml .opencode/agents
    model: sonnet
    ```

    ## Good

    ```yaml .opencode/agents
    model: anthropic/claude-sonnet-5-5
    ```
    """
    models = ctx.dialect.models
    for key, entry in entries_of_type(ctx, "model"):
        value = entry.value
        if not models.providers or not isinstance(value, Scalar) or value.type != "str":
            continue
        provider, slash, model = value.text.partition(_SLASH)
        if slash and provider and model:
            continue
        written = format_code(value.text)
        message = (
            f"`{key.name}` must have the form `provider/model`, not {written}; the agent fails when it runs."
        )
        if value.text.strip().lower() in _NAMES_OF_SESSION_MODEL:
            message += f" Remove `{key.name}` to use the model of the session."
            yield Finding(value.span, message, remove_key(ctx, entry))
        else:
            closest = None if slash else models.with_provider(value.text)
            yield suggest(ctx, value.span, message, value.span, closest)


_NAMES_OF_SESSION_MODEL = ("inherit", "default", "auto")
"""Values that select the model of the session in other products."""


@rule("ignored", subjects=("questionable model",))
def misspelt_provider(ctx: Context) -> Iterator[Finding]:
    """The provider of a model is unknown and similar to a known one.

    OpenCode looks up the provider before the first `/` when the agent runs, and fails if it is not
    configured. Additional ids can be added to the setting `models`.

    ## Bad

    ```yaml .opencode/agents
    model: antropic/claude-sonnet-5-5
    ```

    ## Good

    ```yaml .opencode/agents
    model: anthropic/claude-sonnet-5-5
    ```
    """
    models = ctx.dialect.models
    known = [provider.name for provider in models.providers]
    for value, model in _models(ctx, everywhere=True):
        provider, slash, _ = value.text.partition(_SLASH)
        if model or not slash or not known or provider in known:
            continue
        closest = closest_match(provider, known, max_distance=1)
        if closest:
            message = f"Unknown provider {format_code(provider)}; the agent fails when it runs."
            span = Span(value.span.start, value.span.start + len(provider))
            if span.text_in(ctx.text) != provider:  # The value is in quotes.
                span, closest = value.span, closest + value.text[len(provider) :]
            yield suggest(ctx, span, message, span, closest)


@rule("ignored", subjects=("questionable model",))
def misspelt_model(ctx: Context) -> Iterator[Finding]:
    """A model is unknown and similar to a known one.

    Claude Code resolves aliases such as `sonnet` and full ids such as `claude-sonnet-5-5`, and sends
    any other value unchanged. The API rejects values such as `claude-sonet-5-5`, `sonnet-4.5` or the
    display name `Claude Sonnet 4.5` when the agent starts. Names that your own gateway accepts can be added
    to the setting `models`.

    ## Bad

    ```yaml
    model: sonnet-5.5
    ```

    ## Good

    ```yaml
    model: claude-sonnet-5-5
    ```
    """
    for value, model in _models(ctx):
        known = model or ctx.dialect.foreign_model(value.text) or _has_other_name(ctx, value.text)
        closest = None if known else _closest_model(ctx, value.text)
        if closest:
            message = f"Unknown model {format_code(value.text)}."
            if _are_unknown_models_passed_on(ctx):
                message += f" {ctx.describe_effect('sends it unchanged')} and the API rejects it."
            else:
                message += f" {ctx.describe_effect('uses the model of the session')}."
            yield suggest(ctx, value.span, message, value.span, closest)


def _closest_model(ctx: Context, text: str) -> str | None:
    """Return the alias or id that the author most likely intended.

    For a model that is no longer available, it is the alias of its family. The digits must be those of
    the model, because a version is rarely a misspelling, and so must the first letter.
    """
    models = ctx.dialect.models
    bare = text.strip(_QUOTES)
    if models.display_names_for:
        return _closest_of_its_kind(ctx, bare)
    written = bare.lower().removesuffix(models.long_context)
    suffix = models.long_context if models.long_context in text.lower() else ""
    slug = re.sub(r"[\s._/:]+", "-", written).strip("-")
    for name in (slug, f"claude-{slug}", slug.removeprefix("claude-")):
        model = models.get(name)
        if model:
            return _current(model, models, suffix)
    digits = _digits(slug)
    same = [model.name for model in models.known if _digits(model.name) == digits]
    found = closest_match(slug, [name for name in same if name[0] == slug[:1]]) or closest_match(
        f"claude-{slug}", same
    )
    model = models.get(found) if found else None
    if model:
        return _current(model, models, suffix)
    # An id of an old generation without its date, as in `claude-3-opus`.
    dated = (each for each in models.known if each.name.startswith(f"{slug}-"))
    model = next((each for each in dated if _DATE.fullmatch(each.name, len(slug))), None)
    return _current(model, models, suffix) if model else None


def _closest_of_its_kind(ctx: Context, text: str) -> str | None:
    """Return the closest id to what may be an id, and the closest display name to any other name."""
    models, is_id = ctx.dialect.models, _is_id(text)
    wanting = [each for each in _judges(ctx) if (each.name in models.display_names_for) != is_id]
    names = [model.name for runtime in wanting for model in models.known_to(runtime.name)]
    bare = text.removesuffix(f" ({models.vendor})")
    lowered, digits = bare.lower(), _digits(bare)
    in_another_case = next((name for name in names if name.lower() == lowered), None)
    return in_another_case or closest_match(bare, [name for name in names if _digits(name) == digits])


_QUOTES = " \t\"'`\u2018\u2019\u201c\u201d"
"""What may be around a name by mistake."""


_DATE = lazy_pattern(r"-(\d{8}|latest)")


def _digits(name: str) -> str:
    return "".join(re.findall(r"\d", name))


def _current(model: Model, models: Models, suffix: str) -> str:
    """Return the name to use for a model: its own, or the alias of its family if it is not available."""
    name = _alias(model, models) if model.status in ("retired", "remapped") else model.name
    return (name or model.name) + (suffix if name not in models.inherits else "")


def _alias(model: Model, models: Models) -> str | None:
    """Return the alias of the family that a model belongs to."""
    parts = model.name.split("-")
    return next((alias.name for alias in models.known if alias.kind == "alias" and alias.name in parts), None)


@rule("suggestion", subjects=("questionable model",))
def unknown_model(ctx: Context) -> Iterator[Finding]:
    """A model is unknown, and the runtime may not be able to use it.

    Claude Code accepts any string in `model` and sends it unchanged. A gateway or another provider may
    support the name; otherwise the call fails when the agent starts. `default` is not an alias in an
    agent file: use `inherit`, or remove the key, to run the agent with the model of the session. Additional
    ids can be added to the setting `models`.

    ## Bad

    ```yaml
    model: our-own-model
    ```

    ## Good

    ```yaml
    model: inherit
    ```
    """
    for value, model in _models(ctx):
        foreign = ctx.dialect.foreign_model(value.text)
        if model or foreign or _has_other_name(ctx, value.text) or _closest_model(ctx, value.text):
            continue
        message = (
            f"{format_code(value.text)} is not a model known to agentls. {_handling_of_unknown_model(ctx)}."
        )
        effects = () if _are_unknown_models_passed_on(ctx) else ctx.effects(Consequence.SUGGESTION)
        yield Finding(value.span, message, effects=effects)


def _are_unknown_models_passed_on(ctx: Context) -> bool:
    """Whether the runtime sends a model that it does not know to the provider."""
    return ctx.dialect.models.unknown_models == "passed on"


def _handling_of_unknown_model(ctx: Context) -> str:
    """Return how the runtimes handle a model that they do not know but the provider may."""
    if _are_unknown_models_passed_on(ctx):
        sent = ctx.describe_effect("sends it unchanged")
        return f"{sent}; the call fails unless your provider or gateway supports it"
    return ctx.describe_effect("uses it only if your account has it, otherwise the model of the session")


@rule("advice", subjects=("questionable model",))
def foreign_model(ctx: Context) -> Iterator[Finding]:
    """A model is written in the form of another product.

    Some products require the provider before the id of a model, as in `anthropic/claude-sonnet-5-5`,
    others the id alone, and each has its own aliases. Claude Code and Gemini CLI send an unknown model
    unchanged; the call fails unless your own gateway accepts the name. Such names can be added to the
    setting `models`.

    ## Bad

    ```yaml
    model: anthropic/claude-sonnet-5-5
    ```

    ```yaml .gemini/agents
    model: sonnet
    ```

    ## Good

    ```yaml
    model: claude-sonnet-5-5
    ```
    """
    for value, model in _models(ctx):
        foreign = None if model else ctx.dialect.foreign_model(value.text)
        if foreign is None:
            continue
        origin = "has a provider prefix" if foreign.provider else f"is a model of {foreign.owner}"
        message = f"{format_code(value.text)} {origin}. {_handling_of_unknown_model(ctx)}."
        if foreign.replacement:
            message += f" Use `{foreign.replacement}` instead."
            fixes = ctx.make_fix(f"Change to `{foreign.replacement}`", Edit(value.span, foreign.replacement))
        else:
            entry = ctx.entry("model")
            fixes = remove_key(ctx, entry) if entry and entry.value is value else ()
        # The account may have a model of this name, but not under a display name in VS Code.
        is_certain = _are_unknown_models_passed_on(ctx) or ctx.dialect.models.display_names_for
        consequence = Consequence.ADVICE if is_certain else Consequence.SUGGESTION
        yield Finding(value.span, message, fixes, effects=ctx.effects(consequence))


@rule("advice", subjects=("questionable model",))
def runtime_specific_name(ctx: Context) -> Iterator[Finding]:
    """A model has a name that only some of the runtimes know.

    VS Code knows models by the names that it shows, as in `Claude Sonnet 4.5` or `Claude Sonnet 4.5 (copilot)`, and
    compares them exactly. Copilot CLI knows them by ids, as in `claude-sonnet-4.5`. A runtime that does not know the
    name runs the agent with the model of the session. Both accept a list, and use the first model in it that they
    have.

    ## Bad

    ```yaml .github/agents
    model: claude-sonnet-4.5
    ```

    ## Good

    ```yaml .github/agents
    model: [claude-sonnet-4.5, Claude Sonnet 4.5]
    ```
    """
    for key, entry in entries_of_type(ctx, "model") if ctx.dialect.models.display_names_for else ():
        names = [value.text for value in _names(key, entry.value)]
        lacking = _runtimes_without_name(ctx, names)
        if lacking:
            yield _name_finding(ctx, entry, names, lacking)


def _runtimes_without_name(ctx: Context, names: list[str]) -> list[Runtime]:
    """Return the runtimes that know none of these names, because all are ids and they want display names, or the
    reverse."""
    models, judges = ctx.dialect.models, _judges(ctx)
    ids = [name for name in names if _is_id(name)]
    is_mixed = len(ids) not in (0, len(names))
    if is_mixed or any(models.matches_other_id(name) for name in names):
        return []
    known = [name for name in names if any(models.is_known_to(each.name, name) for each in judges)]
    if not known and not any(_has_other_name(ctx, name) for name in names):
        return []
    # An unknown name of the kind that a runtime wants may be a newer model.
    wanting = [each for each in judges if (each.name in models.display_names_for) == bool(ids)]
    return [each for each in wanting if not any(models.is_known_to(each.name, name) for name in names)]


def _name_finding(ctx: Context, entry: Entry, names: list[str], lacking: list[Runtime]) -> Finding:
    """Return the finding about a model, or a list of them, of which the runtimes `lacking` know no name."""
    models = ctx.dialect.models
    form, wanted = ("an id", "display names") if _is_id(names[0]) else ("a display name", "ids")
    subject = f"{format_code(names[0])} is {form}" if len(names) == 1 else f"Each entry is {form}"
    knows = f"knows models by their {wanted} only, and uses the model of the session"
    message = f"{subject}; {describe_effect(lacking, knows)}."
    missing = _other_names(ctx, names, lacking)
    fixes: tuple[Fix, ...] = ()
    if missing and len(lacking) < len(_judges(ctx)):
        message += f" List {format_code(missing[0])} as well."
        fixes = _change_names(ctx, entry, [*names, *missing])
    elif missing:
        message += f" Use {format_code(missing[0])} instead."
        fixes = _change_names(ctx, entry, missing)
    # That Copilot CLI rejects display names is known from reports, which may be out of date.
    effects = tuple(
        Effect(
            each.name,
            Consequence.ADVICE if each.name in models.display_names_for else Consequence.SUGGESTION,
        )
        for each in lacking
    )
    return Finding(entry.value.span, message, fixes, effects=effects)


def _other_names(ctx: Context, names: list[str], runtimes: list[Runtime]) -> list[str]:
    """Return the names by which these runtimes know the models that `names` are ids or display names of."""
    wanted = [_slug(name) for name in names]
    known = dict.fromkeys(model.name for each in runtimes for model in ctx.dialect.models.known_to(each.name))
    return [name for name in known if _slug(name) in wanted and name not in names]


def _has_other_name(ctx: Context, name: str) -> bool:
    """Whether the table has an unknown name of a model as an id where it is a display name, or the reverse."""
    others = _other_names(ctx, [name], _judges(ctx))
    return any(_is_id(other) != _is_id(name) for other in others) and not _closest_model(ctx, name)


def _is_id(name: str) -> bool:
    """Whether a name has the form of an id, and not of a display name."""
    return name == _slug(name)


def _slug(name: str) -> str:
    """Return the id of a model that has this display name, with or without its vendor."""
    return re.sub(r"[\s-]+", "-", name.partition("(")[0].strip()).lower()


def _change_names(ctx: Context, entry: Entry, names: list[str]) -> tuple[Fix, ...]:
    """Return the fix that changes a single name to these names of one model. The ids come first, because Copilot CLI
    is only known to use the first of a list."""
    if isinstance(entry.value, Sequence) or len({_slug(name) for name in names}) != 1 or len(names) > 2:
        return ()
    listed = [write_scalar(name) for name in sorted(names, key=_is_id, reverse=True)]
    written = listed[0] if len(listed) == 1 else f"[{', '.join(listed)}]"
    return ctx.make_fix(f"Change to `{written}`", Edit(entry.value.span, written))


@rule("ignored", tags=("deprecated",), subjects=("questionable model",))
def retired_model(ctx: Context) -> Iterator[Finding]:
    """A model was retired, and requests to it fail.

    Claude Code loads the file silently. When the agent starts, it prints a warning and the request fails.
    An alias such as `sonnet` always refers to an available model.

    ## Bad

    ```yaml
    model: claude-3-5-sonnet-20241022
    ```

    ## Good

    ```yaml
    model: sonnet
    ```
    """
    for value, model in _models(ctx):
        if model and model.status == "retired":
            yield _suggest_alias(ctx, value, model, f"{model.summary}; requests to it fail.")


@rule("ignored", tags=("deprecated",), subjects=("questionable model",))
def remapped_model(ctx: Context) -> Iterator[Finding]:
    """A model is no longer available, and the runtime uses another one.

    Claude Code replaces the ids of some old models with the newest of the family and prints a warning.
    The environment variable `CLAUDE_CODE_DISABLE_LEGACY_MODEL_REMAP` disables the replacement.

    ## Bad

    ```yaml
    model: claude-opus-4-1
    ```

    ## Good

    ```yaml
    model: opus
    ```
    """
    for value, model in _models(ctx):
        if model and model.status == "remapped":
            effect = ctx.describe_effect(f"uses `{model.resolves_to}` instead")
            message = f"{model.summary} is no longer available; {effect}."
            yield _suggest_alias(ctx, value, model, message)


def _suggest_alias(ctx: Context, value: Scalar, model: Model, message: str) -> Finding:
    """Return a finding about an old model, with the fix that changes it to the alias of its family."""
    models = ctx.dialect.models
    alias = _alias(model, models)
    if alias is None:
        return Finding(value.span, message)
    suffix = models.long_context if models.long_context in value.text.lower() else ""
    fixes = ctx.make_fix(f"Change to `{alias}{suffix}`", Edit(value.span, alias + suffix))
    return Finding(value.span, message, fixes)
