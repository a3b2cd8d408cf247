"""Writing YAML: one value as a quoted or a block scalar, always to be read back as it was."""

from __future__ import annotations

import re

_WIDTH = 100


def quoted(text: str) -> str:
    """`text`, which has no line breaks, as a quoted scalar in the style that needs fewer escapes."""
    if "'" in text and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def folded(text: str, newline: str, indent: str = "  ") -> str:
    """`text`, which has no line breaks, as a folded block scalar of lines of about 100 characters.

    Lines break at single spaces only, so that folding brings back every character.
    """
    lines = [""]
    for piece in re.split(r"(?<=\S) (?=\S)", text.strip(" ")):
        if lines[-1] and len(lines[-1]) + len(piece) >= _WIDTH:
            lines.append(piece)
        else:
            lines[-1] += (" " if lines[-1] else "") + piece
    return newline.join([">-", *(indent + line for line in lines)])


def literal(text: str, newline: str, indent: str = "  ") -> str:
    """`text`, which may have several lines, as a literal block scalar without a last line break."""
    lines = text.replace("\r\n", "\n").split("\n")
    return newline.join(["|-", *(indent + line.rstrip() if line.strip() else "" for line in lines)])
