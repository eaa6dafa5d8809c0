"""Keeps passwords out of everything that is shown: messages, logs, tables and `repr`."""

from __future__ import annotations

import re

MASK = "***"

_IN_ADDRESS = re.compile(r"(?P<before>[A-Za-z][A-Za-z0-9+.\-]*://[^\s:/@]*:)\S*(?=@)")
_IN_PAIR = re.compile(
    r"(?i)(?P<before>\b(?:ssl)?(?:password|passwd|pwd|secret|token|api_?key|access_key|secret_access_key)\s*=\s*)"
    r"[^\s&;]+"
)
_SECRET_NAME = re.compile(r"(?i)pas+w|pwd|secret|token|credential|^login$|(?:api|access|private)_?key")
_PLAIN_ADDRESS = re.compile(
    r"(?:[A-Za-z][A-Za-z0-9+.\-]*://)?(?:[\w.\-]*|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:/[\w./\-]*)?"
)
_NO_PORT = re.compile(r"(?P<before>[^/:\[]*:)(?!\d{1,5}(?:[/?]|$)).+", re.DOTALL)


def mask_url(text: str) -> str:
    """`text` with the password of every `scheme://user:password@…` and every `password=…` hidden.

    Raw `@` and `/` inside a password are covered too: the mask reaches to the last `@` of the word.
    """
    masked = _IN_ADDRESS.sub(rf"\g<before>{MASK}", text)
    return _IN_PAIR.sub(rf"\g<before>{MASK}", masked)


def mask_address(value: str) -> str:
    """One whole setting that may hold credentials, even one too broken to be an address.

    Everything between the first `:` after the scheme and the last `@` is hidden, white space included.
    """
    scheme, mark, rest = value.rpartition("://") if value.count("://") == 1 else ("", "", value)
    if "@" not in rest:  # perhaps the host was forgotten: what is no port may be the password
        hidden = _NO_PORT.sub(rf"\g<before>{MASK}", rest) if mark else rest
        return mask_url(f"{scheme}{mark}{hidden}")
    user_info, _, host = rest.rpartition("@")
    user, colon, _ = user_info.partition(":")
    return mask_url(f"{scheme}{mark}{user}{colon}{MASK if colon else ''}@{host}")


def mask_proxy(value: str) -> str:
    """A proxy's address: shown when it is plainly without credentials, otherwise only its host.

    The user name alone can be a token, so it is hidden as well.
    """
    if "@" in value:
        scheme, mark, _ = value.partition("://")
        return f"{scheme if mark else ''}{mark}{MASK}@{value.rpartition('@')[2]}"
    return value if _PLAIN_ADDRESS.fullmatch(value) else MASK


def is_secret_name(name: str) -> bool:
    """Whether a key of this name holds a secret, so that its value must never be shown."""
    return _SECRET_NAME.search(name) is not None
