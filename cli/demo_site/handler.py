"""One HTTP exchange of the demo: conditional requests, compression, chunks, and the page for people."""

from __future__ import annotations

import gzip
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qs, urlsplit

from cli.demo_site.nights import NIGHTS, crawl_moment
from cli.demo_site.pages import Answer, answer
from cli.demo_site.stories import load_sites
from cli.demo_site.view import View, esc

if TYPE_CHECKING:
    from cli.demo_site.server import DemoSite

# The one site that sends validators, and the one that compresses and sends in chunks.
_VALIDATING = "harbour-courier"
_COMPRESSING = "el-mirador"
_MOST_FORM_BYTES = 1000


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD for the three sites, and POST `/_night` where the demo allows it."""

    protocol_version = "HTTP/1.1"
    server_version = "demo-site"
    sys_version = ""
    disable_nagle_algorithm = True
    timeout = 30

    @property
    def _demo(self) -> DemoSite:
        return cast("DemoSite", getattr(self.server, "demo"))  # noqa: B009 - the base class does not know it

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except ConnectionError:
            self.close_connection = True  # the client went away, which a crawl that is killed does

    def do_GET(self) -> None:
        view = self._demo.view(self.headers.get("Host", ""))
        if view is None:
            self._send(Answer(200, "text/html; charset=utf-8", self._front_door().encode()), [])
            return
        reply = answer(view, urlsplit(self.path).path)
        headers = _validators(view, reply) if view.site.name == _VALIDATING and reply.steady else []
        if headers and self._is_current(dict(headers)):
            self._send(Answer(304, "", b""), headers)
        elif view.site.name == _COMPRESSING and reply.media_type.startswith("text/html"):
            self._send_chunked(reply)
        else:
            self._send(reply, headers)

    do_HEAD = do_GET  # noqa: N815 - the base class looks for this name

    def do_POST(self) -> None:
        length = min(int(self.headers.get("Content-Length") or 0), _MOST_FORM_BYTES)
        form = parse_qs(self.rfile.read(length).decode("utf-8", "replace"))
        night = form.get("night", [""])[0]
        path = urlsplit(self.path).path
        if path == "/_night" and self._demo.switchable and night in map(str, NIGHTS):
            self._demo.set_night(int(night))
        elif path != "/consent":
            self._send(Answer(404, "text/plain", b"nothing here takes a POST\n"), [])
            return
        self._send(Answer(303, "text/plain", b"", location="/"), [])

    def _is_current(self, validators: dict[str, str]) -> bool:
        """RFC 9110, 13.2.2: If-None-Match decides where it is sent, else If-Modified-Since."""
        if tags := self.headers.get("If-None-Match"):
            known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
            return "*" in known or validators["ETag"] in known
        if since := self.headers.get("If-Modified-Since"):
            try:
                return parsedate_to_datetime(since) >= parsedate_to_datetime(validators["Last-Modified"])
            except (ValueError, TypeError):  # an unreadable date is ignored (13.1.3)
                return False
        return False

    def _send(self, reply: Answer, headers: list[tuple[str, str]]) -> None:
        self._start(reply, headers)
        if reply.status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(reply.body)))
        self._finish(reply.body)

    def _send_chunked(self, reply: Answer) -> None:
        """Gzip where the client takes it, in three chunks."""
        body, headers = reply.body, [("Vary", "Accept-Encoding")]
        if "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, mtime=0)
            headers.append(("Content-Encoding", "gzip"))
        self._start(reply, [*headers, ("Transfer-Encoding", "chunked")])
        third = len(body) // 3 + 1
        pieces = [body[at : at + third] for at in range(0, len(body), third)]
        self._finish(b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in [*pieces, b""]))

    def _start(self, reply: Answer, headers: list[tuple[str, str]]) -> None:
        self.send_response(reply.status)
        if reply.media_type:
            self.send_header("Content-Type", reply.media_type)
        if reply.location is not None:
            self.send_header("Location", reply.location)
        for name, value in headers:
            self.send_header(name, value)

    def _finish(self, body: bytes) -> None:
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Stay silent: a crawl's own log says what was asked."""

    def _front_door(self) -> str:
        """For a browser that asked for the bare address: where the sites are, and the night's buttons."""
        port = self._demo.port
        sites = "".join(
            f'<li><a href="http://{site.name}.localhost:{port}/">{esc(site.title)}</a>: {esc(site.motto)}'
            for site in load_sites().values()
        )
        buttons = "".join(f'<button name="night" value="{night}">Night {night}</button> ' for night in NIGHTS)
        form = f'<form method="post" action="/_night">{buttons}</form>' if self._demo.switchable else ""
        return f"""<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>A small living news web</title>
<body style="font:18px/1.6 Georgia,serif;max-width:640px;margin:10vh auto;padding:0 20px">
<h1>A small living news web</h1><p>It is night {self._demo.night} of {len(NIGHTS)}.</p>{form}<ul>{sites}</ul>
<p>If your system does not send <code>*.localhost</code> home:<br>
<code>curl --resolve harbour-courier.test:{port}:127.0.0.1 http://harbour-courier.test:{port}/</code></p></html>
"""


def _validators(view: View, reply: Answer) -> list[tuple[str, str]]:
    changed = crawl_moment(1 if reply.media_type.startswith(("image/", "text/plain")) else view.night)
    return [
        ("ETag", f'"{sha256(reply.body).hexdigest()[:20]}"'),
        ("Last-Modified", format_datetime(changed - timedelta(hours=1), usegmt=True)),
        ("Cache-Control", "max-age=60"),
    ]
