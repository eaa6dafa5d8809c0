"""Style sheets for replay: the tokens of CSS Syntax 3, with every address led to the archive."""

from __future__ import annotations

import re
from collections.abc import Iterator

from web.replay_url import Replayed

LARGEST_STYLE = 2 << 20  # characters of one style sheet that are rewritten

_ESCAPE = r"\\(?:[0-9a-fA-F]{1,6}[ \t\n]?|[^\n0-9a-fA-F])"
_TOKENS = re.compile(
    rf"""
      (?P<comment>/\*.*?(?:\*/|\Z))
    | (?P<space>[ \t\n]+)
    | (?P<string>"(?:[^"\\\n]|\\\n|{_ESCAPE})*(?:"|(?=\n)|\\?\Z)
                |'(?:[^'\\\n]|\\\n|{_ESCAPE})*(?:'|(?=\n)|\\?\Z))
    | (?P<name>@?(?:[a-zA-Z0-9_\-\u0080-\U0010ffff]|{_ESCAPE})+)(?P<open>\(?)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(?:([0-9a-fA-F]{1,6})[ \t\n]?|(\n)|(.))", re.DOTALL)
_BARE_URL = re.compile(r"[ \t\n]*+(?![\"'])((?:[^)\\]|\\.|\\\Z)*)(?:\)|\Z)", re.DOTALL)
_LIKE_ADDRESS = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:|[/\\]{2})", re.IGNORECASE)
_HIGHEST = 0x10FFFF
# Functions in which a string is an address (CSS Images 4, CSS Values 5).
_ADDRESSED = {"url", "src", "image", "image-set", "-webkit-image-set", "cross-fade", "-webkit-cross-fade"}
# What ran scripts in browsers of old.
_ACTIVE = {"expression", "behavior", "-moz-binding", "-ms-behavior", "javascript", "vbscript"}


def replay_css(text: str, replayed: Replayed) -> str:
    """A style sheet, or the value of a `style` attribute, that leads nowhere but into the archive.

    Comments go, because they only help to hide; `</` never comes out, so that it ends no `<style>`.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\0", "\ufffd")
    return (
        "".join(_rewritten(text, replayed)).replace("</", "<\\/").replace("<!", "< !").replace("]]>", "]] >")
    )


def _rewritten(text: str, replayed: Replayed) -> Iterator[str]:
    position, importing = 0, False
    functions: list[bool] = []  # of each open parenthesis: whether strings in it are addresses
    addressed = 0  # how many of them are
    while found := _TOKENS.match(text, position):
        position = found.end()
        if found["comment"]:
            yield " "
        elif found["string"]:
            yield _string(found["string"], replayed, address=importing or addressed > 0)
        elif found["name"]:
            name = unescaped(found["name"]).lower()
            bare = _BARE_URL.match(text, position) if name == "url" and found["open"] else None
            if bare:
                position = bare.end()
                yield f'url("{_in_quotes(replayed.picture(unescaped(bare[1]).strip()))}")'
                continue
            importing = importing or name == "@import"
            if found["open"]:
                functions.append(name in _ADDRESSED)
                addressed += functions[-1]
            yield ("-removed" if name in _ACTIVE else found["name"]) + found["open"]
        else:
            if found["other"] == "(":
                functions.append(False)
            elif found["other"] == ")" and functions:
                addressed -= functions.pop()
            elif found["other"] in {";", "{", "}"}:
                importing, functions, addressed = False, [], 0
            yield found.group()


def unescaped(text: str) -> str:
    """Names and strings as a browser reads them (CSS Syntax 3, 4.3.7)."""

    def one(found: re.Match[str]) -> str:
        if found[1]:
            code = int(found[1], 16)
            whole = 0 < code <= _HIGHEST and not 0xD800 <= code <= 0xDFFF  # noqa: PLR2004 - surrogates
            return chr(code) if whole else "\ufffd"
        return "" if found[2] else found[3]

    return _ESCAPED.sub(one, text)


def _string(token: str, replayed: Replayed, *, address: bool) -> str:
    """A string; what looks like an address is one, because a variable may carry it into a function."""
    whole = len(token) > 1 and token.endswith(token[0])
    said = unescaped(token[1:-1] if whole else token[1:])
    if address or _LIKE_ADDRESS.match(said):
        return f'"{_in_quotes(replayed.picture(said))}"'
    ended = token if whole else token.rstrip("\\") + token[0]  # where a browser would end it
    return ended.replace("<", "\\3c ")


def _in_quotes(address: str | None) -> str:
    # Nothing leads nowhere: an empty address would be the document itself.
    return (address or "data:,").replace("\\", "%5C").replace('"', "%22").replace("<", "%3C")
