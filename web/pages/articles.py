"""`/article/ID`: one article, its versions compared, how to cite it, and its downloads."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby

from starlette.requests import Request
from starlette.responses import Response

from archive.citation.cite import cite
from archive.clock import isoformat_z
from archive.opening import Archive
from archive.views.article import ArticleView, article
from archive.views.compare import compare
from archive.views.viewer import Viewer
from web.guard import OWN_HEADERS
from web.pages.asked import article_id, number_in, whole
from web.pages.cited import citations
from web.pages.endpoint import not_found
from web.pages.show import Shown
from web.problem import bad_request

HOW = ("words", "sentences")


@dataclass(frozen=True, slots=True)
class ArticlePages:
    """Everything under one article's address."""

    archive: Archive
    viewer: Viewer
    shown: Shown

    def newest(self, request: Request) -> Response:
        """The newest version with content."""
        return self._page(request, None)

    def version(self, request: Request) -> Response:
        """One version: its address is permanent."""
        return self._page(request, number_in(request, "number"))

    def compare(self, request: Request) -> Response:
        """Two versions, `from` and `to`; the newest and the one before if they are not given."""
        how = request.query_params.get("as", HOW[0])
        if how not in HOW:
            raise bad_request(f"as={how[:40]!r}; allowed: {' or '.join(HOW)}")
        found = compare(self.viewer, article_id(request), whole(request, "from"), whole(request, "to"))
        if found is None:
            raise not_found(
                "there are no two such versions to compare; the article's page names those there are"
            )
        return self.shown.page(request, "compare.html", {"view": found, "how": how})

    def cite(self, request: Request) -> Response:
        """The addresses that stay, and ready-made references."""
        view = self._article(request, number_in(request, "number"))
        permanent = f"{self.shown.origins.api}/article/{view.article_id}/{view.version.number}"
        memento = self.shown.origins.memento(view.version.url, view.version.captured_at)
        forms = citations(view.version, self.shown.files.title(view.source), permanent, memento)
        context = {"view": view, "permanent": permanent, "memento": memento, "forms": forms}
        return self.shown.page(request, "cite.html", context)

    def evidence(self, request: Request) -> Response:
        """The capture as a WACZ file with what shows that nothing was changed since."""
        view = self._article(request, number_in(request, "number"))
        if view.provenance is None:
            raise not_found("the bytes of this version are no longer kept")
        memento = self.shown.origins.memento(view.version.url, view.version.captured_at)
        data, _ = cite(self.archive, view.provenance.capture, view.version, memento, self.viewer.clock)
        return _saved(request, data, "application/wacz", f"{_name(view)}.wacz")

    def text(self, request: Request) -> Response:
        """The clean text, headline first."""
        view = self._article(request, number_in(request, "number"))
        said = "\n\n".join(part for part in (view.version.title, *view.paragraphs) if part)
        return _saved(
            request, f"{said}\n".encode("utf-8", "replace"), "text/plain; charset=utf-8", f"{_name(view)}.txt"
        )

    def json(self, request: Request) -> Response:
        """All that was read out of the capture."""
        view = self._article(request, number_in(request, "number"))
        data = {
            **asdict(view.version),
            "text": "\n\n".join(view.paragraphs),
            "images": [asdict(picture) for picture in view.pictures],
            "events": [
                {"version": line.number, "kind": change.kind, "before": change.before, "after": change.after}
                for line in view.versions
                for change in line.events
            ],
        }
        body = json.dumps(data, ensure_ascii=False, indent=2, default=_plain) + "\n"
        return _saved(request, body.encode("utf-8", "replace"), "application/json", f"{_name(view)}.json")

    def _page(self, request: Request, number: int | None) -> Response:
        view = self._article(request, number)
        # A headline stands on front pages and in the article: once here, with all that showed it.
        stood = groupby(view.headlines, key=lambda one: one.title)
        headlines = [(title, list(each)) for title, each in stood]
        return self.shown.page(request, "article.html", {"view": view, "headlines": headlines})

    def _article(self, request: Request, number: int | None) -> ArticleView:
        found = article(self.viewer, article_id(request), number=number)
        if found is None:
            raise not_found("no such article, or no such version of it, is in the archive")
        return found


def _saved(request: Request, data: bytes, media_type: str, name: str) -> Response:
    request.scope[OWN_HEADERS] = {"Content-Security-Policy": "sandbox; default-src 'none'"}
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, headers=headers, media_type=media_type)


def _name(view: ArticleView) -> str:
    return f"dateline-{view.article_id[:12]}-v{view.version.number}"


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return isoformat_z(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
