"""How a prompt refers to agents, skills and servers: the signs, as data."""

from __future__ import annotations

from functools import cache
from typing import Literal

from agentls.dialects.records import Source
from agentls.dialects.rows import build_record
from agentls.dialects.tables import load_table
from agentls.text.named_tuples import NamedTuple


class PromptForm(NamedTuple):
    """A form of reference: the sign that every such reference contains, and the kind of name that it refers to.

    `argument` is a key that may precede the name in a call.
    """

    form: Literal["prefix", "label", "argument", "call"]
    sign: str
    refers_to: Literal["agent", "skill", "server"]
    source: Source
    argument: str = ""


@cache
def prompt_forms() -> tuple[PromptForm, ...]:
    """Return the forms in the order in which they are tried."""
    forms: tuple[PromptForm, ...] = build_record(
        tuple[PromptForm, ...], load_table("prompt-forms"), "prompt-forms"
    )
    return forms
