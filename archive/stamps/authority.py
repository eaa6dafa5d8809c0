"""Asks a time-stamping authority for a token, and checks tokens (RFC 3161); the only file that knows how.

The library is imported late: it is an extra, and only stamps need it.
"""

from __future__ import annotations

import hashlib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.request import (
    HTTPRedirectHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
    build_opener,
)

from config.errors import ConfigError, DatelineError, ServiceUnreachable
from config.secrets import mask_url

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampResponse, VerifierBuilder

_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"
_SECONDS = 30.0
_MAX_BYTES = 1 << 20  # a token with its certificates takes some kilobytes


class AuthorityUnreachable(ServiceUnreachable):
    """The time-stamping authority did not answer."""


class TokenRefused(DatelineError):  # noqa: N818 - named for what it says
    """An answer of an authority proves nothing."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Where to ask, and what an answer must be.

    Attributes:
        address: of the authority.
        ca_file: PEM file with the root that its signature must lead to, perhaps with certificates between.
        policy: object identifier of the policy that the token must name; None for any.
        proxy: address of an HTTP proxy.
        tls_ca_file: certificates trusted for the connection, in place of the system's.
    """

    address: str
    ca_file: Path
    policy: str | None = None
    proxy: str | None = None
    tls_ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """What a token says: that the statement was there at this moment.

    Attributes:
        at: the authority's time, UTC.
        authority: whose certificate signed it, if that was checked.
        policy: object identifier under which it was made.
        serial: its number at the authority.
    """

    at: datetime
    authority: str | None
    policy: str
    serial: int


def ask(authority: Authority, statement: bytes) -> bytes:
    """The authority's answer (a `TimeStampResp` in DER) over a statement, checked by `check_token`.

    Raises AuthorityUnreachable if it does not answer, TokenRefused for an answer that proves nothing.
    """
    rfc3161 = _library()
    request = (
        rfc3161.TimestampRequestBuilder()
        .data(statement)
        .hash_algorithm(rfc3161.HashAlgorithm.SHA256)
        .nonce(nonce=True)
        .cert_request(cert_request=True)
        .build()
    )
    answer = _post(authority, request.as_bytes())
    try:
        check_token(answer, statement, authority.ca_file, policy=authority.policy, nonce=request.nonce)
    except TokenRefused as error:
        raise TokenRefused(f"{mask_url(authority.address)} gave no stamp: {error}") from error
    return answer


def check_token(
    answer: bytes, statement: bytes, ca_file: Path, *, policy: str | None = None, nonce: int | None = None
) -> Token:
    """Check an answer: status, signature and its chain at the token's time, imprint, and policy and nonce.

    Raises TokenRefused with what is wrong.
    """
    rfc3161 = _library()
    from cryptography.x509 import ObjectIdentifier  # noqa: PLC0415 - with the extra

    response = _decoded(answer)
    builder = _trusting(rfc3161.VerifierBuilder(), ca_file)
    if policy is not None:
        builder = builder.policy_id(ObjectIdentifier(policy))
    if nonce is not None:
        builder = builder.nonce(nonce)
    try:
        builder.build().verify(response, hashlib.sha256(statement).digest())
    except (rfc3161.VerificationError, ValueError, TypeError, OverflowError) as error:
        raise TokenRefused(f"the token is not right: {error}") from error
    return _said(response, _signer(response))


def read_token(answer: bytes, statement: bytes) -> Token:
    """What an answer says of a statement, whoever signed it: only the imprint is compared.

    Raises TokenRefused.
    """
    response = _decoded(answer)
    try:
        imprint = response.tst_info.message_imprint.message
    except (ValueError, TypeError) as error:
        raise TokenRefused(f"there is no token in it: {error}") from error
    if imprint != hashlib.sha256(statement).digest():
        raise TokenRefused("the token is about another statement")
    return _said(response, None)


def names_statement(answer: bytes, statement_sha256: str) -> bool:
    """Whether an answer can be about a statement: the imprint stands in it as it is. Needs no library."""
    return bytes.fromhex(statement_sha256) in answer


def _decoded(answer: bytes) -> TimeStampResponse:
    rfc3161 = _library()
    try:
        response = rfc3161.decode_timestamp_response(answer)
        if response.as_bytes() != answer:
            raise TokenRefused("something stands behind the answer, or it is not DER")
        status, said = response.status, ", ".join(response.status_string)
    except (ValueError, TypeError, OverflowError) as error:
        raise TokenRefused(f"it is no answer of a time-stamping authority: {error}") from error
    if rfc3161.PKIStatus(status) != rfc3161.PKIStatus.GRANTED:
        name = rfc3161.PKIStatus(status).name.lower()
        raise TokenRefused(f"the authority said {name}{f': {said}' if said else ''}")
    granted: TimeStampResponse = response
    return granted


def _trusting(builder: VerifierBuilder, ca_file: Path) -> VerifierBuilder:
    for certificate in _certificates(ca_file):
        own = certificate.issuer == certificate.subject
        builder = (
            builder.add_root_certificate(certificate)
            if own
            else builder.add_intermediate_certificate(certificate)
        )
    return builder


def _certificates(ca_file: Path) -> list[Certificate]:
    from cryptography.x509 import load_pem_x509_certificates  # noqa: PLC0415 - with the extra

    try:
        found = list(dict.fromkeys(load_pem_x509_certificates(ca_file.read_bytes())))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{ca_file} is no file of certificates in PEM form: {error}") from error
    if not any(each.issuer == each.subject for each in found):
        raise ConfigError(
            f"{ca_file} has no root certificate: add the one that the authority's chain ends with"
        )
    return found


def _signer(response: TimeStampResponse) -> str:
    from cryptography.x509 import load_der_x509_certificate  # noqa: PLC0415 - with the extra

    [info] = response.signed_data.signer_infos
    certificates = map(load_der_x509_certificate, response.signed_data.certificates)
    mine = (
        each
        for each in certificates
        if (each.issuer, each.serial_number) == (info.issuer, info.serial_number)
    )
    return next(each.subject.rfc4514_string() for each in mine)


def _said(response: TimeStampResponse, authority: str | None) -> Token:
    told = response.tst_info
    at = told.gen_time
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return Token(at, authority, told.policy.dotted_string, told.serial_number)


class _NoRedirects(HTTPRedirectHandler):
    """A query is posted to the authority that the settings name, and to no other."""

    def redirect_request(self, *_: object) -> None:
        return None


def _opener(authority: Authority) -> OpenerDirector:
    proxies = {"http": authority.proxy, "https": authority.proxy} if authority.proxy else {}
    tls = ssl.create_default_context(cafile=authority.tls_ca_file)
    return build_opener(ProxyHandler(proxies), HTTPSHandler(context=tls), _NoRedirects())


def _post(authority: Authority, query: bytes) -> bytes:
    shown = mask_url(authority.address)
    request = Request(  # noqa: S310 - the settings allow http and https alone
        authority.address, query, {"Content-Type": _QUERY, "Accept": _REPLY}
    )
    try:
        with _opener(authority).open(request, timeout=_SECONDS) as answer:
            data: bytes = answer.read(_MAX_BYTES + 1)
            kind = answer.headers.get_content_type()
    except HTTPError as error:
        if error.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise AuthorityUnreachable(f"{shown} answered {error.code}; try again later") from error
        raise TokenRefused(
            f"{shown} answered {error.code}; is `evidence.authority` the address of an RFC 3161 authority?"
        ) from error
    except (URLError, OSError) as error:
        reason = getattr(error, "reason", error)
        raise AuthorityUnreachable(
            f"{shown} did not answer ({reason}); check `evidence.authority`, the network and the proxy"
        ) from error
    if kind != _REPLY or len(data) > _MAX_BYTES:
        raise TokenRefused(f"{shown} answered {len(data)} bytes of {kind}, which is no {_REPLY}")
    return data


def _library() -> ModuleType:
    try:
        import rfc3161_client  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as error:
        raise ConfigError(
            "time stamps need the extra `evidence`: pip install 'dateline[evidence]'"
        ) from error
    return rfc3161_client
