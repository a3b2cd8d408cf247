"""Rules: functions that yield findings, each with a page.

A rule receives a `Context` and yields `Finding`s. Its code is the name of the function with dashes, and names the
bad pattern, so that it is clear in an ignore comment. Its docstring is its page: the first line is the summary, the
rest explains why it matters and what the runtime does. The tests run the examples under `## Bad` and `## Good`.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Literal

from agentls.config import Config
from agentls.dialects.loader import Dialect
from agentls.dialects.runtimes import Runtime
from agentls.document.document import Document
from agentls.document.suppressions import Suppression
from agentls.linter.consequence import Consequence, Effect, Severity, severity_of
from agentls.readers.reading import Reading
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Edit, Span
from agentls.text.wording import agree
from agentls.text.yaml_tree import Entry

if TYPE_CHECKING:
    from agentls.project.index import Index
    from agentls.project.names import Names
    from agentls.project.world import World

Tag = Literal["unnecessary", "deprecated"]


class Fix(NamedTuple):
    """A title and edits that remove a finding. A fix is safe if it changes nothing else in what any runtime reads,
    and unsafe if it depends on a guess about what the author intended. A rule says whether it has to guess; `fixing`
    finds out what the runtimes read. `new_path` is the path that the file is moved to, "" if it stays where it is.
    `instead` are the fixes that are offered if a runtime would not load the file after this one. `untried` tells that
    nobody has found out yet whether a runtime would."""

    title: str
    edits: tuple[Edit, ...]
    safe: bool = False
    new_path: str = ""
    instead: "tuple[Fix, ...]" = ()
    untried: bool = False


class Related(NamedTuple):
    """Related information of a finding: a span in the same file, or in the file at `path`, and its message."""

    span: Span
    message: str
    path: str = ""


class Finding(NamedTuple):
    """What a rule yields: a span, a message of one line, fixes and related information.

    `effects` are the consequences for the single readers of the file. Without them, all primary readers have the
    consequence of the rule. `meant` is what the author probably meant, in backticks, which the diagnostic asks about
    after the message, "" if the rule cannot tell.
    """

    span: Span
    message: str
    fixes: tuple[Fix, ...] = ()
    related: tuple[Related, ...] = ()
    effects: tuple[Effect, ...] = ()
    meant: str = ""


def join_titles(runtimes: Iterable[Runtime]) -> str:
    """Return the titles of runtimes as a part of a sentence: "A, B and C"."""
    names = list(dict.fromkeys(runtime.title for runtime in runtimes))
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def describe_effect(runtimes: Iterable[Runtime], what: str) -> str:
    """Return a sentence on what runtimes do. `what` is a predicate that starts with a verb in the singular."""
    subjects = tuple(dict.fromkeys(runtimes))
    return f"{join_titles(subjects)} {agree(what, several=len(subjects) > 1)}"


class Context(NamedTuple):
    """The input of a rule.

    `world` answers questions about the surroundings of the document. `unused_suppressions` are the ignore comments
    that suppress nothing, and `rule_codes` the codes of all rules; both are known after the other rules have run.
    """

    document: Document
    config: Config
    world: "World"
    unused_suppressions: tuple[Suppression, ...] = ()
    rule_codes: tuple[str, ...] = ()

    @property
    def project_index(self) -> "Index | None":
        """Return the index of the project; `None` if the file is checked without its project."""
        return self.world.project_index

    @property
    def names(self) -> "Names | None":
        """Return the names in this file; `None` if the file is checked without its project."""
        return self.project_index.get(self.document.path) if self.project_index is not None else None

    @property
    def text(self) -> str:
        """Return the text of the file."""
        return self.document.text

    @property
    def dialect(self) -> Dialect:
        """Return the dialect of the file, with what the configuration adds to it."""
        return self.document.dialect

    @property
    def reading(self) -> Reading:
        """Return the reading of the first primary reader, the owner of the folder."""
        return self.document.reading

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Return the readings of all primary readers."""
        return self.document.readings

    @property
    def runtime_titles(self) -> str:
        """Return the titles of the primary readers that read the file by its dialect, so that the facts of the
        dialect apply to them, as a part of a sentence."""
        return join_titles(self.runtimes_of_dialect)

    @property
    def runtimes_of_dialect(self) -> tuple[Runtime, ...]:
        """Return the primary readers that read the file by its dialect."""
        return tuple(r.runtime for r in self.readings if r.dialect.name == self.dialect.name)

    def effects(self, consequence: Consequence, source: str | None = None) -> tuple[Effect, ...]:
        """Return the same consequence for all primary readers that read the file by its dialect. `source` is the
        source of the fact that it is based on."""
        is_hearsay = source is not None and self.dialect.source(source).confidence == "third-party"
        return tuple(Effect(runtime.name, consequence, is_hearsay) for runtime in self.runtimes_of_dialect)

    def describe_effect(self, what: str) -> str:
        """Return a sentence on what the primary readers do. `what` is a predicate that starts with a verb in the
        singular."""
        return describe_effect(self.runtimes_of_dialect, what)

    @property
    def in_plugin(self) -> bool:
        """Whether the file belongs to a plugin."""
        return bool(self.document.identity.plugin)

    @property
    def has_prompt(self) -> bool:
        """Whether the owner of the folder reads the body as the prompt."""
        return self.reading.closing is not None or self.reading.status == "clean"

    @property
    def is_chosen_by_people(self) -> bool:
        """Whether the user selects the agent, so that no model has to choose it by its description."""
        return "primary" in (self.reading.string("mode"), self.document.identity.fixed_values.get("mode"))

    def make_fix(self, title: str, *edits: Edit, safe: bool = False) -> tuple[Fix, ...]:
        """Return the fix with these edits, if there are any. `judge_fixes` tries it out when somebody asks for it."""
        return (Fix(title, edits, safe),) if edits else ()

    def entry(self, key: str) -> Entry | None:
        """Return the entry that is used for `key`, if its value could be parsed."""
        entry = self.document.entry(key)
        return None if entry is None or entry.unparsed else entry


class Rule(NamedTuple):
    """A registered rule: its code, the usual consequence of what it finds, and its function.

    The function is called only for documents that have one of its `subjects` (all documents if it has none; see
    `agentls.linter.subjects`) and whose text contains `contains`.
    """

    code: str
    consequence: Consequence
    function: Callable[[Context], Iterable[Finding]]
    tags: tuple[Tag, ...] = ()
    subjects: tuple[str, ...] = ()
    contains: str = ""

    @property
    def severity(self) -> Severity:
        """Return the usual severity of its findings."""
        return severity_of(self.consequence)

    @property
    def group(self) -> str:
        """Return the group that it belongs to: the name of its module, with spaces."""
        return self.function.__module__.rpartition(".")[2].replace("_", " ")

    @property
    def summary(self) -> str:
        """Return the first line of its page, without the full stop."""
        return self.page.partition("\n")[0].rstrip(".")

    @property
    def page(self) -> str:
        """Return its page in Markdown."""
        from textwrap import dedent  # Only the output of pages needs it.

        # `inspect.cleandoc` would turn the tabs of an example into spaces.
        first, _, rest = (self.function.__doc__ or "").partition("\n")
        return f"{first}\n{dedent(rest)}".strip()


RULES: dict[str, Rule] = {}
"""The rules that are loaded, by their codes; `agentls.linter.rules` loads them."""


def rule(
    consequence: Literal["not loaded", "no tools", "text lost", "ignored", "harmful", "advice", "suggestion"],
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
