"""What an S3 service's refusals mean, in one line a person can act on; no client library is needed here."""

from __future__ import annotations

from typing import Final

_CREDENTIALS: Final = "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the AWS profile"
_NETWORK: Final = "check that the service runs, and s3.endpoint"
_LATER: Final = "try again later; nothing was acknowledged"

# S3 error codes (docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html), bare HTTP statuses (a HEAD
# has no body to carry a code) and the names of botocore's own exceptions.
_REASONS: Final = {
    "NoSuchBucket": "the bucket does not exist; create it, or correct the store's address",
    "InvalidBucketName": "the service does not take this bucket name; correct the store's address",
    "InvalidAccessKeyId": f"the access key is unknown; {_CREDENTIALS}",
    "SignatureDoesNotMatch": f"the secret key is wrong; {_CREDENTIALS}",
    "AccessDenied": f"access denied; {_CREDENTIALS}, and the bucket's policy",
    "403": f"access denied; {_CREDENTIALS}, and the bucket's policy",
    "401": f"the credentials were refused; {_CREDENTIALS}",
    "ExpiredToken": "the session token has expired; renew the credentials",
    "InvalidToken": "the session token is not valid; renew the credentials",
    "RequestTimeTooSkewed": "this machine's clock is off by more than 15 minutes; set the clock",
    "PermanentRedirect": "the bucket is in another region; set s3.region",
    "301": "the bucket is in another region; set s3.region",
    "AuthorizationHeaderMalformed": "the bucket is in another region; set s3.region",
    "IllegalLocationConstraintException": "the bucket is in another region; set s3.region",
    "NotImplemented": "the service lacks something we need (If-None-Match); use another store",
    "InsufficientStorage": "the service has no space left; free some",
    "507": "the service has no space left; free some",
    "QuotaExceeded": "the quota is used up; raise it",
    "SlowDown": f"the service asks us to slow down; {_LATER}",
    "503": f"the service is not available; {_LATER}",
    "ServiceUnavailable": f"the service is not available; {_LATER}",
    "500": f"the service failed; {_LATER}",
    "InternalError": f"the service failed; {_LATER}",
    "ConditionalRequestConflict": f"other writers kept writing the same key; {_LATER}",
    "NoCredentialsError": f"no credentials were found; {_CREDENTIALS}",
    "PartialCredentialsError": f"only half of the credentials was found; {_CREDENTIALS}",
    "CredentialRetrievalError": f"the credentials could not be fetched; {_CREDENTIALS}",
    "TokenRetrievalError": "the sign-in has expired; run `aws sso login`",
    "ProfileNotFound": "the AWS profile does not exist; correct AWS_PROFILE, or replica_s3.profile",
    "ConfigParseError": "the AWS configuration file cannot be read; correct it",
    "EndpointConnectionError": f"no connection; {_NETWORK}",
    "ConnectionError": f"no connection; {_NETWORK}",
    "ConnectionClosedError": f"the connection was closed before an answer; {_NETWORK}",
    "ProxyConnectionError": "no connection to the proxy; check HTTPS_PROXY and NO_PROXY",
    "ConnectTimeoutError": f"no connection in time; {_NETWORK}",
    "ReadTimeoutError": f"no answer in time; {_NETWORK}",
    "SSLError": "TLS failed; check s3.endpoint (https or http?) and AWS_CA_BUNDLE",
    "InvalidEndpointURLError": "s3.endpoint is no URL; correct it",
    "InvalidRegionError": "s3.region is no region name; correct it",
}

ABSENT: Final = frozenset({"NoSuchKey", "404", "NotFound"})
"""Codes for an absent object. On a HEAD, 404 may also mean an absent bucket."""


def explain(codes: list[str], *, doing: str, where: str) -> str:
    """One line: what failed, where, why and what to do next; the first known of `codes` decides.

    The service's own message is left out: some answer with the access key, the signature or the string
    that was signed.
    """
    known = (_REASONS[code] for code in codes if code in _REASONS)
    reason = next(known, f"unexpected error {codes[0]}; see the log of the service")
    return f"cannot {doing} in {where}: {reason}"
