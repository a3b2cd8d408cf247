"""Rules about `model`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentls.dialects.records import Model, Models
from agentls.linter.consequence import Consequence
from agentls.linter.rule import Context, Finding, rule
from agentls.linter.shared.suggestions import remove_key, suggest
from agentls.linter.shared.value_types import entries_of_type
from agentls.text.offsets import Edit, Span
from agentls.text.spelling import closest_match
from agentls.text.wording import describe_value, format_code
from agentls.text.yaml_tree import Scalar, Sequence


def _models(ctx: Context, *, everywhere: bool = False) -> Iterator[tuple[Scalar, Model | None]]:
    """The text values of `model` with what is known of them; other providers' ids are left out, unless
    they are wanted from `everywhere`, and so is what lacks a provider that it needs."""
    models = ctx.dialect.models
    # Of some products nothing is known about their models.
    for key, entry in entries_of_type(ctx, "model") if models.known else ():
        items = entry.value.items if key.shape and isinstance(entry.value, Sequence) else (entry.value,)
        for value in items:
            if not isinstance(value, Scalar) or value.type != "str" or not value.text:
                continue
            if models.providers and _SLASH not in value.text:
                continue
            model = models.get(value.text)
            if model or everywhere or not models.is_elsewhere(value.text):
                yield value, model


@rule("ignored", subjects=("type model",))
def non_text_model(ctx: Context) -> Iterator[Finding]:
    """The value of `model` is not text, and ignored.

    Claude Code runs the agent with the model of the session, as if the key were not there.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    model: [sonnet, opus]
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    model: sonnet
    ---

    You review code.
    ```
    """
    for key, entry in entries_of_type(ctx, "model"):
        if not key.shape and (not isinstance(entry.value, Scalar) or entry.value.type != "str"):
            message = f"`{key.name}` is {describe_value(entry.value)}, not text: it is ignored."
            yield Finding(entry.report_span, f"{message} {ctx.runtime_titles} uses the model of the session.")


_SLASH = "/"


@rule("ignored", subjects=("type model",))
def model_without_provider(ctx: Context) -> Iterator[Finding]:
    """A model is named without its provider.

    OpenCode asks the provider that stands in front of the first `/`. It takes `sonnet` for a provider
    without a model: the file loads, and the agent fails as soon as it runs, with an error that says
    nothing of the model. To run the agent with the model of the session leave the key out.

    ## Bad

    ```markdown .opencode/agents
    ---
    description: Reviews code. Use it after every change.
    model: sonnet
    ---

    You review code.
    ```

    ## Good

    ```markdown .opencode/agents
    ---
    description: Reviews code. Use it after every change.
    model: anthropic/claude-sonnet-5-5
    ---

    You review code.
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
        message = f"`{key.name}` takes `provider/model`, not {format_code(value.text)}: the agent fails when it runs."
        if value.text.strip().lower() in _SESSION:
            message += f" Without the key {ctx.runtime_titles} uses the model of the session."
            yield Finding(value.span, message, remove_key(ctx, entry))
        else:
            meant = None if slash else models.with_provider(value.text)
            yield suggest(ctx, value.span, message, value.span, meant)


# What other products call the model of the session.
_SESSION = ("inherit", "default", "auto")


@rule("ignored", subjects=("type model",))
def misspelt_provider(ctx: Context) -> Iterator[Finding]:
    """The provider of a model is not known, and close to one that is.

    OpenCode looks for the provider that stands in front of the first `/` when the agent runs, and
    fails if nobody has set it up. Ids of your own can be added to `models` in the configuration.

    ## Bad

    ```markdown .opencode/agents
    ---
    description: Reviews code. Use it after every change.
    model: antropic/claude-sonnet-5-5
    ---

    You review code.
    ```

    ## Good

    ```markdown .opencode/agents
    ---
    description: Reviews code. Use it after every change.
    model: anthropic/claude-sonnet-5-5
    ---

    You review code.
    ```
    """
    models = ctx.dialect.models
    known = [provider.name for provider in models.providers]
    for value, model in _models(ctx, everywhere=True):
        provider, slash, _ = value.text.partition(_SLASH)
        if model or not slash or not known or provider in known:
            continue
        meant = closest_match(provider, known, most=1)
        if meant:
            message = f"No provider is called {format_code(provider)}: the agent fails when it runs."
            span = Span(value.span.start, value.span.start + len(provider))
            written = span if span.text_in(ctx.text) == provider else value.span
            whole = meant if written == span else meant + value.text[len(provider) :]
            yield suggest(ctx, written, message, written, whole)


@rule("ignored", subjects=("type model",))
def misspelt_model(ctx: Context) -> Iterator[Finding]:
    """A model is written in a way that nobody knows, close to one that exists.

    Claude Code knows aliases such as `sonnet` and full ids such as `claude-sonnet-5-5`, and
    passes on anything else as it is. So `claude-sonet-5-5`, `sonnet-4.5` or the display name
    `Claude Sonnet 4.5` are sent to the API, which refuses them when the agent is started. Names
    that a gateway of your own knows can be added to `models` in the configuration.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    model: sonnet-5.5
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    model: claude-sonnet-5-5
    ---

    You review code.
    ```
    """
    for value, model in _models(ctx):
        known = model or ctx.dialect.foreign_model(value.text)
        meant = None if known else _meant_model(value.text, ctx.dialect.models)
        if meant:
            message = f"No model is called {format_code(value.text)}."
            if ctx.dialect.models.unknown == "passed on":
                message += f" {ctx.describe_effect('passes it on as it is')}, and the API refuses it."
            else:
                message += f" {ctx.describe_effect('uses the model of the session')}."
            yield suggest(ctx, value.span, message, value.span, meant)


def _meant_model(text: str, models: Models) -> str | None:
    """The alias or id that the author most likely had in mind.

    A retired model, or a family with a version that nobody knows any more, comes to the alias of
    its family. A version is no slip of the pen: the digits must be those of the model, and so
    must the first letter.
    """
    written = text.strip().lower().removesuffix(models.long_context)
    suffix = models.long_context if models.long_context in text.lower() else ""
    slug = re.sub(r"[\s._/:]+", "-", written).strip("-")
    for name in (slug, f"claude-{slug}", slug.removeprefix("claude-")):
        model = models.get(name)
        if model:
            return _current(model, models, suffix)
    same = [model.name for model in models.known if _digits(model.name) == _digits(slug)]
    found = closest_match(slug, [name for name in same if name[0] == slug[:1]]) or closest_match(
        f"claude-{slug}", same
    )
    model = models.get(found) if found else None
    if model:
        return _current(model, models, suffix)
    # An id of an old generation without its date, as in `claude-3-opus`.
    dated = re.compile(rf"{re.escape(slug)}-(\d{{8}}|latest)")
    model = next((model for model in models.known if dated.fullmatch(model.name)), None)
    return _current(model, models, suffix) if model else None


def _digits(name: str) -> str:
    return "".join(re.findall(r"\d", name))


def _current(model: Model, models: Models, suffix: str) -> str:
    """The name to write for a model: its own, or the alias of its family if it is gone."""
    name = _alias(model, models) if model.status in ("retired", "remapped") else model.name
    return (name or model.name) + (suffix if name not in models.inherits else "")


def _alias(model: Model, models: Models) -> str | None:
    """The alias of the family that a model belongs to."""
    words = model.name.split("-")
    return next((alias.name for alias in models.known if alias.kind == "alias" and alias.name in words), None)


@rule("suggestion", subjects=("type model",))
def unknown_model(ctx: Context) -> Iterator[Finding]:
    """A model is not known, and passed on as it is.

    Claude Code does not complain about any text in `model`. A gateway or another provider may know
    the name; if not, the call fails when the agent is started. `default` is no alias here: to run
    the agent with the model of the session write `inherit`, or leave the key out. Ids of your own
    can be added to `models` in the configuration.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    model: our-own-model
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    model: inherit
    ---

    You review code.
    ```
    """
    for value, model in _models(ctx):
        foreign = ctx.dialect.foreign_model(value.text)
        if model is None and not foreign and _meant_model(value.text, ctx.dialect.models) is None:
            message = ctx.describe_effect(f"does not know the model {format_code(value.text)}")
            if ctx.dialect.models.unknown == "passed on":
                rest = "It is passed on as it is. Unless your provider knows it, the call fails."
                yield Finding(value.span, f"{message}. {rest}")
            else:
                rest = "Unless your account has it, the model of the session is used."
                yield Finding(value.span, f"{message}. {rest}", effects=ctx.effects(Consequence.SUGGESTION))


@rule("advice", subjects=("type model",))
def foreign_model(ctx: Context) -> Iterator[Finding]:
    """A model is named as another product does it.

    Some products want the provider in front of the id of a model, as in `anthropic/claude-sonnet-5-5`,
    others the id alone, and each has short names of its own. Claude Code and Gemini CLI pass on what
    they do not know; the call fails unless a gateway of your own knows the name, which can then be added
    to `models` in the configuration.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    model: anthropic/claude-sonnet-5-5
    ---

    You review code.
    ```

    ```markdown .gemini/agents
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    model: sonnet
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    model: claude-sonnet-5-5
    ---

    You review code.
    ```
    """
    for value, model in _models(ctx):
        foreign = None if model else ctx.dialect.foreign_model(value.text)
        if foreign is None:
            continue
        if foreign.provider:
            of = f"has a provider in front, which {ctx.describe_effect('does not want')}"
        else:
            of = f"is a model of {foreign.of}; {ctx.describe_effect('does not know it')}"
        passed_on = ctx.dialect.models.unknown == "passed on"
        message = f"{format_code(value.text)} {of}. " + (
            "Unless a gateway knows it, the call fails."
            if passed_on
            else "Unless your account has it, the model of the session is used."
        )
        if foreign.use:
            message += f" Here it is `{foreign.use}`."
            fixes = ctx.make_fix(f"Write `{foreign.use}`", Edit(value.span, foreign.use))
        else:
            entry = ctx.entry("model")
            fixes = remove_key(ctx, entry) if entry and entry.value is value else ()
        effects = ctx.effects(Consequence.ADVICE if passed_on else Consequence.SUGGESTION)
        yield Finding(value.span, message, fixes, effects=effects)


@rule("ignored", tags=("deprecated",), subjects=("type model",))
def retired_model(ctx: Context) -> Iterator[Finding]:
    """A model has been retired: requests to it fail.

    Claude Code loads the file without a word. When the agent is started it prints a warning, and
    the request fails. An alias such as `sonnet` always stands for a model that is there.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    model: claude-3-5-sonnet-20241022
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    model: sonnet
    ---

    You review code.
    ```
    """
    for value, model in _models(ctx):
        if model and model.status == "retired":
            yield _replaced(ctx, value, model, f"{model.summary}: requests to it fail.")


@rule("ignored", tags=("deprecated",), subjects=("type model",))
def remapped_model(ctx: Context) -> Iterator[Finding]:
    """An old model is named, and another one answers.

    Claude Code replaces the ids of some old models by the newest of the family, with a warning.
    The environment variable `CLAUDE_CODE_DISABLE_LEGACY_MODEL_REMAP` switches that off.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    model: claude-opus-4-1
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    model: opus
    ---

    You review code.
    ```
    """
    for value, model in _models(ctx):
        if model and model.status == "remapped":
            yield _replaced(
                ctx,
                value,
                model,
                f"{model.summary} is no longer there. {ctx.runtime_titles} asks `{model.sends}` instead.",
            )


def _replaced(ctx: Context, value: Scalar, model: Model, message: str) -> Finding:
    """A finding about an old model, with a fix that writes the alias of its family."""
    models = ctx.dialect.models
    alias = _alias(model, models)
    if alias is None:
        return Finding(value.span, message)
    suffix = models.long_context if models.long_context in value.text.lower() else ""
    fixes = ctx.make_fix(f"Write `{alias}{suffix}`", Edit(value.span, alias + suffix))
    return Finding(value.span, message, fixes)
