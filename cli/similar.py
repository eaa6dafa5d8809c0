"""`dateline similar`: what is like an article, or where else a picture ran."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.article import find_article, shown_moment, typed_url
from cli.open import archive_to_read
from cli.options import settings_of
from cli.output import AsJson, console, counted, print_json
from cli.printable import printable
from config.errors import ConfigError, DatelineError

if TYPE_CHECKING:
    from archive.catalog.catalog import Catalog
    from archive.catalog.picture_uses import PictureUse
    from archive.rows import ImageRow
    from pipelines.duplicates.link_pictures import Match
    from pipelines.duplicates.similar import Similar


def similar(
    context: typer.Context,
    what: Annotated[
        str, typer.Argument(metavar="URL|FILE", help="Of an article, of a picture, or a picture's file.")
    ],
    as_json: AsJson = False,
) -> None:
    """Find articles that share text with one, or every use of a picture.

    An article is compared by its newest text: with the members of its cluster, and with whatever was captured
    near it in time. A picture is found again in other sizes and encodings, with a caption in it, and cut. A
    picture's file is only compared, and not archived.
    """
    days = settings_of(context).duplicates.window
    with archive_to_read(context) as archive:
        if "://" not in what and Path(what).is_file():
            _picture(archive.catalog, what, _of_file(Path(what)), as_json=as_json)
            return
        if images := _at(archive.catalog, what):
            _picture(archive.catalog, what, images[0], as_json=as_json)
            return
        _article(archive.catalog, what, days, as_json=as_json)


def _at(catalog: Catalog, typed: str) -> list[ImageRow]:
    from archive.catalog.picture_uses import images_at
    from archive.erasure.takedown import check_not_taken_down

    url = typed_url(typed)
    check_not_taken_down(catalog, url)
    return images_at(catalog, url)


def _of_file(path: Path) -> ImageRow:
    """The row that a file would have; it is read in a worker, as every picture is."""
    import asyncio

    from archive.digest import sha256_hex
    from archive.rows import ImageRow
    from config.sections import CrawlSettings
    from pipelines.image_answer import ImageRefused
    from pipelines.workers import Workers

    limits = CrawlSettings()
    data = path.read_bytes()
    workers = Workers(1, limits.worker_memory, limits.extract_timeout)
    try:
        facts = asyncio.run(workers.inspect_image(data))
    finally:
        workers.close()
    if isinstance(facts, ImageRefused):
        raise ConfigError(f"{path} is no picture that can be compared: {facts.reason}")
    return ImageRow(
        sha256=sha256_hex(data), phash=facts.phash, mime=facts.mime, width=facts.width, height=facts.height,
        size=len(data), first_url="", first_at=datetime.now(UTC), capture_id="", look=facts.look,
    )  # fmt: skip


def _picture(catalog: Catalog, asked: str, row: ImageRow, *, as_json: bool) -> None:
    from archive.catalog.picture_uses import uses_of
    from pipelines.duplicates.link_pictures import matches

    found = matches(catalog, row)
    uses = uses_of(catalog, [row.sha256, *(match.other.sha256 for match in found)])
    by_article: dict[str, PictureUse] = {}
    for use in sorted((use for each in uses.values() for use in each), key=lambda use: use.captured_at):
        by_article.setdefault(use.article_id, use)
    if as_json:
        print_json(_picture_json(asked, row, list(by_article.values()), found))
        return
    out = console()
    for number, use in enumerate(by_article.values()):
        ran = "first ran on" if number == 0 else "also on"
        how = use.link.kind if use.link is not None and use.link.kind else "the same bytes"
        out.print(
            f"{ran} {shown_moment(use.captured_at)} in {use.url} ({use.source})"
            + (f", {how}" if number else ""),
            soft_wrap=True,
        )
        if use.caption:
            out.print(f"  {printable(use.caption)}", soft_wrap=True)
    if not by_article:
        out.print("This picture ran in no article of this archive.")


def _picture_json(asked: str, row: ImageRow, uses: list[PictureUse], found: list[Match]) -> dict[str, Any]:
    distances = {match.other.sha256: match for match in found}
    return {
        "picture": asked,
        "sha256": row.sha256,
        "phash": row.phash,
        "uses": [
            {
                "url": use.url,
                "source": use.source,
                "captured_at": use.captured_at,
                "version": use.number,
                "picture": use.picture_url,
                "sha256": use.sha256,
                "caption": use.caption,
                "kind": "exact" if use.sha256 == row.sha256 else _kind(use, distances.get(use.sha256)),
            }
            for use in uses
        ],
    }


def _kind(use: PictureUse, match: Match | None) -> str:
    if match is not None:
        return str(match.how)
    return use.link.kind if use.link is not None and use.link.kind else "same"


def _article(catalog: Catalog, typed: str, days: int | None, *, as_json: bool) -> None:
    from archive.catalog.versions import text_by_sha256
    from pipelines.duplicates.similar import similar_articles
    from pipelines.duplicates.window import Window

    timeline = find_article(catalog, typed)
    newest = next((row for row in reversed(timeline.contents) if row.text_sha256), None)
    text = text_by_sha256(catalog, newest.text_sha256 or "") if newest else None
    if newest is None or text is None:
        raise DatelineError(f"{timeline.article.url} has no text to compare with")
    found = similar_articles(catalog, timeline.article.id, text, timeline.contents, Window(days))
    if as_json:
        print_json({"url": timeline.article.url, "similar": [_similar_json(each) for each in found]})
        return
    out = console()
    for each in found:
        share = f"{each.likeness.containment * 100:.0f} % of the shorter text"
        said = f"{each.kind or 'some words'}, {share}" + (", in its cluster" if each.linked else "")
        article = each.article
        out.print(
            f"{shown_moment(article.first_captured_at)}  {article.source}  {article.url}  {said}",
            soft_wrap=True,
        )
    out.print(f"{counted(len(found), 'article')} like {timeline.article.url}", soft_wrap=True)


def _similar_json(each: Similar) -> dict[str, Any]:
    return {
        "url": each.article.url,
        "source": each.article.source,
        "first_captured_at": each.article.first_captured_at,
        "kind": each.kind,
        "jaccard": round(each.likeness.jaccard, 3),
        "containment": round(each.likeness.containment, 3),
        "linked": each.linked,
    }
