"""The index of a project: which names it has, and which of them comes nearest to a misspelt one."""

from __future__ import annotations

from agentls.project.index import Index
from agentls.project.names import Definition, NameKind, Names, Reference
from agentls.text.offsets import Span


def defining(path: str, *names: tuple[NameKind, str], references: tuple[Reference, ...] = ()) -> Names:
    """The names of a file that defines these."""
    definitions = tuple(
        Definition(kind, name, "", path, Span(0, 0), "", "/p", "claude-code", ("claude-code",))
        for kind, name in names
    )
    return Names(path, "/p", "", ("claude-code",), definitions, references)


def test_the_nearest_name_follows_every_change() -> None:
    index = Index()
    index.update(defining("/p/a.md", ("agent", "ux-designer")))
    assert index.suggest_name("agent", "ui-designer") == "ux-designer"
    assert index.suggest_name("agent", "librarian") is None
    index.update(defining("/p/b.md", ("agent", "ui_designer")))
    assert index.suggest_name("agent", "ui-designer") == "ui_designer"
    index.update(defining("/p/b.md", ("agent", "painter")))
    assert index.suggest_name("agent", "ui-designer") == "ux-designer"
    index.remove("/p/a.md")
    assert index.suggest_name("agent", "ui-designer") is None


def test_the_nearest_name_is_of_the_kind_that_is_asked_for() -> None:
    index = Index()
    index.update(defining("/p/a.md", ("agent", "reviewer")))
    index.update(defining("/p/b.md", ("command", "release")))
    assert index.suggest_name("skill", "reviwer") is None
    assert index.suggest_name("skill", "relese") == "release"
    assert index.suggest_name("any", "reviwer") == "reviewer"


def test_definitions_are_counted_by_kind() -> None:
    index = Index()
    index.update(defining("/p/a.md", ("agent", "one"), ("server", "tracker")))
    index.update(defining("/p/b.md", ("agent", "two")))
    assert (index.count("agent"), index.count("server"), index.count("skill")) == (2, 1, 0)
    index.update(defining("/p/a.md", ("agent", "one")))
    index.remove("/p/b.md")
    assert (index.count("agent"), index.count("server")) == (1, 0)


def test_references_that_only_move_matter_to_nobody_else() -> None:
    index = Index()
    here = Reference("agent", "reviewer", "", Span(5, 13), "call")
    assert index.update(Names("/p/a.md", "/p", "", (), references=(here,)))
    moved = here._replace(span=Span(6, 14))
    assert not index.update(Names("/p/a.md", "/p", "", (), references=(moved,)))
    assert [reference.span for _, reference in index.find_by_name("reviewer")] == [Span(6, 14)]
    assert index.update(Names("/p/a.md", "/p", "", (), references=(moved._replace(form="key"),)))
