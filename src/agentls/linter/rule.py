"""What a rule is: a function with its page.

A rule takes a `Context` and yields `Finding`s. Its code is the function's name with dashes
and names the bad pattern, so that it reads well behind `ignore`. Its docstring is its page: the
first line is the summary; the rest says why it matters and what the runtime does; examples
stand under `## Bad` and `## Good`, and the tests run them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Literal, NamedTuple

from agentls.config import Config
from agentls.dialects.loader import Dialect
from agentls.dialects.runtimes import Runtime
from agentls.document.document import Document
from agentls.document.edits import keeps_loading
from agentls.document.suppressions import Suppression
from agentls.linter.consequence import Consequence, Effect, Severity, severity_of
from agentls.readers.reading import Reading
from agentls.text.offsets import Edit, Span
from agentls.text.wording import agree
from agentls.text.yaml_tree import Entry

if TYPE_CHECKING:
    from agentls.project.index import Index
    from agentls.project.names import Names
    from agentls.project.world import World

Tag = Literal["unnecessary", "deprecated"]


class Fix(NamedTuple):
    """A change that removes a finding. It is safe if what the runtime sees stays the same
    but for the fault, unsafe if it rests on a guess about what was meant."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool = False


class Related(NamedTuple):
    """A second place that matters for a finding, in the same file, or in the one at `path`."""

    span: Span
    message: str
    path: str = ""


class Finding(NamedTuple):
    """One place where a rule found something; the message is one line in plain words.

    `effects` are what the readers of the file do because of it; where it says nothing of them, all primary
    readers do what the rule says.
    """

    span: Span
    message: str
    fixes: tuple[Fix, ...] = ()
    related: tuple[Related, ...] = ()
    effects: tuple[Effect, ...] = ()


def join_titles(runtimes: Iterable[Runtime]) -> str:
    """The names of runtimes in a sentence."""
    names = list(dict.fromkeys(runtime.title for runtime in runtimes))
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def describe_effect(runtimes: Iterable[Runtime], what: str) -> str:
    """What runtimes do, in a sentence: `what` starts with a verb as it is used of one."""
    several = tuple(dict.fromkeys(runtimes))
    return f"{join_titles(several)} {agree(what, several=len(several) > 1)}"


class Context(NamedTuple):
    """What a rule may look at.

    `world` answers questions about the document's surroundings. `unused_suppressions` are the ignore comments
    that suppressed nothing, known after the other rules have run, and `rule_codes` are with them the codes that
    there are.
    """

    document: Document
    config: Config
    world: World
    unused_suppressions: tuple[Suppression, ...] = ()
    rule_codes: tuple[str, ...] = ()

    @property
    def project_index(self) -> Index | None:
        """The names of all files of the project; `None` if the file is checked without its project."""
        return self.world.project_index

    @property
    def names(self) -> Names | None:
        """The names in this file; `None` if the file is checked without its project."""
        return self.project_index.get(self.document.path) if self.project_index is not None else None

    @property
    def text(self) -> str:
        """The text of the file."""
        return self.document.text

    @property
    def dialect(self) -> Dialect:
        """The facts about the file's format, with what the configuration adds."""
        return self.document.dialect

    @property
    def reading(self) -> Reading:
        """What the folder's owner makes of the file."""
        return self.document.reading

    @property
    def readings(self) -> tuple[Reading, ...]:
        """What each runtime that counts makes of the file."""
        return self.document.readings

    @property
    def runtime_titles(self) -> str:
        """The names, for people, of the runtimes that count and read the file by its dialect, to which
        the facts of that belong."""
        return join_titles(self._runtimes)

    @property
    def _runtimes(self) -> tuple[Runtime, ...]:
        return tuple(r.runtime for r in self.readings if r.dialect.name == self.dialect.name)

    def effects(self, consequence: Consequence, source: str | None = None) -> tuple[Effect, ...]:
        """The same consequence in all runtimes of the file's dialect, as `source` says."""
        is_hearsay = source is not None and self.dialect.source(source).confidence == "third-party"
        return tuple(Effect(runtime.name, consequence, is_hearsay) for runtime in self._runtimes)

    def describe_effect(self, what: str) -> str:
        """What the runtimes that count do, in a sentence: `what` starts with a verb as it is used of
        one."""
        return describe_effect(self._runtimes, what)

    @property
    def in_plugin(self) -> bool:
        """Whether the file belongs to a plugin, where other rules apply."""
        return bool(self.document.identity.plugin)

    @property
    def has_prompt(self) -> bool:
        """Whether the folder's own runtime reads the body as the prompt."""
        return self.reading.closing is not None or self.reading.status == "clean"

    @property
    def is_chosen_by_people(self) -> bool:
        """Whether people select the agent themselves, so that no model has to find it by its description."""
        return "primary" in (self.reading.string("mode"), self.document.identity.fixed_values.get("mode"))

    def make_fix(self, title: str, *edits: Edit, safe: bool = False) -> tuple[Fix, ...]:
        """The fix that makes these edits, if there are any and the agent survives them."""
        return (Fix(title, edits, safe),) if edits and keeps_loading(self.document, edits) else ()

    def entry(self, key: str) -> Entry | None:
        """The entry that counts for `key`, if its value could be parsed."""
        entry = self.document.entry(key)
        return None if entry is None or entry.unparsed else entry


class Rule(NamedTuple):
    """A registered rule: its code, the usual consequence of what it finds, and its function.

    It is called only for documents that have one of its `subjects`, of all if it names none
    (`agentls.linter.subjects`), and whose text contains `contains`.
    """

    code: str
    consequence: Consequence
    function: Callable[[Context], Iterable[Finding]]
    tags: tuple[Tag, ...] = ()
    subjects: tuple[str, ...] = ()
    contains: str = ""

    @property
    def severity(self) -> Severity:
        """How severe its findings usually are."""
        return severity_of(self.consequence)

    @property
    def group(self) -> str:
        """The subject it belongs to, in words: the name of its module."""
        return self.function.__module__.rpartition(".")[2].replace("_", " ")

    @property
    def summary(self) -> str:
        """The first line of its page, without the full stop."""
        return self.page.partition("\n")[0].rstrip(".")

    @property
    def page(self) -> str:
        """Its page in Markdown."""
        from textwrap import dedent  # Pages are asked for one at a time, or by the docs.

        # `inspect.cleandoc` would turn the tabs of an example into spaces.
        first, _, rest = (self.function.__doc__ or "").partition("\n")
        return f"{first}\n{dedent(rest)}".strip()


RULES: dict[str, Rule] = {}
"""The rules that are loaded, by their codes; `agentls.linter.rules` loads them."""


def rule(
    consequence: Literal["not loaded", "no tools", "text lost", "ignored", "advice", "suggestion"],
    *,
    tags: tuple[Tag, ...] = (),
    subjects: tuple[str, ...] = (),
    contains: str = "",
) -> Callable[[Callable[[Context], Iterable[Finding]]], Callable[[Context], Iterable[Finding]]]:
    """Register the decorated function as a rule for findings that usually have this consequence."""

    def register(
        function: Callable[[Context], Iterable[Finding]],
    ) -> Callable[[Context], Iterable[Finding]]:
        code = function.__name__.replace("_", "-")
        assert code not in RULES, f"two rules are called {code}"
        RULES[code] = Rule(code, Consequence(consequence), function, tags, subjects, contains)
        return function

    return register
