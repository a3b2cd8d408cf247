"""The formats of secrets that can be told by their shape, such as `ghp_` and 36 letters and digits."""

from __future__ import annotations

from functools import cache

from agentls.dialects.records import Source
from agentls.dialects.rows import build_record
from agentls.dialects.tables import load_table
from agentls.text.named_tuples import NamedTuple


class SecretFormat(NamedTuple):
    """A kind of secret, as a noun: the characters that one starts with, and the regular expression of the rest."""

    kind: str
    starts: tuple[str, ...]
    rest: str
    source: Source


@cache
def secret_formats() -> tuple[SecretFormat, ...]:
    """Return the formats in the order of the table."""
    formats: tuple[SecretFormat, ...] = build_record(
        tuple[SecretFormat, ...], load_table("secret-formats"), "secret-formats"
    )
    return formats
