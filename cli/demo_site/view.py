"""What a template needs to draw one page for one request."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from random import Random

from cli.demo_site.stories import Picture, Site, Story


@dataclass(frozen=True, slots=True)
class View:
    """One request's view of a site.

    Attributes:
        base: scheme and host as the reader addressed them, without a slash at the end.
        count: how many requests the server has answered before; it seeds the furniture.
        chance: source of everything around an article that changes on every fetch.
    """

    site: Site
    night: int
    base: str
    count: int
    chance: Random

    def url(self, path: str) -> str:
        return self.base + path

    def media(self, picture: Picture, width: int, suffix: str = "jpg") -> str:
        return f"/media/{picture.name}-{width}.{suffix}"

    def stories(self, section: str | None = None) -> list[Story]:
        return self.site.standing(self.night, section)

    def related(self, story: Story | None = None, most: int = 3) -> list[Story]:
        """Other articles, in an order that changes on every fetch."""
        others = [other for other in self.stories() if story is None or other.path != story.path]
        return self.chance.sample(others, min(most, len(others)))

    def advertisement(self) -> tuple[str, str]:
        """Address of a banner, and its words."""
        return f"/ads/{self.chance.randrange(40)}.png?cb={self.token()}", self.chance.choice(self.site.ads)

    def token(self) -> str:
        return f"{self.chance.getrandbits(64):016x}"

    def readers(self) -> int:
        return self.chance.randrange(12, 4000)


def esc(text: str) -> str:
    """Text for an element's content or a quoted attribute."""
    return escape(text, quote=True)


def figures_at(story: Story, after: int) -> list[Picture]:
    """The pictures that stand after the paragraph number `after` (0: before the first)."""
    return [picture for picture in story.pictures if picture.after == after]


@cache
def stylesheet(name: str) -> str:
    """The look of one site, put into each page so that an archived page keeps it."""
    return files("cli.demo_site.templates").joinpath(f"{name}.css").read_text(encoding="utf-8")
