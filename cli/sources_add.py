"""`dateline sources add`: look at a site, say what it offers, write the file of a source."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from cli.options import settings_of
from cli.output import AsJson, counted, print_json
from cli.printable import printable
from config.errors import ConfigError, DatelineError, ServiceUnreachable

if TYPE_CHECKING:
    from config.settings import Settings
    from config.source import Source
    from crawler.survey.found import Findings
    from crawler.survey.survey import Surveyed
    from crawler.survey.tryout import Trial

_BEGINNING = 160  # characters of a text that are shown
_NO_ANSWER = ("dns", "refused", "timeout", "tls", "network", "proxy", "connect")


class NothingFound(DatelineError):  # noqa: N818 - named for what it says
    """A site offers no way in that could be found."""


def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="The site's first page, or one of its feeds.")],
    *,
    name: Annotated[str | None, typer.Option(help="Its short name; made of its address if empty.")] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write the file without asking.")] = False,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="The site may be on a private address.")
    ] = False,
    clock: Annotated[str | None, typer.Option(hidden=True, metavar="MOMENT")] = None,
    as_json: AsJson = False,
) -> None:
    """Find out what a site offers, try a few of its articles, and write its file into the folder of sources.

    Asks for at most thirty documents, politely, and archives nothing. Feeds, sitemaps, section pages and the
    pattern of article addresses are shown with the reasons for them. No file is ever overwritten.
    """
    from cli.carry import clock_at
    from crawler.reactor import run_in_reactor
    from crawler.survey.source_file import name_of, source_text
    from crawler.survey.survey import survey

    time = clock_at(clock)
    settings = settings_of(context)
    asked = _address(url)
    path = _free_path(settings, name) if name else None
    defaults = _defaults(settings)
    source = _probe(asked, defaults, allow_private=allow_private)
    stop = Event()
    done = run_in_reactor(lambda: survey(source, settings, time, stopping=stop.is_set), on_stop=stop.set)
    if stop.is_set():
        raise KeyboardInterrupt
    if done.proposal is None:
        _refuse(done.findings)
    path = path or _free_path(settings, name_of(done.proposal.home))
    render = done.proposal.render and _can_render()
    text = source_text(
        path.stem,
        done.proposal,
        on=time.now().date(),
        allow_private=allow_private,
        render=render,
        defaults=defaults,
    )
    if not as_json:
        _show(done, text, path)
    if yes or (not as_json and _confirmed(path)):
        written = (path, *_keep_example(settings, _write(path, text), done.trials))
    else:
        written = ()
    if as_json:
        print_json(_described(done, text, path, written))
    elif written:
        print("".join(f"Written: {one}\n" for one in written), end="")
        print(f"Next: `dateline sources preview {path.stem}`, then `dateline crawl {path.stem}`.")
    else:
        print("Nothing was written; `--yes` writes it.")


def _address(url: str) -> str:
    """The address asked for, https if it names no scheme. Raises ConfigError for what is none."""
    from config.web_address import check_web_address

    asked = url.strip()
    asked = asked if "://" in asked else f"https://{asked}"
    asked = asked if asked.partition("://")[2].count("/") else f"{asked}/"
    try:
        return check_web_address(asked)
    except ValueError as error:
        raise ConfigError(
            f"URL {url!r} {error}; expected an address such as https://www.example.org/"
        ) from None


def _defaults(settings: Settings) -> Mapping[str, Any]:
    """What `defaults.yaml` says for every source; raises ConfigProblems if it is wrong."""
    from config.defaults_file import defaults_path, read_defaults

    layer = read_defaults(defaults_path(settings.sources)).defaults
    return {} if layer is None else layer.data


def _probe(homepage: str, defaults: Mapping[str, Any], *, allow_private: bool) -> Source:
    """The source on whose behalf the survey asks, as slowly as the defaults want."""
    from config.source import Source

    own = {"name": "survey", "homepage": homepage, "network": {"allow_private": allow_private}}
    return Source.model_validate({**defaults, **own})


def _free_path(settings: Settings, name: str) -> Path:
    """Where the file goes. Raises ConfigError for a name that is taken, or is none."""
    from config.source import is_source_name

    if not is_source_name(name):
        raise ConfigError(f"--name {name!r}: allowed are small letters a-z, digits and -, at most 64")
    path = settings.sources / f"{name}.yaml"
    if path.exists():
        raise ConfigError(f"{path} is there already and is not overwritten; --name takes another one")
    return path


def _can_render() -> bool:
    from crawler.render.chromium import missing_for_rendering

    return missing_for_rendering() is None


def _confirmed(path: Path) -> bool:
    return sys.stdin.isatty() and typer.confirm(f"Write {path}?")


def _write(path: Path, text: str) -> Source:
    """Write the file, and read it as `sources check` does, with the defaults.

    Raises DatelineError if it cannot be written, SourceErrors if it is not right; then it is not there.
    """
    from config.load_sources import SourceErrors, load_source_file

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise DatelineError(f"cannot write {path}: {error.strerror or error}") from error
    try:
        return load_source_file(path)
    except SourceErrors:
        path.unlink()
        raise


def _keep_example(settings: Settings, source: Source, trials: tuple[Trial, ...]) -> tuple[Path, ...]:
    """Keep the first article that was tried as a golden case; none if none was read."""
    from cli.golden import Page, keep_page
    from config.golden_case import golden_folder

    tried = next((trial for trial in trials if trial.article and trial.document), None)
    if tried is None or tried.document is None or golden_folder(settings.sources, source.name).exists():
        return ()
    page = Page(
        tried.document.url,
        tried.document.exchange.at.replace(microsecond=0),
        tried.document.content_type,
        tried.document.body,
    )
    files, _ = keep_page(settings.sources, source, page, pack=True)
    return files


def _refuse(findings: Findings) -> NoReturn:
    """Say what was tried and what came of it. Raises ServiceUnreachable, or NothingFound."""
    tried = "".join(
        f"\n  {row.what:10} {printable(row.url)}: {printable(row.came)}" for row in findings.tried
    )
    first = findings.tried[0].came if findings.tried else "budget"
    if findings.home is None and first.startswith(_NO_ANSWER):
        raise ServiceUnreachable(f"{findings.asked} gives no answer ({first}); tried:{tried}")
    if findings.home is None and first == "blocked_private":
        raise ConfigError(f"{findings.asked} is on a private address; --allow-private lets it be watched")
    raise NothingFound(
        f"{findings.asked}: no feed, no sitemap and no page with links to stories was found; tried:{tried}\n"
        "If you know a feed or a section page of it, `dateline sources add` takes its address too."
    )


def _show(done: Surveyed, text: str, path: Path) -> None:
    """The whole story for a person: what was asked for, what was found, how articles fared, the file."""
    findings = done.findings
    print(f"{findings.asked}: {counted(findings.requests, 'request')}; {findings.robots}")
    for row in findings.tried:
        print(f"  {row.what:15} {printable(row.url)}: {printable(row.came)}")
    if done.proposal is not None:
        for warning in done.proposal.warnings:
            print(f"Please note: {printable(warning)}")
        for way in done.proposal.left_out:
            print(f"Left out: {printable(way.url)}: {printable(way.why)}")
    print(f"\nTried as a crawl would, nothing archived: {_sum(done.trials)}")
    for trial in done.trials:
        print_trial(trial)
    print(f"\n{path}:\n")
    print("".join(f"  {line}\n" for line in text.splitlines()))


def _sum(trials: tuple[Trial, ...]) -> str:
    read = sum(trial.article is not None for trial in trials)
    return f"{read} of {counted(len(trials), 'page')} read as articles"


def print_trial(trial: Trial) -> None:
    """One page: its verdict, title, beginning and pictures."""
    verdict = f"{trial.outcome.kind}" + (f"({trial.outcome.reason})" if trial.outcome.reason else "")
    print(f"  {verdict:12} {printable(trial.url)}")
    if trial.article is None:
        return
    article = trial.article
    beginning = " ".join(article.text.split())
    cut = "\u2026" if len(beginning) > _BEGINNING else ""
    print(f"    {printable(article.title)}")
    print(f"    {printable(beginning[:_BEGINNING])}{cut}")
    facts = [
        f"{len(beginning)} characters",
        counted(len(article.images), "picture"),
        f"published {article.published_at:%Y-%m-%d %H:%M} UTC" if article.published_at else "no date",
        article.language or "no language",
    ]
    print(f"    {', '.join(facts)}")


def trial_json(trial: Trial) -> dict[str, Any]:
    """One page for `--json`."""
    article = trial.article
    read = article and {
        "title": article.title,
        "text": article.text,
        "byline": article.byline,
        "published_at": article.published_at,
        "language": article.language,
        "images": [{"url": image.url, "caption": image.caption} for image in article.images],
    }
    return {"url": trial.url, "outcome": trial.outcome.kind, "reason": trial.outcome.reason, "article": read}


def _described(done: Surveyed, text: str, path: Path, written: tuple[Path, ...]) -> dict[str, Any]:
    proposal, findings = done.proposal, done.findings
    return {
        "url": findings.asked,
        "homepage": proposal.home if proposal else findings.home,
        "moved": findings.moved,
        "requests": findings.requests,
        "robots": findings.robots,
        "crawl_delay": findings.crawl_delay,
        "tried": findings.tried,
        "proposal": proposal
        and {
            "name": path.stem,
            "timezone": proposal.zone,
            "language": proposal.language,
            "ways": proposal.ways,
            "left_out": proposal.left_out,
            "articles": proposal.learned,
            "patterns_used": proposal.allow,
            "render": proposal.render,
            "warnings": proposal.warnings,
        },
        "trials": [trial_json(trial) for trial in done.trials],
        "file": text,
        "path": path,
        "written": written,
    }
