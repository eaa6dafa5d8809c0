"""Answers of the API: JSON in one spelling, with a tag by which a client asks whether it has changed."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from archive.digest import sha256_hex
from web.guard import OWN_HEADERS

FRESH = "private, no-cache"  # kept, and asked for again each time: a takedown holds at once


def json_body(adapter: TypeAdapter[Any], value: Any) -> bytes:
    """A value as its type is written; lone surrogates, which no JSON reader need take, as question marks."""
    plain = adapter.dump_python(value, mode="json")
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def with_tag(request: Request, body: bytes, media_type: str = "application/json") -> Response:
    """200 with an ETag, or 304 if the client has it already (RFC 9110, 13.1.2)."""
    tag = f'"{sha256_hex(body)[:32]}"'
    request.scope[OWN_HEADERS] = {"Cache-Control": FRESH}
    if _has(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
    return Response(body, headers={"ETag": tag}, media_type=media_type)


def _has(header: str, tag: str) -> bool:
    given = (each.strip().removeprefix("W/") for each in header.split(",")[:100])
    return any(each in {"*", tag} for each in given)
