"""The two origins, and every address that we give out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from config.errors import ConfigError
from config.settings import WebSettings
from web.moments import digits

RAW, REPLAY = "id_", "mp_"
LINK, JSON = "link", "json"
_EVERYWHERE = {"0.0.0.0", "::", ""}  # noqa: S104 - the spellings of "every interface"


@dataclass(frozen=True, slots=True)
class Origins:
    """Where readers reach us: `http://127.0.0.1:8080` and the like, without a slash at the end."""

    api: str
    replay: str

    @classmethod
    def of(cls, settings: WebSettings) -> Origins:
        """As the settings say. Raises ConfigError if they cannot be known."""
        given = {"origin": settings.origin, "replay_origin": settings.replay_origin}
        missing = [f"web.{name}" for name, address in given.items() if address is None]
        if settings.host in _EVERYWHERE and missing:
            raise ConfigError(
                f"web.host {settings.host} listens on every interface: set {' and '.join(missing)} too, the "
                "addresses under which readers reach it, such as https://archive.example.org"
            )
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        return cls(
            settings.origin or f"http://{host}:{settings.port}",
            settings.replay_origin or f"http://{host}:{settings.replay_port}",
        )

    def memento(self, url: str, at: datetime) -> str:
        """URI-M: the raw capture."""
        return f"{self.api}/web/{digits(at)}{RAW}/{url}"

    def replayed(self, url: str, at: datetime) -> str:
        """The capture for a person's browser."""
        return f"{self.replay}{replay_path(url, at)}"

    def timegate(self, url: str) -> str:
        """URI-G."""
        return f"{self.api}/timegate/{url}"

    def timemap(self, form: str, url: str, since: datetime | None = None) -> str:
        """URI-T: `link` or `json`, the first page or the one that begins at `since`."""
        page = "" if since is None else f"{digits(since)}/"
        return f"{self.api}/timemap/{form}/{page}{url}"


def replay_path(url: str, at: datetime) -> str:
    """The capture of a URL closest to a moment, within the replay origin."""
    return f"/web/{digits(at)}{REPLAY}/{url}"
