"""Rules about the values of keys, `model` among them.

What a key accepts stands in the dialect's table; the rules here ask it and know no key by name,
but for `tools`, where a wrong value is worse than elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from agentls.dialects import Key, Model, Models
from agentls.readers.claude_code import describe, shown
from agentls.rewrite import harmless
from agentls.rule import Context, Finding, Fix, rule
from agentls.spelling import nearest
from agentls.text import Edit, Span
from agentls.yamltree import Entry, Node, Scalar, Sequence


def entries(ctx: Context, *types: str) -> Iterator[tuple[Key, Entry]]:
    """The keys of these types with the entries that count for them, unless those say nothing or
    have no effect where the file lies."""
    for entry in ctx.document.root.entries:
        key = ctx.dialect.key(entry.key.text)
        if key is None or key.type not in types or (key.ignored_in_plugin and ctx.in_plugin):
            continue
        if not _says_nothing(ctx, entry.value) and ctx.entry(key.name) is entry:
            yield key, entry


def _says_nothing(ctx: Context, value: Node) -> bool:
    """Whether a value is empty, or says something else than its author wrote: an alias, or text
    that swallowed a comment when the runtime repaired it, which has a rule of its own."""
    if not isinstance(value, Scalar):
        return False
    swallowed = " #" in value.text and value.span in ctx.reading.rewritten
    return value.type == "null" or value.is_alias or swallowed or not value.text.strip()


@rule("warning")
def invalid_value(ctx: Context) -> Iterator[Finding]:
    """A key has a value that the runtime does not understand, and drops.

    The file loads as if the key were not there, and only the debug log of Claude Code says so.
    Case counts: `permissionMode: plan` works and `permissionMode: Plan` does not. For a truth
    value only `true` and `false` will do, not `yes`, `on` or `1`.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    permissionMode: acceptedits
    ---

    You review code.
    ```

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    background: yes
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    permissionMode: acceptEdits
    background: true
    ---

    You review code.
    ```
    """
    for key, entry in entries(ctx, "enum", "boolean", "integer", "text", "tools"):
        # Without a name or a description the file does not load, and a wrong `tools` leaves the
        # agent with none: rules of their own say so.
        if key.required or key.name == "tools" or not key.closed or _accepts(key, entry.value):
            continue
        meant = _meant(key, entry.value)
        message = f"`{key.name}` takes {_wanted(key)}, not {describe(entry.value)}: {key.bad_value}."
        yield did_you_mean(ctx, entry.mark, message, entry.value.span, meant)


def _accepts(key: Key, value: Node) -> bool:
    """Whether the runtime takes the value. Where it is not known, it is taken to."""
    if not isinstance(value, Scalar):
        return key.type == "tools" and isinstance(value, Sequence)
    if value.type in ("int", "float"):
        whole = float(value.value).is_integer()
        return whole and (value.value > 0 if key.type == "integer" else "int" in key.also)
    if key.type in ("text", "tools"):
        return value.type == "str"
    if key.type == "boolean":
        return value.type == "bool" or value.text.lower() in ("true", "false")
    if value.type == "bool":
        return False
    # Text that starts with digits may well be read as a number.
    numeric = key.type == "integer" or "int" in key.also
    if numeric and re.match(r"\s*\+?0*[1-9]", value.text):
        return True
    words = [word.name for word in key.values]
    return value.text in words or (key.ignores_case and value.text.lower() in words)


def _wanted(key: Key) -> str:
    """What a key accepts, in words."""
    words = {"text": "text", "integer": "a whole number above zero", "tools": "the names of tools"}
    if key.type in words:
        return words[key.type]
    if key.type == "boolean":
        return "`true` or `false`"
    values = [f"`{value.name}`" for value in key.values if not value.alias_of]
    if "int" in key.also:
        values.append("a whole number")
    return " or ".join((", ".join(values[:-1]), values[-1])) if len(values) > 1 else values[0]


_TRUE, _FALSE = ("yes", "y", "on", "1", "enabled"), ("no", "n", "off", "0", "disabled")


def _meant(key: Key, value: Node) -> str | None:
    """The value that the author most likely had in mind."""
    if isinstance(value, Sequence) and len(value.items) == 1:
        (value,) = value.items
        if isinstance(value, Scalar) and _accepts(key, value):
            return value.text
    if not isinstance(value, Scalar):
        return None
    text = value.text.strip().lower()
    if key.type == "boolean":
        return "true" if text in _TRUE else "false" if text in _FALSE else None
    return nearest(text, [word.name for word in key.values]) if key.type == "enum" else None


def offer(ctx: Context, title: str, *edits: Edit, safe: bool = False) -> tuple[Fix, ...]:
    """The fix that makes these edits, if the agent still loads after them."""
    return (Fix(title, edits, safe),) if edits and harmless(ctx.document, edits) else ()


def did_you_mean(ctx: Context, mark: Span, message: str, written: Span, meant: str | None) -> Finding:
    """A finding at `mark`, with the word that was meant, if one was, and the fix that writes it."""
    if meant is None:
        return Finding(mark, message)
    fixes = offer(ctx, f"Write `{meant}`", Edit(written, meant))
    return Finding(mark, f"{message} Did you mean `{meant}`?", fixes)


@rule("hint")
def unknown_color(ctx: Context) -> Iterator[Finding]:
    """A colour is not one of those that are documented.

    Claude Code takes eight colours, in lower case. With another word or a hex value the agent
    loads, nothing is said, and what is drawn is not documented.

    ## Bad

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    color: "#ff8800"
    ---

    You review code.
    ```

    ## Good

    ```markdown
    ---
    name: reviewer
    description: Reviews code. Use it after every change.
    color: orange
    ---

    You review code.
    ```
    """
    for key, entry in entries(ctx, "enum"):
        if not key.closed and not _accepts(key, entry.value):
            wanted, given = _wanted(key), describe(entry.value)
            message = f"`{key.name}` is documented with {wanted}, not {given}: {key.bad_value}."
            yield did_you_mean(ctx, entry.mark, message, entry.value.span, _meant(key, entry.value))


def _models(ctx: Context) -> Iterator[tuple[Scalar, Model | None]]:
    """The text values of `model` with what is known of them; other providers' ids are left out."""
    for _, entry in entries(ctx, "model"):
        value = entry.value
        if isinstance(value, Scalar) and value.type == "str":
            model = ctx.dialect.models.get(value.text)
            if model or not _is_elsewhere(value.text, ctx.dialect.models):
                yield value, model


def _is_elsewhere(text: str, models: Models) -> bool:
    """Whether the text is an id of another provider, whose models are not known here."""
    return any(re.search(pattern, text.strip()) for pattern in models.elsewhere)


@rule("warning")
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
    for key, entry in entries(ctx, "model"):
        if not isinstance(entry.value, Scalar) or entry.value.type != "str":
            runtime = ctx.dialect.runtimes[0].title
            message = f"`{key.name}` is {describe(entry.value)}, not text: it is ignored."
            yield Finding(entry.mark, f"{message} {runtime} uses the model of the session.")


@rule("warning")
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
        meant = None if model else _meant_model(value.text, ctx.dialect.models)
        if meant:
            runtime = ctx.dialect.runtimes[0].title
            message = f"No model is called {shown(value.text)}."
            message += f" {runtime} passes it on as it is, and the API refuses it."
            yield did_you_mean(ctx, value.span, message, value.span, meant)


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
    found = nearest(slug, [name for name in same if name[0] == slug[:1]]) or nearest(f"claude-{slug}", same)
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


@rule("information")
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
        if model is None and _meant_model(value.text, ctx.dialect.models) is None:
            runtime = ctx.dialect.runtimes[0].title
            yield Finding(
                value.span,
                f"{runtime} does not know the model {shown(value.text)} and passes it on as it is."
                " Unless your provider knows it, the call fails.",
            )


@rule("warning", tags=("deprecated",))
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


@rule("warning", tags=("deprecated",))
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
            runtime = ctx.dialect.runtimes[0].title
            yield _replaced(
                ctx,
                value,
                model,
                f"{model.summary} is no longer there. {runtime} asks `{model.sends}` instead.",
            )


def _replaced(ctx: Context, value: Scalar, model: Model, message: str) -> Finding:
    """A finding about an old model, with a fix that writes the alias of its family."""
    models = ctx.dialect.models
    alias = _alias(model, models)
    if alias is None:
        return Finding(value.span, message)
    suffix = models.long_context if models.long_context in value.text.lower() else ""
    fixes = offer(ctx, f"Write `{alias}{suffix}`", Edit(value.span, alias + suffix))
    return Finding(value.span, message, fixes)
