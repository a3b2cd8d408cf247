"""The estimated number of tokens in several scripts."""

from __future__ import annotations

import pytest

from agentls.text.tokens import estimate_tokens


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("", 0, 0),
        ("a", 1, 1),
        ("Reviews code. Use it after every change.", 8, 12),
        ("Проверяет код после каждого изменения.", 12, 26),
        ("変更のたびにコードをレビューします。", 12, 24),
        ("\ud800", 1, 1),
    ],
)
def test_estimate(text: str, least: int, most: int) -> None:
    assert least <= estimate_tokens(text) <= most
