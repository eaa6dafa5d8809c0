"""`POST /sources/NAME/orders`: pause, resume, run now, preview, for whoever has the operator's token.

The token stands in the form itself, so that no other site can have a browser send an order: nothing that a
browser sends by itself (cookies, saved passwords) counts. An order is a row that the scheduler carries out.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import parse_qs, quote

from pydantic import SecretStr
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from archive.clock import Clock
from archive.opening import Archive
from archive.orders import ask_for_preview, ask_for_run, pause, resume
from web.origins import Origins
from web.pages.endpoint import error_page, not_found
from web.pages.show import Shown
from web.problem import Problem, bad_request, problem_of

ACTOR = "web"
DONE = {
    "run": "A run is asked for; it begins with the schedule's next tick.",
    "pause": "It is paused: no slot of it runs until it is resumed.",
    "resume": "It goes on with its next slot.",
    "preview": "A preview is asked for; it begins with the schedule's next tick, or when a run is over.",
}
_MOST = 4096  # bytes of a form


@dataclass(frozen=True, slots=True)
class Orders:
    """Takes orders; `token` is what an operator must show."""

    archive: Archive
    clock: Clock
    origins: Origins
    shown: Shown
    token: SecretStr

    async def order(self, request: Request) -> Response:
        """One order for one source, then back to its page."""
        try:
            name, order = await self._read(request)
            await run_in_threadpool(self._carry_out, name, order)
        except Exception as error:  # noqa: BLE001 - told as a page, and logged there
            return await run_in_threadpool(error_page, self.shown, request, problem_of(error))
        return RedirectResponse(f"/sources/{quote(name)}?done={order}", HTTPStatus.SEE_OTHER)

    async def _read(self, request: Request) -> tuple[str, str]:
        if request.headers.get("origin", self.origins.api) != self.origins.api:
            raise Problem(HTTPStatus.FORBIDDEN, "orders are taken from our own pages alone")
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > _MOST:
                raise bad_request(f"the form has more than {_MOST} bytes")
        form = parse_qs(body.decode("latin-1"), max_num_fields=5, encoding="utf-8", errors="replace")
        given = form.get("token", [""])[0].encode()
        if not hmac.compare_digest(given, self.token.get_secret_value().encode()):
            raise Problem(HTTPStatus.FORBIDDEN, "this is not the operator's token (web.operator_token)")
        order, name = form.get("order", [""])[0], str(request.path_params["source"])
        if order not in DONE:
            raise bad_request(f"order={order[:40]!r}; allowed: {', '.join(DONE)}")
        if name not in self.shown.files.sources():
            raise not_found(f"no source {name[:64]!r} has a file, so the schedule does not know it")
        return name, order

    def _carry_out(self, name: str, order: str) -> None:
        match order:
            case "run":
                ask_for_run(self.archive, self.clock, [name], actor=ACTOR)
            case "preview":
                ask_for_preview(self.archive, self.clock, name, actor=ACTOR)
            case "pause":
                pause(self.archive, self.clock, [name], until=None, actor=ACTOR, reason="from its page")
            case "resume":
                resume(self.archive, self.clock, [name])
