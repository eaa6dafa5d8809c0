"""Search and what is made of its hits; look-up by address."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlencode

from starlette.responses import Response, StreamingResponse

from archive.views.lookup import Found, look_up
from archive.views.search import Hit, Results, every_hit, search
from archive.views.viewer import Viewer
from web.address import url_in
from web.api.endpoint import Body, Endpoint
from web.api.feeds import atom
from web.api.parameters import Address, SearchFields, SearchPage
from web.api.tables import FIELDS, MOST_ROWS, comma_separated, json_lines
from web.origins import Origins

_FEED = 50  # entries
_GROUP = "Search"


@dataclass(frozen=True, slots=True)
class Finding:
    """From words or an address to what is archived."""

    viewer: Viewer
    origins: Origins

    def endpoints(self) -> list[Endpoint]:
        """Search in four forms, and look-up."""
        tables = (
            ("csv", "text/csv", "comma-separated values", ",".join(FIELDS), comma_separated),
            ("jsonl", "application/x-ndjson", "JSON Lines", '{"url":"https://…","title":"…"}', json_lines),
        )
        return [
            Endpoint(
                "/search", "search", _GROUP, "Versions that say something, a page at a time.", SearchPage,
                Results, self._search,
            ),
            Endpoint(
                "/search.atom", "search_feed", _GROUP, "The newest hits of a search as a feed.", SearchFields,
                Body("application/atom+xml", f"{_FEED} entries.", "<feed>…</feed>"), self._feed,
            ),
            *(
                Endpoint(
                    f"/search.{form}", f"search_{form}", _GROUP, f"All hits of a search as {said}.",
                    SearchFields, Body(media_type, f"At most {MOST_ROWS:,} rows, as {said}.", example),
                    self._table(media_type, write, form),
                )
                for form, media_type, said, example, write in tables
            ),
            Endpoint(
                "/lookup", "look_up", _GROUP, "What is known of an address: an article, or why none.",
                Address, Found, self._look_up,
            ),
        ]  # fmt: skip

    def _search(self, asked: SearchPage) -> Results:
        return search(
            self.viewer,
            asked.q,
            asked.filters(),
            order=asked.sort,
            which=asked.versions,
            limit=asked.limit,
            cursor=asked.cursor,
        )

    def _every(self, asked: SearchFields, most: int) -> Iterator[Hit]:
        hits = every_hit(self.viewer, asked.q, asked.filters(), order=asked.sort, which=asked.versions)
        return islice(hits, most)

    def _feed(self, asked: SearchFields) -> bytes:
        given = asked.model_dump(mode="json", exclude_defaults=True)
        address = f"{self.origins.api}/api/v1/search.atom" + (f"?{urlencode(given)}" if given else "")
        title = " ".join([asked.q, *(f"{name}:{value}" for name, value in asked.filters().items())]).strip()
        return atom(
            list(self._every(asked, _FEED)), self.origins, title=f"Dateline: {title or 'everything'}",
            address=address,
        )  # fmt: skip

    def _table(
        self, media_type: str, write: Callable[[Iterator[Hit]], Iterator[bytes]], form: str
    ) -> Callable[[SearchFields], Response]:
        def answer(asked: SearchFields) -> Response:
            headers = {"Content-Disposition": f'attachment; filename="dateline-search.{form}"'}
            rows = write(self._every(asked, MOST_ROWS))
            return StreamingResponse(rows, headers=headers, media_type=media_type)

        return answer

    def _look_up(self, asked: Address) -> Found:
        return look_up(self.viewer, url_in(asked.url if "://" in asked.url else f"https://{asked.url}"))
