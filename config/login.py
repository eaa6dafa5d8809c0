"""What a source's site is told so that it lets us in: header fields and cookies, by reference only."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, WithJsonSchema

from config.part import Part
from config.problems import refuse
from config.web_address import check_web_address

REFERENCES = "${VARIABLE} (it may have text around it, such as Bearer ${TOKEN}) or file:/path/to/secret"

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}")  # RFC 9110, 5.6.2
_FIELD_VALUE = re.compile(r"[\x20-\x7e]{1,8192}")
_COOKIE_VALUE = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]{1,4096}")  # RFC 6265, 4.1.1
_NOT_OURS_TO_SET = frozenset(
    {"host", "user-agent", "cookie", "content-length", "transfer-encoding", "connection", "accept-encoding"}
)
_LARGEST_FILE = 16_384


def _resolve(reference: object) -> SecretStr:
    """What a reference stands for, read when the source is loaded.

    Raises:
        ValueError: it is none, its variable is not set, or its file cannot be read.
    """
    if not isinstance(reference, str) or not reference:
        raise refuse("is no reference to a secret", allowed=REFERENCES)
    if reference.startswith("file:"):
        return SecretStr(_read(Path(reference.removeprefix("file:"))))
    names = _VARIABLE.findall(reference)
    if not names:
        raise refuse("holds the secret itself, which must not stand in this file", allowed=REFERENCES)
    unset = [name for name in names if not os.environ.get(name)]
    if unset:
        raise refuse(f"names the variable {unset[0]}, which is not set", allowed="a variable that is set")
    return SecretStr(_VARIABLE.sub(lambda match: os.environ[match[1]], reference))


def _read(path: Path) -> str:
    allowed = "an absolute path of a file that holds the secret alone"
    if not path.is_absolute():
        raise refuse("names a file by a relative path", allowed=allowed)
    try:
        with path.open("rb") as stream:
            text = stream.read(_LARGEST_FILE + 1).decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise refuse(f"names a file that cannot be read: {reason}", allowed=allowed) from None
    if not text or len(text) > _LARGEST_FILE:
        raise refuse("names a file that is empty or too large", allowed=allowed)
    return text


def _check_field_value(secret: SecretStr) -> SecretStr:
    if not _FIELD_VALUE.fullmatch(secret.get_secret_value()):
        raise refuse("stands for what no header field can hold", allowed="printable ASCII, one line")
    return secret


def _check_cookie_value(secret: SecretStr) -> SecretStr:
    if not _COOKIE_VALUE.fullmatch(secret.get_secret_value()):
        raise refuse("stands for what no cookie can hold", allowed="RFC 6265's cookie-value")
    return secret


def _check_names(names: Mapping[str, SecretStr]) -> Mapping[str, SecretStr]:
    for name in names:
        if not _TOKEN.fullmatch(name):
            raise refuse(f"has the name {name!r}", allowed="names of letters, digits and -, as HTTP has them")
    return names


def _check_field_names(names: Mapping[str, SecretStr]) -> Mapping[str, SecretStr]:
    for name in _check_names(names):
        if name.lower() in _NOT_OURS_TO_SET:
            raise refuse(f"sets {name!r}", allowed="other fields; cookies stand under login.cookies")
    return names


def _check_origin(address: str) -> str:
    parts = urlsplit(check_web_address(address))
    if parts.path not in {"", "/"} or parts.query:
        origin = f"{parts.scheme}://{parts.netloc}"
        raise refuse("is more than an origin", allowed="scheme, host and port", suggestion=origin)
    return f"{parts.scheme}://{parts.netloc}".lower()


Resolved = Annotated[SecretStr, BeforeValidator(_resolve), WithJsonSchema({"type": "string"})]
Headers = Annotated[
    dict[str, Annotated[Resolved, AfterValidator(_check_field_value)]], AfterValidator(_check_field_names)
]
Cookies = Annotated[
    dict[str, Annotated[Resolved, AfterValidator(_check_cookie_value)]], AfterValidator(_check_names)
]
Origins = tuple[Annotated[str, AfterValidator(_check_origin)], ...]


class Login(Part):
    """What is sent with each request to the site's own origin, and to no other."""

    headers: Headers = Field(
        default={}, description="Header fields by name, such as Authorization: Bearer ${NEWS_TOKEN}."
    )
    cookies: Cookies = Field(default={}, description="Cookies by name, such as session: file:/run/secrets/s.")
    origins: Origins = Field(
        default=(),
        max_length=20,
        description="Where they are sent, such as https://www.example.org; the home page's origin if empty.",
    )
