"""How the crawler reaches the network: who it says it is, through what, and how much it takes."""

from __future__ import annotations

import re
import ssl
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo, field_validator, model_validator

from config.hosts_file import read_hosts
from config.part import Part
from config.problems import refuse
from config.secrets import mask_proxy
from config.units import Bytes, Seconds
from config.version import dateline_version
from config.web_address import check_host, check_web_address, split

CONTACT_NOT_SET = "https://example.org/set-network.contact"
"""Stands in the user agent until somebody says whom a site may ask; `dateline doctor` warns of it."""

KIB, MIB = 1024, 1024 * 1024

_PROXIES = "http://host:port or http://user:password@host:port"
_CONTACTS = "a web address or a mail address where a site can reach you"
_SENDABLE = re.compile(r"[\x20-\x7e]+")  # what RFC 9110 lets stand in a field value, ASCII only


def _check_proxy(secret: SecretStr) -> SecretStr:
    address = secret.get_secret_value()
    parts = split(address)
    if parts.scheme != "http":
        bare = address if "://" not in address else address.partition("://")[2]
        raise refuse("is no HTTP proxy", allowed=_PROXIES, suggestion=mask_proxy(f"http://{bare}"))
    check_host(parts)
    if parts.port is None:
        raise refuse("names no port", allowed=_PROXIES)
    if parts.path not in {"", "/"} or parts.query or parts.fragment or re.search(r"\s", address):
        raise refuse("is more than a proxy's address", allowed=_PROXIES)
    return SecretStr(address.rstrip("/"))


def _check_ca_file(path: Path) -> Path:
    allowed = "a readable file of certificates in PEM form"
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except ssl.SSLError:
        raise refuse("holds no certificate", allowed=allowed) from None
    except OSError as error:
        raise refuse(f"cannot be read: {error.strerror}", allowed=allowed) from None
    return path


def _check_hosts_file(path: Path) -> Path:
    read_hosts(path)
    return path


def _check_contact(contact: str) -> str:
    if re.fullmatch(r"(?:mailto:)?[^@\s<>()]+@[\w-]+(?:\.[\w-]+)+", contact):
        return contact
    try:
        return check_web_address(contact)
    except ValueError:
        raise refuse("is no contact", allowed=_CONTACTS) from None


Proxy = Annotated[SecretStr, AfterValidator(_check_proxy)]
CaFile = Annotated[Path, AfterValidator(_check_ca_file)]
HostsFile = Annotated[Path, AfterValidator(_check_hosts_file)]


class NetworkSettings(Part):
    """Settings under `network`: they hold for every request, robots.txt and pictures included.

    Attributes:
        contact: web or mail address of whoever runs this crawler; part of the user agent.
        user_agent: as sent, with the contact in it: `Dateline/<version> (+<contact>)` unless set.
        proxy: address of an HTTP proxy, which is used for https too (CONNECT); a secret.
        ca_file: certificates trusted in place of the system's.
        hosts_file: names looked up there before DNS, as in hosts(5).
        unresolved_through_proxy: with a proxy, a name that does not resolve here is left to the proxy.
        timeout: seconds for a whole exchange.
        connect_timeout: seconds for connecting, TLS included.
        max_page_bytes, max_image_bytes, max_header_bytes: where an answer is cut.
        max_redirects: hops followed for one address.
        concurrency, concurrency_per_host: requests in flight.
        delay: seconds between two requests to one host.
        retries: further tries after a failure that may pass.
    """

    contact: Annotated[str, AfterValidator(_check_contact)] = CONTACT_NOT_SET
    user_agent: str = Field(default="", validate_default=True)
    proxy: Proxy | None = None
    ca_file: CaFile | None = None
    hosts_file: HostsFile | None = None
    unresolved_through_proxy: bool = True
    timeout: Seconds = Field(default=60.0, gt=0)
    connect_timeout: Seconds = Field(default=15.0, gt=0)
    max_page_bytes: Bytes = Field(default=32 * MIB, gt=0)
    max_image_bytes: Bytes = Field(default=20 * MIB, gt=0)
    max_header_bytes: Bytes = Field(default=256 * KIB, gt=0)
    max_redirects: int = Field(default=8, ge=0, le=50)
    concurrency: int = Field(default=32, ge=1, le=1000)
    concurrency_per_host: int = Field(default=1, ge=1, le=64)
    delay: Seconds = Field(default=1.0)
    retries: int = Field(default=2, ge=0, le=20)

    @field_validator("user_agent", mode="after")
    @classmethod
    def _names_the_contact(cls, agent: str, info: ValidationInfo) -> str:
        contact = str(info.data.get("contact", CONTACT_NOT_SET))
        named = agent.strip() or f"Dateline/{dateline_version()}"
        if not _SENDABLE.fullmatch(named):
            raise refuse("holds a character that no header may", allowed="printable ASCII")
        return named if contact in named else f"{named} (+{contact})"

    @model_validator(mode="after")
    def _connecting_is_a_part(self) -> Self:
        if self.connect_timeout > self.timeout:
            allowed = f"at most network.timeout, which is {self.timeout:g} s"
            raise refuse(
                "is longer than the whole exchange may take", allowed=allowed, at=("connect_timeout",)
            )
        return self

    @property
    def contact_is_default(self) -> bool:
        """Whether nobody has said yet whom a site may ask."""
        return self.contact == CONTACT_NOT_SET
