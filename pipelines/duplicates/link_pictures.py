"""Links the pictures of an archive to their first use: index → candidates → comparison → journal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from archive.catalog import picture_index
from archive.catalog.catalog import Catalog
from archive.catalog.export_reads import images_by_sha256
from archive.catalog.picture_index import Of
from archive.clock import Clock
from archive.commit import Committer
from archive.rows import ImageRow, PictureLinkRow
from pipelines.duplicates.look import CUTS, Look, decode, windows
from pipelines.duplicates.same_picture import SHAPED, agreement, crop_of

NEAR = 10  # bits of 64 that two hashes of one picture may differ in
_BATCH = 200
_COVERED = 2 * len(CUTS)  # windows, the last ones, that leave out what a caption or a banner covers
_MOST = 50  # candidates that are compared


class How(StrEnum):
    """How a picture is another one."""

    SAME = "same"
    CROP = "crop"


@dataclass(frozen=True, slots=True)
class Match:
    """Another picture that is this one.

    Attributes:
        distance: of the hashes that led to it, in bits.
        likeness: mean correlation of what both show.
    """

    other: ImageRow
    how: How
    distance: int
    likeness: float


@dataclass(frozen=True, slots=True)
class LinkedPictures:
    """What linking did: pictures that were compared, and how many of them were used before."""

    pictures: int = 0
    linked: int = 0


class PictureLinker:
    """Links what is not linked yet. Blocks; nobody else may link at the same time."""

    def __init__(self, catalog: Catalog, committer: Committer, clock: Clock) -> None:
        self._catalog, self._committer, self._clock = catalog, committer, clock

    def link(self, stop: Callable[[], bool] = lambda: False) -> LinkedPictures:
        """Compare everything that is new, a batch at a time; each batch is acknowledged before the next."""
        if picture_index.is_empty(self._catalog):
            self._fill()
        pictures = linked = 0
        while not stop() and (batch := picture_index.not_compared(self._catalog, _BATCH)):
            enter(self._catalog, batch)
            rows: dict[str, PictureLinkRow] = {}
            for row in batch:
                linked += self._place(row, rows)
            self._committer.commit_rows(list(rows.values()))
            pictures += len(batch)
        return LinkedPictures(pictures, linked)

    def _fill(self) -> None:
        """Enter what is linked already: after a rebuild or a restore the index is empty."""
        after = ""
        while known := picture_index.firsts(self._catalog, after, _BATCH):
            enter(self._catalog, known)
            after = known[-1].sha256

    def _place(self, row: ImageRow, rows: dict[str, PictureLinkRow]) -> bool:
        """Note what a picture is linked to; whether it was used before, in other bytes."""
        now = self._clock.now()
        mine = PictureLinkRow(sha256=row.sha256, first=row.sha256, at=now)
        match, known = self._match(row, rows)
        if match is None or known is None:
            rows[row.sha256] = mine
            return False
        first = self._image(known.first)
        likeness = round(match.likeness * 1000)
        linked = replace(mine, kind=str(match.how), distance=match.distance, likeness=likeness)
        if (first.first_at, first.sha256) <= (row.first_at, row.sha256):
            rows[row.sha256] = replace(linked, first=first.sha256)
            return True
        # An earlier one that came in later, as by an import: the others are linked to it from now on.
        group = picture_index.linked_to(self._catalog, [first.sha256])
        group |= {name: each for name, each in rows.items() if each.first == first.sha256}
        rows |= {name: replace(each, first=row.sha256, at=now) for name, each in group.items()}
        if known.kind is None:
            rows[known.sha256] = replace(linked, sha256=known.sha256, first=row.sha256)
        rows[row.sha256] = mine
        return False

    def _match(
        self, row: ImageRow, rows: dict[str, PictureLinkRow]
    ) -> tuple[Match, PictureLinkRow] | tuple[None, None]:
        """The likest picture that has its place already, and that place: another's turn is still to come."""
        found = matches(self._catalog, row)
        placed = picture_index.links(self._catalog, [match.other.sha256 for match in found]) | rows
        for match in found:
            if (known := placed.get(match.other.sha256)) is not None:
                return match, known
        return None, None

    def _image(self, sha256: str) -> ImageRow:
        return images_by_sha256(self._catalog, [sha256])[sha256]


def enter(catalog: Catalog, rows: Sequence[ImageRow]) -> None:
    """Have pictures in the index, but for those that have too few shapes to be told apart."""
    found = [
        (row.sha256, int(row.phash, 16), look.hashes)
        for row in rows
        if row.look and row.phash and is_telling(look := decode(row.look))
    ]
    if found:
        picture_index.put(catalog, found)


def is_telling(look: Look) -> bool:
    """Whether a picture has enough shapes to be told from others."""
    return agreement(look.thumbnail, look.thumbnail).shaped >= SHAPED


def matches(catalog: Catalog, row: ImageRow) -> list[Match]:
    """The pictures of the index that are this one, the likest first; itself is none."""
    if not (row.look and row.phash):
        return []
    look, whole = decode(row.look), int(row.phash, 16)
    if not is_telling(look):
        return []
    covered = look.hashes[-_COVERED:]
    asked = [
        *((of, whole, 2) for of in Of),
        *((Of.WHOLE, one, 1) for one in look.hashes),
        *((Of.WINDOW, one, 1) for one in covered),
    ]
    nearest: dict[str, int] = {}
    for found in picture_index.near(catalog, asked):
        others = (whole, *look.hashes) if found.of is Of.WHOLE else (whole, *covered)
        distance = min((found.hash ^ one).bit_count() for one in others)
        if distance <= NEAR and found.sha256 != row.sha256:
            nearest[found.sha256] = min(distance, nearest.get(found.sha256, distance))
    likely = sorted(nearest, key=lambda name: (nearest[name], name))[:_MOST]
    images = images_by_sha256(catalog, likely)
    compared = [
        match
        for name in likely
        if name in images and (match := compare(row, look, images[name], nearest[name])) is not None
    ]
    return sorted(compared, key=lambda match: (match.how is How.CROP, -match.likeness, match.other.sha256))


def compare(row: ImageRow, look: Look, other: ImageRow, distance: int) -> Match | None:
    """Whether two pictures with hashes this near are one, or one is a crop of the other."""
    if not other.look:
        return None
    its = decode(other.look)
    whole = agreement(look.thumbnail, its.thumbnail)
    if whole.same:
        return Match(other, How.SAME, distance, whole.correlation)
    for found in (*_crops(other, its, row, look), *_crops(row, look, other, its)):
        return Match(other, How.CROP, found[0], found[1])
    return None


def _crops(large: ImageRow, its: Look, small: ImageRow, look: Look) -> Iterator[tuple[int, float]]:
    """(distance, likeness) if the second picture is a crop of the first."""
    hashed = int(small.phash or "0", 16)
    boxes = windows(large.width, large.height)
    if len(boxes) != len(its.hashes):
        return  # a look of other windows than today's
    distances = [(hashed ^ one).bit_count() for one in its.hashes]
    nearest = min(range(len(boxes)), key=distances.__getitem__)
    if distances[nearest] <= NEAR:
        _, found = crop_of(its.thumbnail, look.thumbnail, boxes[nearest])
        if found.same:
            yield distances[nearest], found.correlation
