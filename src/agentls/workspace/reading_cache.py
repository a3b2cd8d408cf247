"""A cache of what was read from files, for several threads."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, update_wrapper
from typing import Generic, TypeVar

T = TypeVar("T")


class ReadingCache(Generic[T]):
    """A function that reads files for a folder, with a cache of its results.

    `cache_clear` replaces the cache, so that a thread that reads an old file meanwhile does not fill the new one.
    """

    def __init__(self, function: Callable[[str], T], maxsize: int) -> None:
        self._function = function
        self._maxsize = maxsize
        self.cache_clear()
        update_wrapper(self, function)

    def __call__(self, folder: str) -> T:
        """Return what the function returns for `folder`, or what it returned before."""
        return self._cached(folder)

    def cache_clear(self) -> None:
        """Forget all results."""
        self._cached = lru_cache(self._maxsize)(self._function)


def reading_cache(maxsize: int) -> Callable[[Callable[[str], T]], ReadingCache[T]]:
    """Return the decorator of a function that reads files for a folder."""
    return lambda function: ReadingCache(function, maxsize)
