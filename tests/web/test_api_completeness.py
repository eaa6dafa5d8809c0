"""Everything that pages show is in the API, and every path of the API keeps its promises."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import schemathesis
from pydantic import SecretStr
from schemathesis.engine import events, from_schema
from starlette.applications import Starlette
from starlette.types import ASGIApp

from archive.catalog import previews
from archive.catalog.previews import PreviewRequest
from archive.opening import Archive
from archive.preview import PreviewedAddress, PreviewedDocument, PreviewedPage, PreviewResult, written
from archive.rows import FindRow, SavedSearchRow
from archive.views.source_files import SourceFiles
from archive.views.viewer import Viewer
from config.saved_search import SavedSearch
from config.settings import AccessRule, WebSettings
from tests.archive.material import NOON, SetClock
from tests.contract.catalog_rows import Numbers
from tests.web.api_material import COPY, DAY, GONE_URL, HOME, SHA, STORY, URL, api_archive
from tests.web.visitor import Answer, ask
from web.access import Access
from web.api.ordering import HEADER
from web.app import api_app
from web.holdings import Holdings
from web.origins import Origins
from web.pages.show import Shown
from web.pages.site import page_routes

ORIGINS = Origins("http://testserver", "http://replay.test")
SEARCHES = (SavedSearch(name="bridges", query="bridge"), SavedSearch(name="new", event="new"))
THEIRS = "https://desk.example"
SETTINGS = WebSettings(rate=0, cors=(THEIRS,))

ANSWERED_BY = {  # path of a page: path of the API with what it shows
    "/": "/today",
    "/night/{night}": "/today",
    "/article/{article}": "/articles/{article}",
    "/article/{article}/compare": "/articles/{article}/diff",
    "/article/{article}/{number}.txt": "/articles/{article}/versions/{number}",
    "/article/{article}/{number}.json": "/articles/{article}/versions/{number}",
    "/article/{article}/{number}": "/articles/{article}/versions/{number}",
    "/article/{article}/{number}/cite": "/articles/{article}/versions/{number}/citation",
    "/sources": "/sources",
    "/sources/{source}": "/sources/{source}",
    "/runs": "/runs",
    "/runs/{run}": "/runs/{run}",
    "/fronts": "/fronts",
    "/fronts/{source}": "/fronts/{source}",
    "/pictures": "/pictures",
    "/pictures/{sha256}": "/pictures/{sha256}",
    "/search": "/search",
    "/searches": "/searches",
    "/searches/{search}": "/searches/{search}",
    "/lookup": "/lookup",
    "/view/{when}/{rest:path}": "/lookup",  # its captures; Memento gives their bytes
}
NO_DATA = {
    "/find": "leads on to /lookup or /search",
    "/picture/{sha256}": "bytes, for programs too",
    "/article/{article}/{number}/citation.wacz": "a file, for programs too",
    "/sources/{source}/orders": "orders; the API takes that for a preview alone",
    "/assets/{digest}/{name}": "styles",
}
PREVIEW = PreviewResult(
    "0" * 64,
    requests=9,
    found=3,
    due=2,
    left=(("not_due", 1),),
    documents=(PreviewedDocument(f"{HOME}rss", "feed", named=3, kept=3),),
    pages=(
        PreviewedPage(URL, "archived", title="A bridge", text="It opens.", published_at=NOON, pictures=1),
        PreviewedPage(GONE_URL, "archived", title="A taken bridge", text="It was taken."),
    ),
    addresses=(
        PreviewedAddress(URL, None),
        PreviewedAddress(GONE_URL, None),
        PreviewedAddress(HOME, "not_due"),
    ),
    warnings=(f"robots.txt does not allow {GONE_URL} (robots)", "a pattern has none of the addresses found"),
)
CASES = {  # parameters of paths that need some
    "article": STORY,
    "number": "1",
    "source": "times",
    "run": "run-1",
    "sha256": SHA,
    "search": "bridges",
    "url": URL,
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    made = api_archive(tmp_path_factory.mktemp("api"))
    rows = [
        SavedSearchRow(name="bridges", asked='{"query": "bridge"}', since=NOON, checked_at=NOON + DAY),
        *(
            FindRow(search="bridges", article_id=article, number=1, at=NOON, alarm_id="a")
            for article in (STORY, COPY)
        ),
    ]
    numbers = Numbers()
    numbers.number = 50
    made.catalog.apply(numbers.entry(*rows), {})
    request = PreviewRequest("times", "preview-1", NOON + 39 * DAY, "desk")
    previews.ask(made.catalog, request)
    previews.answer(made.catalog, request, written(PREVIEW), NOON + 39 * DAY)
    yield made
    made.close()


@pytest.fixture(scope="module")
def app(archive: Archive) -> ASGIApp:
    return api_app(archive, SETTINGS, ORIGINS, SetClock(NOON + 40 * DAY), searches=SEARCHES)


@pytest.fixture(scope="module")
def document(app: ASGIApp) -> Any:
    return json.loads(ask(app, ORIGINS.api, "/api/v1/openapi.json", {}).body)


def asked(app: ASGIApp, path: str, **headers: str) -> Answer:
    return ask(app, ORIGINS.api, path, {name.replace("_", "-"): value for name, value in headers.items()})


def addresses(document: Any) -> dict[str, str]:
    """By path of the document, an address that is answered with 200."""
    found = {}
    for path, operations in document["paths"].items():
        parameters = operations["get"]["parameters"]
        needed = {each["name"]: CASES[each["name"]] for each in parameters if each["required"]}
        in_path = {each["name"] for each in parameters if each["in"] == "path"}
        query = urlencode({name: value for name, value in needed.items() if name not in in_path})
        found[path] = f"/api/v1{path.format(**needed)}" + (f"?{query}" if query else "")
    return found


def test_every_page_has_its_path_in_the_api(archive: Archive, document: Any) -> None:
    viewer, shown = Viewer(archive.catalog), Shown(ORIGINS, SourceFiles(None))
    holdings = Holdings(archive.catalog, Access((), SetClock()))
    token = WebSettings(operator_token="0123456789abcdef").operator_token
    pages = page_routes(archive, holdings, viewer, shown, token, searches=SEARCHES)
    assert {route.path for route in Starlette(routes=pages).routes} == {*ANSWERED_BY, *NO_DATA}  # type: ignore[attr-defined]
    assert set(ANSWERED_BY.values()) <= set(document["paths"])


def test_every_list_has_a_way_on(document: Any) -> None:
    schemas = document["components"]["schemas"]
    without = set()
    for path, operations in document["paths"].items():
        names = {each["name"] for each in operations["get"]["parameters"]}
        content = operations["get"]["responses"]["200"]["content"]
        if "limit" not in names:
            continue
        answer = schemas[content["application/json"]["schema"]["$ref"].rpartition("/")[2]]
        if not ("cursor" in names and "next" in answer["properties"]):
            without.add(path)
    assert without == set()


def test_every_path_keeps_the_promises_of_all(app: ASGIApp, document: Any) -> None:
    for path, address in addresses(document).items():
        found = asked(app, address, origin=THEIRS)
        assert found.status == 200, (path, found.text)
        assert found.headers["access-control-allow-origin"] == THEIRS, path
        assert "set-cookie" not in found.headers, path
        if path not in {"/search.csv", "/search.jsonl"}:  # which are written as they are read
            again = asked(app, address, if_none_match=found.headers["etag"])
            assert (again.status, again.body) == (304, b""), path
        refused = asked(app, f"{address}{'&' if '?' in address else '?'}no-such=1", origin=THEIRS)
        assert (refused.status, refused.headers["content-type"]) == (400, "application/problem+json"), path
        assert refused.headers["access-control-allow-origin"] == THEIRS, path


def test_every_path_is_counted_for_the_rate(archive: Archive, document: Any) -> None:
    limited = api_app(archive, WebSettings(rate=1), ORIGINS, searches=SEARCHES)
    asked(limited, "/api/v1/service")
    for path, address in addresses(document).items():
        found = asked(limited, address)
        assert (found.status, found.headers["content-type"]) == (429, "application/problem+json"), path


HOSTILE = {
    "NUL": "\x00",
    "traversal": "../../../../etc/passwd",
    "SQL": "x' OR '1'='1' --",
    "markup": "<script>alert(1)</script>",
    "a template": "{{7*7}}%(x)s%n",
    "a header": "x\r\nSet-Cookie: a=b",
    "far too long": "9" * 5000,
    "a surrogate": "%ED%A0%80",
    "a sign of its own": "-1e999",
    "a list": "[1,2]",
    "a shell": "$(id)`id`",
    "LDAP and XPath": "*)(uid=*))(|(uid=*",
}


def hostile_addresses(document: Any) -> Iterator[tuple[str, str, str]]:
    """(path, parameter, address) with one hostile value in each parameter of each path."""
    good = addresses(document)
    for path, operations in document["paths"].items():
        for parameter in operations["get"]["parameters"]:
            name = parameter["name"]
            for value in HOSTILE.values():
                said = value if value.startswith("%ED") else quote(value, safe="")
                if parameter["in"] == "path":
                    yield path, name, f"/api/v1{path.format(**(CASES | {name: said}))}"
                elif parameter["in"] == "query":
                    rest = good[path].partition("?")
                    kept = "" if name in CASES and f"{name}=" in rest[2] else f"{rest[2]}&"
                    yield path, name, f"{rest[0]}?{kept}{name}={said}"


FREE = {"q", "url"}  # nearly any text is a query, and many an address


def test_hostile_values_in_every_parameter_are_refused(app: ASGIApp, document: Any) -> None:
    seen = 0
    for path, name, address in hostile_addresses(document):
        if path in {"/search.csv", "/search.jsonl", "/search.atom"} and name != "q":
            continue  # the parameters of /search, checked by the same model
        found = asked(app, address)
        seen += 1
        allowed = {400, 404} | ({200} if name in FREE else set())
        assert found.status in allowed, (path, name, address, found.status, found.text[:300])
        assert "set-cookie" not in found.headers
        if found.status != 200:
            assert found.headers["content-type"] == "application/problem+json", (path, name)
            assert json.loads(found.body)["detail"], (path, name)
    assert seen > 400


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/../../etc/passwd",
        "/api/v1/%2e%2e/%2e%2e/etc/passwd",
        "/api/v1/sources/..%2f..%2fetc%2fpasswd",
        "/api/v1/sources/%252e%252e%252fetc",
        "/api/v1//sources",
        "/api/v1/articles/",
        "/api/v1/sources/times/",
        "/assets/..%2f..%2fapp.py",
        "/assets/x/..%2fshow.py",
        "/searches/..%2f..%2fetc%2fpasswd",
        "/searches/bridges?cursor=AAAA",
        "/sources/..%2f..%2fetc%2fpasswd",
        "/runs/run-1?after=-5",
        "/article/" + "a" * 31,
        "/pictures?day=%00",
        "/night/2026-02-31",
    ],
)
def test_paths_that_lead_elsewhere_lead_nowhere(app: ASGIApp, path: str) -> None:
    found = asked(app, path)
    assert found.status in {400, 404}, (found.status, found.text[:200])
    assert "root:" not in found.text


# ── saved searches ──────────────────────────────────────────────────────────────────────────────────


def test_saved_searches(app: ASGIApp) -> None:
    [bridges, new] = json.loads(asked(app, "/api/v1/searches").body)["searches"]
    assert (bridges["name"], bridges["finds"]) == ("bridges", 2)
    assert bridges["checked_at"].startswith("2026-03-30T12:00:00")
    assert (new["filters"], new["finds"], new["since"], new["newest"]) == ({"event": "new"}, 0, None, None)
    found, cursor = [], ""
    while cursor is not None:
        page = json.loads(asked(app, f"/api/v1/searches/bridges?limit=1{cursor and '&cursor='}{cursor}").body)
        found += [find["article"]["article_id"] for find in page["finds"]]
        cursor = page["next"]
    assert sorted(found) == sorted([STORY, COPY])
    assert asked(app, "/api/v1/searches/none").status == 404
    listed = asked(app, "/searches", accept="text/html")
    assert (listed.status, "bridges" in listed.text) == (200, True)
    shown = asked(app, "/searches/bridges", accept="text/html")
    assert (shown.status, f"/article/{COPY}/1" in shown.text) == (200, True)
    assert asked(app, "/searches/none", accept="text/html").status == 404


# ── what the pages show besides, and previews ─────────────────────────────────────────────────────────


def test_a_source_has_its_months_its_recall_and_its_steps(app: ASGIApp) -> None:
    found = json.loads(asked(app, "/api/v1/sources/times").body)
    assert found["health"].keys() == {"months", "recall", "phases"}
    assert found["health"]["recall"]["listed"] == 3
    [*all_, post, times] = json.loads(asked(app, "/api/v1/sources").body)["sources"]
    assert (all_, post["pause"], times["name"]) == ([], None, "times")


def test_front_pages_hour_by_hour(app: ASGIApp) -> None:
    found = json.loads(asked(app, "/api/v1/front-hours?sources=times").body)
    assert (found["sources"], [hour["begin"][:13] for hour in found["hours"]]) == (
        ["times"],
        ["2026-03-29T12"],
    )
    for wrong in ("times,,post", "times,", ",".join(["times"] * 9), "TIMES"):
        assert asked(app, f"/api/v1/front-hours?sources={wrong}").status == 400, wrong


def test_a_preview_leaves_out_what_may_not_be_shown(app: ASGIApp, archive: Archive) -> None:
    found = json.loads(asked(app, "/api/v1/sources/times/preview").body)
    assert (found["status"], found["changed"], found["result"]["found"]) == ("answered", True, 3)
    assert [page["url"] for page in found["result"]["pages"]] == [URL]
    assert [each["url"] for each in found["result"]["addresses"]] == [URL, HOME]
    assert found["result"]["warnings"] == ["a pattern has none of the addresses found"]
    embargo = WebSettings(access=(AccessRule(embargo=86_400.0),))
    hidden = api_app(archive, embargo, ORIGINS, SetClock(NOON + 40 * DAY))
    result = json.loads(asked(hidden, "/api/v1/sources/times/preview").body)["result"]
    assert (result["pages"], result["addresses"], result["documents"], result["found"]) == ([], [], [], 3)
    later = api_app(archive, SETTINGS, ORIGINS, SetClock(NOON + 60 * DAY))
    assert asked(later, "/api/v1/sources/times/preview").status == 404
    assert asked(app, "/api/v1/sources/post/preview").status == 404


TOKEN = "0123456789abcdef-operator"
ASK = "/api/v1/sources/times/preview"


@pytest.fixture(scope="module")
def orders(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> ASGIApp:
    """The same service with an operator, and a file of the source."""
    folder = tmp_path_factory.mktemp("sources")
    (folder / "times.yaml").write_text("name: times\nhomepage: https://times.example/\n")
    settings = WebSettings(rate=0, operator_token=SecretStr(TOKEN), cors=(THEIRS,))
    return api_app(archive, settings, ORIGINS, SetClock(NOON + 40 * DAY), sources=folder)


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (ASK, {}, 403),
        (ASK, {HEADER: "another"}, 403),
        (ASK, {HEADER: "x" * 4000}, 403),
        (ASK, {HEADER: TOKEN, "origin": THEIRS}, 403),
        (ASK, {HEADER: TOKEN, "origin": "null"}, 403),
        ("/api/v1/sources/none/preview", {HEADER: TOKEN}, 404),
        ("/api/v1/sources/..%2f..%2fetc/preview", {HEADER: TOKEN}, 405),
        ("/api/v1/sources/times", {HEADER: TOKEN}, 405),
        ("/api/v1/search", {HEADER: TOKEN}, 405),
    ],
)
def test_orders_that_are_refused_change_nothing(
    orders: ASGIApp, archive: Archive, path: str, headers: dict[str, str], status: int
) -> None:
    found = ask(orders, ORIGINS.api, path, headers, "POST")
    assert (found.status, found.headers["content-type"]) == (status, "application/problem+json")
    assert previews.waiting(archive.catalog) == []


def test_no_other_site_may_ask_for_an_order(orders: ASGIApp) -> None:
    wanted = {"origin": THEIRS, "access-control-request-method": "POST"}
    found = ask(orders, ORIGINS.api, ASK, wanted | {"access-control-request-headers": HEADER}, "OPTIONS")
    assert "POST" not in found.headers["access-control-allow-methods"]
    assert HEADER.lower() not in found.headers["access-control-allow-headers"].lower()


def test_the_document_tells_of_the_order_where_there_is_an_operator(
    app: ASGIApp, orders: ASGIApp, document: Any
) -> None:
    assert {"post"} & document["paths"]["/sources/{source}/preview"].keys() == set()
    assert ask(app, ORIGINS.api, ASK, {HEADER: TOKEN}, "POST").status == 405
    told = json.loads(ask(orders, ORIGINS.api, "/api/v1/openapi.json", {}).body)
    with_post = [path for path, operations in told["paths"].items() if "post" in operations]
    assert with_post == ["/sources/{source}/preview"]
    assert told["components"]["securitySchemes"]["operator"]["name"] == HEADER
    schema = schemathesis.openapi.from_dict(told).include(method="POST")
    schema.app = orders
    seen = 0
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            for checks in event.recorder.checks.values():
                seen += 1
                assert [str(c.failure_info.failure) for c in checks if c.failure_info is not None] == []
    assert seen > 0


def test_a_preview_that_is_asked_for_waits(orders: ASGIApp, archive: Archive) -> None:
    for _ in range(2):
        found = ask(orders, ORIGINS.api, ASK, {HEADER: TOKEN}, "POST")
        assert (found.status, json.loads(found.body)["status"]) == (202, "to_preview")
    [request] = previews.waiting(archive.catalog)
    assert (request.source, request.actor) == ("times", "api")
    page = asked(orders, "/sources/times", accept="text/html")
    assert "begins with it at its next tick" in page.text
