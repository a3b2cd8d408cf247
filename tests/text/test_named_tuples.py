"""The named tuples of agentls behave as those of `typing`."""

from __future__ import annotations

import copy
import pickle
import typing
from typing import Any

import pytest

from agentls.text import named_tuples


class Ours(named_tuples.NamedTuple):
    """A place."""

    folder: str
    files: tuple[str, ...] = ("*.md",)
    depth: int = 0

    @property
    def pattern(self) -> str:
        return f"{self.folder}/{self.files[0]}"


class Theirs(typing.NamedTuple):
    """A place."""

    folder: str
    files: tuple[str, ...] = ("*.md",)
    depth: int = 0

    @property
    def pattern(self) -> str:
        return f"{self.folder}/{self.files[0]}"


class Empty(named_tuples.NamedTuple):
    """No fields."""


class Documented(Ours):
    """A class with attributes of its own, as `Document` is."""


MADE: list[typing.Callable[[Any], Any]] = [
    lambda kind: kind("agents"),
    lambda kind: kind("agents", depth=2),
    lambda kind: kind(depth=1, files=("b",), folder="a"),
    lambda kind: kind("agents")._replace(depth=5),
    lambda kind: kind._make(("a", ("b",), 3)),
    lambda kind: copy.deepcopy(kind("agents", ("x",))),
    lambda kind: pickle.loads(pickle.dumps(kind("agents"))),
]


@pytest.mark.parametrize("make", MADE)
def test_a_named_tuple_is_made_as_by_typing(make: typing.Callable[[Any], Any]) -> None:
    ours, theirs = make(Ours), make(Theirs)
    assert isinstance(ours, Ours)
    assert ours == theirs
    assert hash(ours) == hash(theirs)
    assert repr(ours) == repr(theirs).replace("Theirs", "Ours")
    assert ours._asdict() == theirs._asdict()
    assert (ours.folder, ours.files, ours.depth, ours.pattern) == (*theirs, theirs.pattern)
    assert not hasattr(ours, "__dict__")


@pytest.mark.parametrize("kind", [Ours, Theirs])
@pytest.mark.parametrize(
    ("positional", "named"), [((), {}), (("a", (), 0, 1), {}), (("a",), {"folder": "b"}), (("a",), {"x": 1})]
)
def test_wrong_arguments_are_refused(kind: Any, positional: tuple[Any, ...], named: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        kind(*positional, **named)


@pytest.mark.parametrize("kind", [Ours, Theirs])
def test_unknown_fields_are_not_replaced(kind: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        kind("a")._replace(colour="red")


def test_the_class_has_what_typing_gives_it() -> None:
    for name in ("_fields", "_field_defaults", "__match_args__", "__slots__", "__doc__"):
        assert getattr(Ours, name) == getattr(Theirs, name)
    assert typing.get_type_hints(Ours) == typing.get_type_hints(Theirs)
    assert Empty() == ()


def test_a_named_tuple_can_be_extended() -> None:
    extended = Documented("agents")
    extended.note = "seen"  # type: ignore[attr-defined]
    assert isinstance(extended._replace(depth=1), Documented)
    assert extended == Ours("agents")
