"""How many tokens a text costs, as an estimate: no tokenizer, no network.

A tokenizer cuts English prose into pieces of about four characters. Other scripts take more: about
two characters of Greek or Cyrillic make a token, and each Chinese character is one. Counting
a third of a token for each UTF-8 byte outside ASCII comes near to all of them. Real counts
differ from model to model, so what is shown to people is called an estimate.
"""

from __future__ import annotations

from math import ceil


def estimate_tokens(text: str) -> int:
    """About how many tokens `text` takes; 0 for an empty one, else at least 1."""
    if text.isascii():
        return ceil(len(text) / 4)
    ascii_only = len(text.encode("ascii", "ignore"))
    others = len(text.encode("utf-8", "surrogatepass")) - ascii_only
    return ceil(ascii_only / 4 + others / 3)
