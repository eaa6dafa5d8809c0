"""The API's document (OpenAPI 3.1), written from the same models that check requests and make answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Literal

from pydantic import TypeAdapter

from web.api.endpoint import Body, Endpoint, adapter_of
from web.api.ordering import HEADER
from web.api.samples import sample
from web.origins import Origins

PREFIX = "/api/v1"
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
_SAID = {
    "400": "A parameter is not allowed; `detail` names it and what is.",
    "401": "A token is needed.",
    "403": "The operator's token is missing, or it is another.",
    "404": "Nothing like that is in the archive, or nothing of it is shown.",
    "405": "The archive is only read.",
    "421": "This host is not served here.",
    "429": "Too many requests; `Retry-After` says when again.",
    "451": "There is something that is not shown: it was taken down, or a rule of this service hides it.",
    "503": "The archive cannot be read just now.",
}


def document(
    endpoints: Sequence[Endpoint],
    origins: Origins,
    version: str,
    *,
    token: bool,
    orders: Collection[str] = (),
) -> dict[str, Any]:
    """The whole document.

    Args:
        endpoints: what is read.
        origins: where.
        version: of the software.
        token: whether this service asks for one.
        orders: names of the endpoints of which what they give is also asked for, by POST.
    """
    adapters: list[tuple[str, Literal["validation", "serialization"], TypeAdapter[Any]]] = [
        (endpoint.name, "serialization", adapter_of(endpoint.answer))
        for endpoint in endpoints
        if not isinstance(endpoint.answer, Body)
    ]
    refs, definitions = TypeAdapter.json_schemas(
        adapters,
        ref_template="#/components/schemas/{model}",
    )
    schemas = {**definitions.get("$defs", {}), "Problem": _PROBLEM}
    answers = {name: schema for (name, _), schema in refs.items()}
    security: dict[str, Any] = {"security": [{"token": []}]} if token else {}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Dateline",
            "version": version,
            "summary": "News pages as they were published, and how they changed.",
            "description": "All that the pages show, read only. Errors are problem details (RFC 9457). "
            "Answers have an ETag: ask with If-None-Match. docs/http.md describes the language of searches.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": f"{origins.api}{PREFIX}"}],
        **security,
        "paths": {
            endpoint.path: {
                "get": _operation(endpoint, answers),
                **({"post": _order(endpoint, answers, token=token)} if endpoint.name in orders else {}),
            }
            for endpoint in endpoints
        },
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                **({"operator": {"type": "apiKey", "in": "header", "name": HEADER}} if orders else {}),
            },
        },
    }


def _operation(endpoint: Endpoint, answers: dict[str, Any]) -> dict[str, Any]:
    left_out = {"403"} | (set() if endpoint.may_be_absent else {"404"})
    refused = [status for status in _SAID if status not in left_out]
    return {
        "operationId": endpoint.name,
        "tags": [endpoint.group],
        "summary": endpoint.summary,
        "parameters": [*_parameters(endpoint), _IF_NONE_MATCH],
        "responses": {
            "200": {
                "description": endpoint.summary,
                "headers": _tag(endpoint),
                "content": _content(endpoint, answers),
            },
            **({} if _streamed(endpoint) else {"304": {"description": "As it was.", "headers": _TAG}}),
            **{status: _problem(status) for status in refused},
        },
    }


def _order(endpoint: Endpoint, answers: dict[str, Any], *, token: bool) -> dict[str, Any]:
    """Ask for what an endpoint gives; the schedule's service has it made."""
    refused = [status for status in _SAID if status not in {"400", "451"}]
    return {
        "operationId": f"ask_for_{endpoint.name}",
        "tags": [endpoint.group],
        "summary": f"Ask for it: the schedule's service has it made. {HEADER} has web.operator_token.",
        "security": [{"operator": [], **({"token": []} if token else {})}],
        "parameters": _parameters(endpoint),
        "responses": {
            "202": {"description": "It is asked for.", "content": _content(endpoint, answers)},
            **{status: _problem(status) for status in refused},
        },
    }


_TAG = {"ETag": {"description": "Of this answer.", "required": True, "schema": {"type": "string"}}}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "ETag of an earlier answer: 304 if it has not changed.",
    "schema": {"type": "string"},
}


def _streamed(endpoint: Endpoint) -> bool:
    return isinstance(endpoint.answer, Body) and "atom" not in endpoint.answer.media_type


def _tag(endpoint: Endpoint) -> dict[str, Any]:
    return {} if _streamed(endpoint) else _TAG


def _content(endpoint: Endpoint, answers: dict[str, Any]) -> dict[str, Any]:
    if isinstance(endpoint.answer, Body):
        schema = {"type": "string", "description": endpoint.answer.said}
        return {endpoint.answer.media_type: {"schema": schema, "example": endpoint.answer.example}}
    adapter = adapter_of(endpoint.answer)
    example = adapter.dump_python(sample(endpoint.answer), mode="json")
    return {"application/json": {"schema": answers[endpoint.name], "example": example}}


def _problem(status: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": _SAID[status], "content": {"application/problem+json": {"schema": schema}}}


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    whole = endpoint.asked.model_json_schema(mode="validation")
    required = set(whole.get("required", ()))
    return [
        _parameter(endpoint, name, dict(schema), whole.get("$defs", {}), needed=name in required)
        for name, schema in whole.get("properties", {}).items()
    ]


def _parameter(
    endpoint: Endpoint, name: str, schema: dict[str, Any], definitions: dict[str, Any], *, needed: bool
) -> dict[str, Any]:
    in_path = name in endpoint.in_path
    description, examples = schema.pop("description", ""), schema.pop("examples", [])
    schema.pop("title", None)
    if "anyOf" in schema:  # an optional parameter is left out, and never null
        [chosen] = [each for each in schema.pop("anyOf") if each != {"type": "null"}]
        schema = {**chosen, **{key: value for key, value in schema.items() if key != "default"}}
    if reference := schema.pop("$ref", None):
        named = dict(definitions[reference.rpartition("/")[2]])
        schema = {
            key: value for key, value in {**named, **schema}.items() if key not in {"title", "description"}
        }
    return {
        "name": name,
        "in": "path" if in_path else "query",
        "required": in_path or needed,
        "description": description,
        "schema": schema,
        **({"example": examples[0]} if examples else {}),
    }
