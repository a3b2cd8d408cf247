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
    index.put(defining("/p/a.md", ("agent", "ux-designer")))
    assert index.spelt_like("agent", "ui-designer") == "ux-designer"
    assert index.spelt_like("agent", "librarian") is None
    index.put(defining("/p/b.md", ("agent", "ui_designer")))
    assert index.spelt_like("agent", "ui-designer") == "ui_designer"
    index.put(defining("/p/b.md", ("agent", "painter")))
    assert index.spelt_like("agent", "ui-designer") == "ux-designer"
    index.drop("/p/a.md")
    assert index.spelt_like("agent", "ui-designer") is None


def test_the_nearest_name_is_of_the_kind_that_is_asked_for() -> None:
    index = Index()
    index.put(defining("/p/a.md", ("agent", "reviewer")))
    index.put(defining("/p/b.md", ("command", "release")))
    assert index.spelt_like("skill", "reviwer") is None
    assert index.spelt_like("skill", "relese") == "release"
    assert index.spelt_like("any", "reviwer") == "reviewer"


def test_definitions_are_counted_by_kind() -> None:
    index = Index()
    index.put(defining("/p/a.md", ("agent", "one"), ("server", "tracker")))
    index.put(defining("/p/b.md", ("agent", "two")))
    assert (index.count("agent"), index.count("server"), index.count("skill")) == (2, 1, 0)
    index.put(defining("/p/a.md", ("agent", "one")))
    index.drop("/p/b.md")
    assert (index.count("agent"), index.count("server")) == (1, 0)


def test_references_that_only_move_matter_to_nobody_else() -> None:
    index = Index()
    here = Reference("agent", "reviewer", "", Span(5, 13), "call")
    assert index.put(Names("/p/a.md", "/p", "", (), references=(here,)))
    moved = here._replace(span=Span(6, 14))
    assert not index.put(Names("/p/a.md", "/p", "", (), references=(moved,)))
    assert [reference.span for _, reference in index.uses("reviewer")] == [Span(6, 14)]
    assert index.put(Names("/p/a.md", "/p", "", (), references=(moved._replace(form="key"),)))
