"""A source's log-in: which requests carry it, and how it stays out of the record (pure)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from config.secrets import MASK
from config.source import Source

_SHORTEST = 6  # a shorter secret is likely to stand in a head for other reasons
_PORTS = {"http": 80, "https": 443}


def login_fields(source: Source, url: str) -> dict[str, str]:
    """The header fields that let us in at `url`; none where its origin (RFC 6454) may not have them."""
    login = source.login
    if "\\" in url or "@" in urlsplit(url).netloc:  # parsers differ about whose address that is
        return {}
    if _origin(url) not in map(_origin, login.origins or (source.homepage,)):
        return {}
    fields = {name: secret.get_secret_value() for name, secret in login.headers.items()}
    if login.cookies:
        pairs = (f"{name}={secret.get_secret_value()}" for name, secret in login.cookies.items())
        fields["Cookie"] = "; ".join(pairs)
    return fields


def secrets_in(source: Source) -> tuple[str, ...]:
    """Everything that must not be recorded, longest first."""
    login = source.login
    values = (secret.get_secret_value() for secret in (*login.headers.values(), *login.cookies.values()))
    # `Bearer abc`: a server may say the token without the word before it.
    parts = {part for value in values for part in (value, *value.split(" ")) if len(part) >= _SHORTEST}
    return tuple(sorted(parts, key=lambda part: (-len(part), part)))


def without_secrets(head: bytes, secrets: Iterable[str]) -> bytes:
    """A head in which `***` stands for each of the secrets."""
    for secret in secrets:
        head = head.replace(secret.encode("latin-1"), MASK.encode())
    return head


def masked_fields(fields: Iterable[tuple[str, str]], withheld: Mapping[str, str]) -> list[tuple[str, str]]:
    """Header fields as they may be recorded: `***` for the value of each that is withheld."""
    names = {name.lower() for name in withheld}
    return [(name, MASK if name.lower() in names else value) for name, value in fields]


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)
