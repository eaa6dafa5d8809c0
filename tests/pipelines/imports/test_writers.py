"""Files of other programs: warcio, fastwarc, and GNU Wget where it is installed."""

from __future__ import annotations

import io
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from fastwarc.stream_io import GzipWriter
from fastwarc.warc import WarcRecord, WarcRecordType
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.catalog import lookup
from archive.clock import SystemClock
from archive.members import read_member, record_place
from archive.reader import read_exchange
from archive.warc import read_one
from tests.pipelines.imports.made import NOON, STORY, House, http, page, warc_date

CHUNKS = [page()[:100], page()[100:]]
CHUNKED = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in CHUNKS) + b"0\r\n\r\n"


def by_warcio() -> bytes:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    out_head = StatusAndHeaders("GET /2026/bridge HTTP/1.1", [("Host", "news.example")], is_http_request=True)
    head = StatusAndHeaders(
        "200 OK", [("Content-Type", "text/html"), ("Transfer-Encoding", "chunked")], protocol="HTTP/1.1"
    )
    dated = {"WARC-Date": warc_date(NOON)}
    writer.write_record(writer.create_warcinfo_record("a.warc.gz", {"software": "warcio"}))
    response = writer.create_warc_record(
        STORY, "response", io.BytesIO(CHUNKED), http_headers=head, warc_headers_dict=dated
    )
    request = writer.create_warc_record(STORY, "request", http_headers=out_head, warc_headers_dict=dated)
    writer.write_request_response_pair(request, response)
    return out.getvalue()


def by_fastwarc() -> bytes:
    out = io.BytesIO()
    writer = GzipWriter(out)
    record = WarcRecord()
    record.init_headers(WarcRecordType.response)
    record.headers.set("WARC-Target-URI", STORY)
    record.headers.set("WARC-Date", warc_date(NOON))
    record.headers.set("Content-Type", "application/http; msgtype=response")
    record.set_bytes_content(http(CHUNKED, "Transfer-Encoding: chunked"))
    record.write(writer, checksum_data=True)
    writer.finish()
    return out.getvalue()


@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")  # warcio leaves its temporary files open
@pytest.mark.parametrize(("write", "requests"), [(by_warcio, 1), (by_fastwarc, 0)])
def test_a_library_s_file(tmp_path: Path, write: Callable[[], bytes], requests: int) -> None:
    house = House.build(tmp_path / "house")
    summary = house.take(house.write("a.warc.gz", write()))
    assert (summary.captures, summary.pages, summary.refused) == (1, {"archived": 1}, ())
    assert summary.passed_over.get("request", 0) == requests
    with house.open() as archive:
        [row] = lookup.captures_of(archive.catalog, STORY)
        assert (row.at, read_exchange(archive.store, row).body) == (NOON, page())


class _Site(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(CHUNKED)

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


@pytest.fixture
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/story"
        server.shutdown()
        thread.join()


@pytest.mark.skipif(shutil.which("wget") is None, reason="GNU Wget is not installed")
def test_a_file_of_wget(tmp_path: Path, site: str) -> None:
    command = ["wget", "--no-proxy", "-q", "--warc-file=site", "-O", "story.html", site]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=300)
    house = House.build(tmp_path / "house")
    summary = house.take(tmp_path / "site.warc.gz", at=SystemClock().now())
    assert (summary.captures, summary.pages, summary.refused) == (1, {"archived": 1}, ())
    with house.open() as archive:
        [row] = lookup.captures_of(archive.catalog, site)
        assert read_exchange(archive.store, row).body == page()
        found = read_one(read_member(archive.store, record_place(row)))
    assert found.headers["Dateline-Original-Software"].startswith("Wget/")
