"""The sites' articles as plain values, read from the YAML files in `content/`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

SITE_NAMES = ("harbour-courier", "tagblatt-am-see", "el-mirador")


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture in an article; `after` counts the paragraphs before it (0: the lead picture)."""

    motif: str
    seed: int
    caption: str
    credit: str
    after: int = 0

    @property
    def name(self) -> str:
        """Names the drawing: the same name is the same picture, wherever it runs."""
        return f"{self.motif}-{self.seed:02d}"


@dataclass(frozen=True, slots=True)
class Story:
    """What a reader sees of one article on one night. Dates are aware.

    The standfirst is the description, shown above the text; an agency's story, run word for word, has none.
    """

    slug: str
    section: str
    path: str
    language: str
    published: datetime
    title: str
    description: str
    byline: tuple[str, ...]
    paragraphs: tuple[str, ...]
    pictures: tuple[Picture, ...]
    modified: datetime | None = None
    standfirst: str | None = None

    @property
    def text(self) -> tuple[str, ...]:
        """The paragraphs that a reader sees, the standfirst first."""
        return self.paragraphs if self.standfirst is None else (self.standfirst, *self.paragraphs)


@dataclass(frozen=True, slots=True)
class PlannedStory:
    """An article's whole life.

    Attributes:
        states: (night, story as it stands from that night on), in order; the first night is its first.
        removed: the night from which its address answers 404; None if never.
        broken: the night on which its address answers 500.
        walled: the night on which a consent wall stands in front of it.
        old_address: path that redirects to the article; None for most.
    """

    states: tuple[tuple[int, Story], ...]
    removed: int | None = None
    broken: int | None = None
    walled: int | None = None
    old_address: str | None = None

    @property
    def path(self) -> str:
        return self.states[0][1].path

    @property
    def first_night(self) -> int:
        return self.states[0][0]

    def on(self, night: int) -> Story | None:
        """The article as it stands on `night`; None before its first night and after its removal."""
        if self.removed is not None and night >= self.removed:
            return None
        standing = [story for since, story in self.states if since <= night]
        return standing[-1] if standing else None


@dataclass(frozen=True, slots=True)
class Site:
    """One newspaper: its name, furniture and articles."""

    name: str
    title: str
    language: str
    timezone: str
    motto: str
    sections: Mapping[str, str]
    ads: tuple[str, ...]
    polls: tuple[str, ...]
    stories: tuple[PlannedStory, ...]

    def standing(self, night: int, section: str | None = None) -> list[Story]:
        """The articles that stand on `night`, newest first."""
        stories = [story for planned in self.stories if (story := planned.on(night))]
        stories.sort(key=lambda story: story.published, reverse=True)
        return [story for story in stories if section in (None, story.section)]

    def planned(self, path: str) -> PlannedStory | None:
        """The article at `path`, whatever the night; None if the site never has one there."""
        return next((planned for planned in self.stories if planned.path == path), None)


@cache
def load_sites() -> Mapping[str, Site]:
    """All three sites by name."""
    return {name: _site(_read(name), _read("wire")) for name in SITE_NAMES}


def _read(name: str) -> dict[str, Any]:
    text = files("cli.demo_site.content").joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    data: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return data


def _site(data: dict[str, Any], wire: dict[str, Any]) -> Site:
    return Site(
        name=data["name"],
        title=data["title"],
        language=data["language"],
        timezone=data["timezone"],
        motto=data["motto"],
        sections=dict(data["sections"]),
        ads=tuple(data["furniture"]["ads"]),
        polls=tuple(data["furniture"]["polls"]),
        stories=tuple(_planned(entry, data, wire) for entry in data["articles"]),
    )


def _planned(entry: dict[str, Any], site: dict[str, Any], wire: dict[str, Any]) -> PlannedStory:
    body = wire[entry["wire"]] if "wire" in entry else entry
    published = datetime.fromisoformat(entry["published"])
    story = Story(
        slug=entry["slug"],
        section=entry["section"],
        path=site["path"].format(**{**entry, "published": published}),
        language=entry.get("language", site["language"]),
        published=published,
        title=entry["title"],
        description=entry["description"],
        byline=tuple(entry["byline"]),
        paragraphs=tuple(" ".join(part.split()) for part in body["text"].split("\n\n")),
        pictures=tuple(Picture(**picture) for picture in body["pictures"]),
        standfirst=entry["description"] if site["standfirst"] and "wire" not in entry else None,
    )
    states = [(entry["night"], story)]
    for edit in entry.get("edits", ()):
        states.append((edit["night"], _edited(states[-1][1], edit)))
    return PlannedStory(
        tuple(states),
        entry.get("removed"),
        entry.get("broken"),
        entry.get("walled"),
        entry.get("old_address"),
    )


def _edited(story: Story, edit: dict[str, Any]) -> Story:
    """`story` after one edit: a new title, paragraphs by number (from 1), pictures by number (from 0)."""
    paragraphs, pictures = list(story.paragraphs), list(story.pictures)
    for number, text in edit.get("paragraphs", {}).items():
        paragraphs[number - 1] = text
    for number, changes in edit.get("pictures", {}).items():
        pictures[number] = replace(pictures[number], **changes)
    modified = edit.get("modified")
    return replace(
        story,
        title=edit.get("title", story.title),
        paragraphs=tuple(paragraphs),
        pictures=tuple(pictures),
        modified=datetime.fromisoformat(modified) if modified else story.modified,
    )
