"""One endpoint of the API: what it is asked with, what it answers, and how both are told."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from web.api.answers import json_body, with_tag
from web.problem import Problem, bad_request

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_SHOWN = 60  # characters of a wrong value that are repeated


class Asked(BaseModel):
    """The parameters of one endpoint, in its path and its query; an unknown one is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=False)


@dataclass(frozen=True, slots=True)
class Body:
    """What an endpoint answers in other words than JSON.

    Attributes:
        media_type: of the answer.
        said: what it is, for the document.
        example: the beginning of one.
    """

    media_type: str
    said: str
    example: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address of the API.

    Attributes:
        path: with names of parameters in braces.
        name: unique; clients make a function's name of it.
        group: heading under which the document lists it.
        summary: a sentence.
        asked: its parameters.
        answer: the type of what `give` returns, or a Body: then `give` returns a response.
        give: asked with the parameters; raises Problem, QueryError, Withheld.
        may_be_absent: whether 404 is one of its answers.
    """

    path: str
    name: str
    group: str
    summary: str
    asked: type[Asked]
    answer: Any
    give: Callable[[Any], Any]
    may_be_absent: bool = False

    @property
    def in_path(self) -> tuple[str, ...]:
        """Names of the parameters that stand in the path."""
        return tuple(_PLACEHOLDER.findall(self.path))

    def respond(self, request: Request) -> Response:
        """Check, ask, and answer."""
        given = self.asked_in(request)
        found = self.give(given)
        if isinstance(self.answer, Body):
            return with_tag(request, found, self.answer.media_type) if isinstance(found, bytes) else found
        if found is None:
            raise Problem(HTTPStatus.NOT_FOUND, "nothing like that is archived, or it is not shown")
        return with_tag(request, json_body(adapter_of(self.answer), found))

    def asked_in(self, request: Request) -> Any:
        """The parameters of a request; raises Problem (400), naming the parameter and what is allowed."""
        query = request.query_params
        if twice := next((name for name in query if len(query.getlist(name)) > 1), None):
            raise bad_request(f"{twice[:_SHOWN]}: stands twice; allowed: once")
        if both := next((name for name in query if name in self.in_path), None):
            raise bad_request(f"{both}: stands in the path; allowed: there alone")
        try:
            return self.asked.model_validate(dict(query) | request.path_params)
        except ValidationError as error:
            raise bad_request(_said(error, self.asked.model_fields)) from None


@cache
def adapter_of(answer: Any) -> TypeAdapter[Any]:
    """What writes values of a type; making one takes longer than writing with it."""
    return TypeAdapter(answer)


def _said(error: ValidationError, fields: Mapping[str, Any]) -> str:
    first = error.errors(include_url=False, include_context=False)[0]
    name = str(first["loc"][0])[:_SHOWN] if first["loc"] else "the query"
    if first["type"] == "extra_forbidden":
        return f"parameter {name!r} is unknown; allowed: {', '.join(sorted(fields)) or 'none'}"
    if first["type"] == "missing":
        return f"{name}: is missing; {fields[name].description}"
    return f"{name}: {str(first['input'])[:_SHOWN]!r}: {first['msg']}"
