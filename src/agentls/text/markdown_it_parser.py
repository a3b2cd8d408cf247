"""Find the parts of a Markdown text with markdown-it, where pulldown-cmark has no build, with the same results.

markdown-it tells the lines of a block, and nothing about positions in a line. So its rules are wrapped here: each notes
on the token that it makes where that token is.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, code, fence, heading, lheading, paragraph, reference
from markdown_it.rules_inline import StateInline, emphasis, image, link
from markdown_it.token import Token

from agentls.text.markdown_parts import CodeBlock, Heading, Link, Markdown, code_block, inline_link
from agentls.text.named_tuples import NamedTuple
from agentls.text.offsets import Span

BlockRule = Callable[[StateBlock, int, int, bool], bool]
InlineRule = Callable[[StateInline, bool], bool]


def find_parts(source: str, text: str, start: int) -> Markdown:
    """The headings, code blocks and links of `source`, which is `text` from the offset `start` on, possibly with other
    characters in their place. Spans are relative to the start of `text`."""
    # Otherwise the parser ends a code block before a last line of spaces.
    tokens = _parser().parse(f"{source}\n")
    returns = [found.start() - at for at, found in enumerate(re.finditer("\r\n", source))]
    place = _Place(start, start + len(source), returns)
    headings: list[Heading] = []
    blocks: list[CodeBlock] = []
    links: list[Link] = []
    for at, token in enumerate(tokens):
        if token.type in ("fence", "code_block"):
            span = place.span(*token.meta["span"])
            blocks.append(code_block(span, text, fenced=token.type == "fence"))
        elif token.type == "inline":
            opening = tokens[at - 1]
            children = token.children or []
            inline = _Inline(token.content, opening.meta["lines"], place)
            links += _links(children, inline, text, 0)
            if opening.type == "heading_open":
                span = place.span(*opening.meta["span"])
                span = Span(span.start, span.start + len(span.text_in(text).rstrip()))
                headings.append(Heading(int(opening.tag[1]), _words(children).strip(), span))
            elif opening.level == 0 and opening.meta["span"][0] == opening.meta["lines"][0]:
                bold = _bold_heading(children, inline)
                headings += [bold] if bold else []
    return Markdown(tuple(headings), tuple(blocks), tuple(links), ())


class _Place(NamedTuple):
    """Where the text of the parser, whose lines end in LF, is in the text of the user: between `start` and `end`.
    `carriage_returns` are the offsets in the former where a CR is missing."""

    start: int
    end: int
    carriage_returns: Sequence[int]

    def offset(self, offset: int) -> int:
        return min(self.start + offset + bisect_left(self.carriage_returns, offset), self.end)

    def span(self, start: int, end: int) -> Span:
        return Span(self.offset(start), self.offset(end))


class _Inline:
    """The content of a paragraph or a heading. The parser removes what comes before each line: `lines` has where the
    first character of each line is, apart from whitespace."""

    def __init__(self, content: str, lines: Sequence[int], place: _Place) -> None:
        self._place = place
        self._starts = [0, *(found.end() for found in re.finditer("\n", content))]
        self._indents = [_indent(content, start) for start in self._starts]
        self._lines = lines

    def span(self, start: int, end: int) -> Span:
        """The span in the text of the user, from a span in the content."""
        return Span(self._offset(start), self._offset(end))

    def _offset(self, offset: int) -> int:
        at = bisect_left(self._starts, offset + 1) - 1
        return self._place.offset(self._lines[at] + offset - self._indents[at])


def _indent(content: str, start: int) -> int:
    """The offset in `content` of the first character from `start` on that is no space."""
    while content.startswith((" ", "\t"), start):
        start += 1
    return start


def _links(tokens: Sequence[Token], inline: _Inline, text: str, base: int) -> Iterator[Link]:
    """The inline links and images among the tokens, whose positions are relative to `base`."""
    for token in tokens:
        where = token.meta.get("span")
        if where:
            span = inline.span(base + where[0], base + where[1])
            destination = str(token.attrs.get("href") or token.attrs.get("src") or "")
            if destination:
                yield inline_link(span, text, destination)
        if token.type == "image":
            yield from _links(token.children or [], inline, text, base + token.meta["label"])


def _words(tokens: Sequence[Token]) -> str:
    """The plain text of tokens."""
    return "".join(_word(token) for token in tokens)


def _word(token: Token) -> str:
    if token.type == "image":
        return _words(token.children or [])
    return " " if token.type in _BREAKS else token.content


_BREAKS = frozenset(("softbreak", "hardbreak"))
_TEXT = frozenset(("text", "text_special"))


def _bold_heading(tokens: Sequence[Token], inline: _Inline) -> Heading | None:
    """The first line of a paragraph as a heading, if all of it is bold."""
    tokens = [token for token in tokens if token.type != "text" or token.content]
    if not tokens or tokens[0].type != "strong_open":
        return None
    end = next(at for at, token in enumerate(tokens) if token.type == "strong_close")
    for token in tokens[end + 1 :]:
        if token.type in _BREAKS:
            break
        if token.type not in _TEXT or token.content.strip() not in ("", ":"):
            return None
    return Heading(0, _words(tokens[1:end]).strip(), inline.span(0, tokens[end].meta["at"] + 2))


@cache
def _parser() -> MarkdownIt:
    """The parser with rules that note positions. It takes over the destinations of links as they are."""
    parser = MarkdownIt("commonmark", {"maxNesting": 100})
    for name, (block_rule, interrupted) in _BLOCK_RULES.items():
        parser.block.ruler.at(name, block_rule, {"alt": interrupted})
    parser.inline.ruler.at("link", _noting_link(link))
    parser.inline.ruler.at("image", _noting_link(image))
    parser.inline.ruler.at("emphasis", _emphasis)
    parser.core.ruler.disable("text_join")
    parser.normalizeLink = lambda url: url  # type: ignore[method-assign]
    parser.normalizeLinkText = lambda link: link  # type: ignore[method-assign]
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005
    return parser


def _noting_position(
    rule: BlockRule, position: Callable[[StateBlock, int, Token], dict[str, Any]]
) -> BlockRule:
    """The rule, which also notes the `position` of the block that starts in a line."""

    def noting(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
        at = len(state.tokens)
        if not rule(state, start_line, end_line, silent):
            return False
        if not silent:
            state.tokens[at].meta.update(position(state, start_line, state.tokens[at]))
        return True

    return noting


def _first(state: StateBlock, line: int) -> int:
    """The offset of the first character of a line after the marks of its containers and spaces."""
    return state.bMarks[line] + state.tShift[line]


def _next_line(state: StateBlock) -> int:
    """The offset of the line after the block that was found."""
    return min(state.eMarks[state.line - 1] + 1, len(state.src))


def _content_start(state: StateBlock, start: int) -> int:
    """The offset where the content of the last block starts. The parser removes any whitespace before it."""
    return state.src.index(state.tokens[-2].content[:1], start)


def _fence_position(state: StateBlock, start_line: int, token: Token) -> dict[str, Any]:
    last = state.line - 1
    marks = state.src[_first(state, last) : state.eMarks[last]].rstrip(" \t")
    is_closed = (
        last > start_line
        and not state.is_code_block(last)
        and marks.startswith(token.markup)
        and not marks.strip(token.markup[0])
    )
    return {"span": (_first(state, start_line), state.eMarks[last] if is_closed else _next_line(state))}


def _code_position(state: StateBlock, start_line: int, token: Token) -> dict[str, Any]:
    content, end = token.content.partition("\n")[0], state.eMarks[start_line]
    start = max(end - len(content), state.bMarks[start_line])
    while not content.endswith(state.src[start:end]):
        start += 1  # The content starts with the rest of a tab, as spaces.
    return {"span": (start, _next_line(state))}


def _heading_position(state: StateBlock, start_line: int, token: Token) -> dict[str, Any]:
    start, end = _first(state, start_line), state.eMarks[start_line]
    return {"span": (start, end), "lines": [_content_start(state, start + len(token.markup))]}


def _paragraph_position(state: StateBlock, start_line: int, _: Token) -> dict[str, Any]:
    lines = [_first(state, line) for line in range(start_line, state.line)]
    start = _content_start(state, lines[0])
    return {
        "span": (lines[0], state.eMarks[state.line - 1]),
        "lines": [start, *(line for line in lines if line > start)],
    }


def _reference(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """The rule for definitions of references, which also notes where the last one ends."""
    found = reference(state, start_line, end_line, silent)
    if found:
        state.env["reference_end"] = state.line
    return found


def _code(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """The rule for indented code. A line after the definition of a reference is none: it is in the same paragraph."""
    return state.env.get("reference_end") != start_line and code(state, start_line, end_line, silent)


_BLOCK_RULES = {
    "fence": (_noting_position(fence, _fence_position), ["paragraph", "reference", "blockquote", "list"]),
    "code": (_noting_position(_code, _code_position), []),
    "reference": (_reference, []),
    "heading": (_noting_position(heading, _heading_position), ["paragraph", "reference", "blockquote"]),
    "lheading": (_noting_position(lheading, _paragraph_position), []),
    "paragraph": (_noting_position(paragraph, _paragraph_position), []),
}
"""The rules by name, each with the rules that it interrupts, as in the parser itself."""


def _noting_link(rule: InlineRule) -> InlineRule:
    """The rule for links or images, which also notes where an inline link and where its label is."""

    def noting(state: StateInline, silent: bool) -> bool:
        start, at = state.pos, len(state.tokens) + bool(state.pending)
        if not rule(state, silent):
            return False
        if not silent:
            meta = state.tokens[at].meta
            meta["label"] = start + len("![")
            if state.src[state.pos - 1] == ")":  # Links by reference end in a bracket.
                meta["span"] = (start, state.pos)
        return True

    return noting


def _emphasis(state: StateInline, silent: bool) -> bool:
    """The rule for emphasis, which also notes where its marks are."""
    start, at = state.pos, len(state.tokens) + bool(state.pending)
    if not emphasis.tokenize(state, silent):
        return False
    for token in state.tokens[at:]:
        token.meta["at"] = start
        start += 1
    return True
