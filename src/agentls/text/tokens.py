"""Estimate the number of tokens of a text, without a tokenizer.

A token of English prose has about four characters, one of Greek or Cyrillic about two, and each Chinese character
is about one. A third of a token for each UTF-8 byte outside ASCII approximates all of them. The real number
depends on the model, so messages call it an estimate.
"""

from __future__ import annotations

from math import ceil


def estimate_tokens(text: str) -> int:
    """The estimated number of tokens of `text`: 0 if it is empty, else at least 1."""
    if text.isascii():
        return ceil(len(text) / 4)
    ascii_only = len(text.encode("ascii", "ignore"))
    others = len(text.encode("utf-8", "surrogatepass")) - ascii_only
    return ceil(ascii_only / 4 + others / 3)
