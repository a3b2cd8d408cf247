"""Secrets in a text: which are found, what is shown of them, and how long the search takes."""

from __future__ import annotations

import random
import string
import time

import pytest

from agentls.dialects.secret_formats import SecretFormat, secret_formats
from agentls.document.secrets import find_secrets, hide_secrets

ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"


def made_secret(kind: str, seed: int = 0) -> str:
    """A random text in the format of a secret. No fixture of this project is a secret that was ever valid."""
    some = random.Random(f"{kind} {seed}")

    def text(length: int, alphabet: str = ALNUM) -> str:
        return "".join(some.choices(alphabet, k=length))

    return {
        "GitHub token": lambda: f"ghp_{text(36)}",
        "fine-grained GitHub token": lambda: f"github_pat_{text(22)}_{text(59)}",
        "GitLab token": lambda: f"glpat-{text(20)}",
        "AWS access key": lambda: f"AKIA{text(16, string.ascii_uppercase + '234567')}",
        "Anthropic API key": lambda: f"sk-ant-api03-{text(93, ALNUM + '-_')}AA",
        "OpenAI API key": lambda: f"sk-proj-{text(74)}T3BlbkFJ{text(74)}",
        "OpenRouter API key": lambda: f"sk-or-v1-{text(64, HEX)}",
        "Groq API key": lambda: f"gsk_{text(52)}",
        "Perplexity API key": lambda: f"pplx-{text(48)}",
        "Hugging Face token": lambda: f"hf_{text(34, string.ascii_letters)}",
        "Google API key": lambda: f"AIza{text(35, ALNUM + '-_')}",
        "Slack token": lambda: f"xoxb-{text(12, string.digits)}-{text(12, string.digits)}-{text(24)}",
        "Slack app token": lambda: (
            f"xapp-1-A{text(10, ALNUM).upper()}-{text(13, string.digits)}-{text(64, HEX)}"
        ),
        "Stripe secret key": lambda: f"sk_live_{text(24)}",
        "SendGrid API key": lambda: f"SG.{text(22)}.{text(43)}",
        "npm token": lambda: f"npm_{text(36)}",
        "PyPI token": lambda: f"pypi-AgEIcHlwaS5vcmc{text(120, ALNUM + '-_')}",
        "RubyGems API key": lambda: f"rubygems_{text(48, HEX)}",
        "DigitalOcean token": lambda: f"dop_v1_{text(64, HEX)}",
        "Shopify token": lambda: f"shpat_{text(32, HEX)}",
        "Linear API key": lambda: f"lin_api_{text(40)}",
        "Notion token": lambda: f"ntn_{text(11, string.digits)}{text(35)}",
        "Postman API key": lambda: f"PMAK-{text(24, HEX)}-{text(34, HEX)}",
        "Grafana token": lambda: f"glsa_{text(32)}_{text(8, HEX)}",
        "Atlassian token": lambda: f"ATATT3{text(186, ALNUM + '-_')}",
        "Sentry token": lambda: f"sntryu_{text(64, HEX)}",
        "Pulumi token": lambda: f"pul-{text(40, HEX)}",
        "private key": lambda: f"PRIVATE KEY-----\n{text(64)}\n{text(64)}\n{text(20)}==",
    }[kind]()


KINDS = (
    *dict.fromkeys(row.kind for row in secret_formats()),
    "fine-grained GitHub token",
    "Slack app token",
)


def secrets_of(kind: str, count: int = 40) -> list[str]:
    """Some random secrets of a kind. A few look like placeholders by chance, and are left out."""
    made = [made_secret(kind, seed) for seed in range(count)]
    found = [each for each in made if find_secrets(each)]
    assert len(found) >= count * 0.9, kind
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_a_secret_is_found_as_a_whole(kind: str) -> None:
    for secret in secrets_of(kind):
        for text in (f"Use `{secret}`.", f"TOKEN={secret}\n", f'{{"key": "{secret}"}}', f"?key={secret}&a=b"):
            (found,) = find_secrets(text)
            assert found.span.text_in(text) == secret
            assert found.kind in kind or kind.endswith(found.kind) or found.kind == "Slack token"


@pytest.mark.parametrize("kind", KINDS)
def test_four_characters_of_a_secret_are_shown(kind: str) -> None:
    for secret in secrets_of(kind):
        text = f"Use {secret}; and\n{secret}."
        assert hide_secrets(text) == f"Use {secret[:4]}...; and\n{secret[:4]}...."
        masked = hide_secrets(text, keep_length=True)
        assert [len(line) for line in masked.split("\n")] == [len(line) for line in text.split("\n")]
        assert secret not in masked
        assert masked.startswith(f"Use {secret[:4]}")


@pytest.mark.parametrize(
    "text",
    [
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "ghp_0123456789abcdefghijklmnopqrstuvwxyz",
        "ghp_${TOKEN}",
        "ghp_<token>",
        "sk-ant-api03-your-key-here-your-key-here-your-key-here-your-key",
        "sk_live_...",
        "AIzaSyA1B2C3D4E5F6G7H8I9J0K1L2M3N4O5P6Q",
        "shpat_00000000000000000000000000000000",
        "hf_" + "abcabcabcabcabcabcabcabcabcabcabcab",
        "npm_config_userconfig npm_lifecycle_event",
        "task-or-v1-something AKIA ghp_ -----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        "base64AKIAQ7XVZ2MRWK5TBN3J",
    ],
)
def test_placeholders_are_no_secrets(text: str) -> None:
    assert find_secrets(text) == ()
    assert hide_secrets(text) == text


@pytest.mark.parametrize("row", secret_formats(), ids=lambda row: "-".join(row.starts))
def test_the_search_takes_linear_time(row: SecretFormat) -> None:
    (start, *_) = row.starts
    for text in (
        start * 300_000,
        start + "A2" * 500_000,
        f"{start}{'a1b2-' * 8} " * 20_000,
        f" {start}-----\n" * 50_000,
    ):
        began = time.process_time()
        find_secrets(text[:1_000_000])
        assert time.process_time() - began < 1, (start, text[:60])
