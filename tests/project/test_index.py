"""The index of a project: look-ups by name, and suggestions for misspelt names."""

from __future__ import annotations

import time

from agentls.project.index import Index
from agentls.project.names import Definition, NameKind, Names, Reference
from agentls.text.offsets import Span


def names_of(path: str, *names: tuple[NameKind, str], references: tuple[Reference, ...] = ()) -> Names:
    """The names of a file with these definitions."""
    definitions = tuple(
        Definition(kind, name, "", path, Span(0, 0), "", "/p", "claude-code", ("claude-code",))
        for kind, name in names
    )
    return Names(path, "/p", "", ("claude-code",), definitions, references)


def test_suggestions_follow_every_change() -> None:
    index = Index()
    index.update(names_of("/p/a.md", ("agent", "ux-designer")))
    assert index.suggest_name("agent", "ui-designer") == "ux-designer"
    assert index.suggest_name("agent", "librarian") is None
    index.update(names_of("/p/b.md", ("agent", "ui_designer")))
    assert index.suggest_name("agent", "ui-designer") == "ui_designer"
    index.update(names_of("/p/b.md", ("agent", "painter")))
    assert index.suggest_name("agent", "ui-designer") == "ux-designer"
    index.remove("/p/a.md")
    assert index.suggest_name("agent", "ui-designer") is None


def test_suggestions_have_the_requested_kind() -> None:
    index = Index()
    index.update(names_of("/p/a.md", ("agent", "reviewer")))
    index.update(names_of("/p/b.md", ("command", "release")))
    assert index.suggest_name("skill", "reviwer") is None
    assert index.suggest_name("skill", "relese") == "release"
    assert index.suggest_name("any", "reviwer") == "reviewer"


def test_definitions_are_counted_by_kind() -> None:
    index = Index()
    index.update(names_of("/p/a.md", ("agent", "one"), ("server", "tracker")))
    index.update(names_of("/p/b.md", ("agent", "two")))
    assert (index.count("agent"), index.count("server"), index.count("skill")) == (2, 1, 0)
    index.update(names_of("/p/a.md", ("agent", "one")))
    index.remove("/p/b.md")
    assert (index.count("agent"), index.count("server")) == (1, 0)


def test_moved_references_do_not_affect_other_files() -> None:
    index = Index()
    here = Reference("agent", "reviewer", "", Span(5, 13), "call")
    assert index.update(Names("/p/a.md", "/p", "", (), references=(here,)))
    moved = here._replace(span=Span(6, 14))
    assert not index.update(Names("/p/a.md", "/p", "", (), references=(moved,)))
    assert [reference.span for _, reference in index.find_by_name("reviewer")] == [Span(6, 14)]
    assert index.update(Names("/p/a.md", "/p", "", (), references=(moved._replace(form="key"),)))


def test_many_mentions_of_one_name_in_a_file() -> None:
    """Each mention costs the same. If it cost as much as all before it, this would take a minute."""
    mentions = tuple(Reference("agent", "critic", "", Span(n, n + 1), "code") for n in range(60_000))
    index = Index()
    start = time.process_time()
    index.update(names_of("/p/a.md", ("agent", "lead"), references=mentions))
    assert sum(1 for _ in index.find_by_name("critic")) == len(mentions)
    assert index.remove("/p/a.md")
    assert time.process_time() - start < 5
    assert not list(index.find_by_name("critic"))
