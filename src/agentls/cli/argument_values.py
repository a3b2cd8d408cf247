"""The values of options: each function parses one kind, or raises the error that argparse shows."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable

from agentls.config import SEVERITIES


def rule_codes(value: str) -> list[str]:
    """Return the codes of rules in a comma-separated list."""
    from agentls.linter.rules import all_rules

    codes = [code.strip() for code in value.split(",") if code.strip()]
    known = all_rules()
    for code in codes:
        if code not in known:
            raise argparse.ArgumentTypeError(f"unknown rule '{code}'{_did_you_mean(code, known)}")
    return codes


def dialect_name(value: str) -> str:
    """Return the name of a dialect."""
    from agentls.dialects.loader import DIALECT_NAMES

    if value not in DIALECT_NAMES:
        known = ", ".join(DIALECT_NAMES)
        raise argparse.ArgumentTypeError(
            f"unknown dialect '{value}'{_did_you_mean(value, DIALECT_NAMES)} (known: {known})"
        )
    return value


def existing_file(value: str) -> str:
    """Return the path of a file that exists."""
    if not os.path.isfile(value):
        raise argparse.ArgumentTypeError(f"file '{value}' not found")
    return value


def severity_threshold(value: str) -> int:
    """Return the number of a severity; "never" is below the number of each."""
    if value == "never":
        return 0
    if value not in SEVERITIES:
        raise argparse.ArgumentTypeError(
            f"invalid severity '{value}' (expected one of {', '.join(SEVERITIES)}, never)"
        )
    return SEVERITIES.index(value) + 1


def count(value: str) -> int:
    """Return a non-negative integer."""
    if not value.isdecimal():
        raise argparse.ArgumentTypeError(f"'{value}' must be a non-negative integer")
    return int(value)


def address(value: str) -> tuple[str, int]:
    """Return a host and a port."""
    host, _, port = value.rpartition(":")
    if not host or not port.isdecimal() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"'{value}' must be HOST:PORT, as in 127.0.0.1:2087")
    return host.strip("[]"), int(port)


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    from agentls.text.spelling import closest_match

    found = closest_match(word, known)
    return f"; did you mean '{found}'?" if found else ""
