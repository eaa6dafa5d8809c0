"""How values show in a notebook: a table with everything escaped; and in a line where there is only text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from html import escape
from typing import Any, TypeVar
from urllib.parse import urlsplit

from archive.clock import isoformat_z

T = TypeVar("T")

MOST_ROWS = 20  # of a list within a value
_LONGEST = 160  # signs of a text
_LINE = 60  # signs of a text in a line
_IN_A_LINE = 6  # fields


def shown(kind: type[T]) -> type[T]:
    """Give a dataclass what notebooks ask for: `_repr_html_` (IPython), and a `repr` of one line."""
    kind.__repr__ = in_a_line  # type: ignore[method-assign]
    kind._repr_html_ = as_table  # type: ignore[attr-defined]
    return kind


def in_a_line(value: Any) -> str:
    """The name of a type, its first fields, and how much the lists among them have."""
    said = []
    for name, each in _fields(value):
        if is_dataclass(each) or each is None or each == ():
            continue
        if isinstance(each, tuple):
            said.append(f"{len(each):,} {name}")
        elif len(said) < _IN_A_LINE:
            said.append(f"{name}={_cut(_text(each), _LINE)!r}")
    return f"<{type(value).__name__} {', '.join(said)}>"


def as_table(value: Any) -> str:
    """A dataclass as an HTML table: a row a field; lists of dataclasses as tables within."""
    rows = "".join(
        f'<tr><th style="text-align:left">{escape(_words(name))}</th>'
        f'<td style="text-align:left">{_cell(each)}</td></tr>'
        for name, each in _fields(value)
        if each is not None and each != ()
    )
    return f"<table><caption>{escape(type(value).__name__)}</caption><tbody>{rows}</tbody></table>"


def rows_table(values: Sequence[Any], *, more: bool = False, caption: str = "") -> str:
    """Dataclasses of one type as an HTML table, a row each; `more`: there are others behind them."""
    if not values:
        return f"<p>{escape(caption)}: nothing</p>" if caption else "<p>nothing</p>"
    names = [name for name, _ in _fields(values[0])]
    used = [name for name in names if any(_is_said(getattr(each, name)) for each in values)]
    head = "".join(f"<th>{escape(_words(name))}</th>" for name in used)
    body = "".join(
        "<tr>"
        + "".join(f'<td style="text-align:left">{_brief(getattr(each, n))}</td>' for n in used)
        + "</tr>"
        for each in values
    )
    said = f"<caption>{escape(caption)}</caption>" if caption else ""
    rest = "<p>… and more</p>" if more else ""
    return f"<table>{said}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}"


def _fields(value: Any) -> list[tuple[str, Any]]:
    return [(field.name, getattr(value, field.name)) for field in fields(value)]


def _is_said(value: Any) -> bool:
    return value is not None and value not in ((), "")


def _cell(value: Any) -> str:
    if isinstance(value, tuple) and value and all(is_dataclass(each) for each in value):
        return rows_table(value[:MOST_ROWS], more=len(value) > MOST_ROWS)
    if is_dataclass(value):
        return as_table(value)
    return _brief(value)


def _brief(value: Any) -> str:
    """A value in a cell: a link if it is a web address, else its words."""
    if isinstance(value, str) and _is_web(value):
        said = escape(_cut(value, _LONGEST))
        return f'<a href="{escape(value)}" rel="noreferrer noopener">{said}</a>'
    return escape(_cut(_text(value), _LONGEST))


def _text(value: Any) -> str:
    match value:
        case None:
            said = ""
        case datetime():
            said = isoformat_z(value)
        case Mapping():
            said = ", ".join(f"{name} {_text(each)}" for name, each in value.items())
        case tuple() | frozenset() | list():
            said = _several(value)
        case _ if is_dataclass(value):
            said = str(getattr(value, "title", None) or getattr(value, "text", None) or in_a_line(value))
        case _:
            said = str(value)
    return said.encode("utf-8", "replace").decode()  # lone surrogates are in no encoding


def _several(values: Iterable[Any]) -> str:
    each = list(values)
    if each and all(hasattr(one, "marked") for one in each):  # pieces of one text
        return "".join(one.text for one in each)
    return ", ".join(_text(one) for one in each)


def _is_web(text: str) -> bool:
    try:
        return urlsplit(text).scheme in {"http", "https"}
    except ValueError:
        return False


def _words(name: str) -> str:
    return name.replace("_", " ")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
