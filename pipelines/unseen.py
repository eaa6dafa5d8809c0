"""Words for screen readers alone, such as ", opens new tab" after a link: taken out of the tree."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

import lxml.html

# The names that style guides and frameworks give it (Bootstrap, GOV.UK, WordPress, Foundation, Tailwind).
_CLASS = re.compile(
    r"visual(?:ly)?[-_]?hidden|(?<!not-)(?<![a-z])sr[-_]?only(?![a-z]|-focus)"
    r"|screen[-_]?reader[-_]?(?:only|text)?(?![a-z])"
    r"|(?:show|only)[-_]?for[-_]?sr\b|accessib(?:ly|ility)[-_]?(?:hidden|text)|off[-_]?screen\b",
    re.IGNORECASE,
)
_STYLE = re.compile(
    r"clip\s*:\s*rect\(\s*[01](?:px)?[\s,)]|clip-path\s*:\s*inset\(\s*(?:50|100)%", re.IGNORECASE
)


def drop_unseen(tree: lxml.html.HtmlElement, spared: Collection[lxml.html.HtmlElement] = frozenset()) -> None:
    """Remove, in place, the spans whose class or clipping says that nobody sees them; what follows stays.

    Not those that are only folded up (`display: none`): "Read more" opens them, and they hold text. One that
    is, holds or stands in one of the elements `spared` stays too.
    """
    for span in list(tree.iter("span")):
        classes, style = span.get("class"), span.get("style")
        if not (classes or style) or not _is_unseen(classes or "", style or ""):
            continue
        if spared and any(e in spared for e in (*span.iter(), *span.iterancestors())):
            continue
        if span.getparent() is not None:
            span.drop_tree()


@lru_cache(maxsize=8192)
def _is_unseen(classes: str, style: str) -> bool:
    return bool(_CLASS.search(classes) or _STYLE.search(style))
