"""The language of an article: what the page declares, its script, and a guess from its words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipelines import json_ld
from pipelines.metadata import Metadata
from pipelines.page import Page

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

MIN_GUESSED = 100  # letters; of shorter texts one in ten is too close between neighbours such as da and no
MIN_CONFIDENCE = 0.9  # of the guess
# The model tells these from the language that the news is written in; a page does not.
_DIALECTS = {"ary": "ar", "arz": "ar", "sdh": "ku", "uzs": "uz", "wuu": "zh", "yue": "zh"}
_SAMPLE = 4000  # characters; more changes no guess

# ISO 639-2 codes that pages use although a two-letter code exists.
_TWO_LETTERS = {
    "ara": "ar", "ces": "cs", "chi": "zh", "dan": "da", "deu": "de", "dut": "nl", "ell": "el", "eng": "en",
    "fin": "fi", "fra": "fr", "fre": "fr", "ger": "de", "heb": "he", "hin": "hi", "hun": "hu", "ind": "id",
    "ita": "it", "jpn": "ja", "kor": "ko", "nld": "nl", "nor": "no", "pol": "pl", "por": "pt", "ron": "ro",
    "rus": "ru", "spa": "es", "swe": "sv", "tur": "tr", "ukr": "uk", "vie": "vi", "zho": "zh",
    # countries mistaken for languages
    "cn": "zh", "jp": "ja", "kr": "ko", "ua": "uk", "dk": "da", "cz": "cs", "gr": "el",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Script:
    """A script of the world's news.

    Attributes:
        letters: matches one of its letters.
        languages: those that are written in it, the one it means where nothing else is known first.
        alone: whether the script says the language by itself.
        share: of all letters of a text, from which on the text is in this script.
    """

    letters: re.Pattern[str]
    languages: tuple[str, ...]
    alone: bool = True
    share: float = 0.3


_SCRIPTS = (
    _Script(re.compile("[\uac00-\ud7af]"), ("ko",)),
    # kana mixes with kanji: a tenth of it already makes Japanese
    _Script(re.compile("[\u3040-\u30ff]"), ("ja",), share=0.1),
    _Script(re.compile("[\u4e00-\u9fff]"), ("zh", "ja")),
    _Script(re.compile("[\u0e00-\u0e7f]"), ("th",)),
    _Script(re.compile("[\u0370-\u03ff]"), ("el",)),
    _Script(re.compile("[\u0590-\u05ff]"), ("he", "yi")),
    _Script(
        re.compile("[\u0400-\u04ff]"),
        (
            "ru",
            "uk",
            "be",
            "bg",
            "sr",
            "mk",
            "kk",
            "ky",
            "mn",
            "tg",
            "tt",
            "uz",
            "az",
            "ba",
            "bs",
            "cv",
            "sh",
        ),
        alone=False,
        share=0.5,
    ),
    _Script(
        re.compile("[\u0600-\u06ff]"),
        ("ar", "fa", "ur", "ps", "ug", "ku", "sd", "ks", "az", "pa", "ms", "kk", "ky", "uz"),
        alone=False,
        share=0.5,
    ),
)

# The letters of all of these: most texts have none, and then no script is counted.
_IN_SCRIPTS = re.compile("[\u0370-\u06ff\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
# Languages of the news that are written in no Latin letters.
_NEVER_LATIN = re.compile(
    "am|ar|be|bg|bn|el|fa|he|hi|hy|ja|ka|km|ko|lo|mk|mr|my|ne|ps|ru|ta|te|th|uk|ur|yi|zh",
)
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_NEARLY_ALL = 0.9  # of the letters


def language(page: Page, metadata: Metadata, text: str) -> str | None:
    """ISO 639-1 code: what the page declares, unless its script says otherwise; then a guess.

    None if nothing is declared and the text is too short or too mixed for a guess.
    """
    declared = (
        page.tree.get("lang"),
        page.tree.get("xml:lang"),
        json_ld.text(metadata.article.get("inLanguage")),
        metadata.first("content-language", "og:locale", "language", "dc.language", "inlanguage"),
        next((e.get("lang") for e in page.tree.iter("body", "article") if e.get("lang")), None),
    )
    codes = [code for value in declared if (code := language_code(value))]
    script = _script(text)
    if script is None:
        # a page in Latin letters that calls itself Korean has its template's word for it
        fitting = next((c for c in codes if not (_NEVER_LATIN.fullmatch(c) and _is_latin(text))), None)
        return fitting or guessed(text) or next(iter(codes), None)
    fitting = next((code for code in codes if code in script.languages), None)
    if fitting or script.alone:
        return fitting or script.languages[0]
    return guessed(text, script.languages)


def language_code(value: str | None) -> str | None:
    """The two-letter code of a language tag such as `de-AT`, `en_GB` or `deu`; None if it has none."""
    primary = re.split(r"[-_,; ]", (value or "").strip().lower())[0]
    primary = _TWO_LETTERS.get(primary, primary)
    return primary if re.fullmatch(r"[a-z]{2}", primary) else None


def guessed(text: str, among: Sequence[str] = ()) -> str | None:
    """What the letters of the text say, if there are enough of them and they say it clearly.

    Args:
        text: of an article.
        among: the codes that are believed; empty: all.
    """
    sample = text[:_SAMPLE]
    if sum(map(str.isalpha, sample)) < MIN_GUESSED:
        return None
    shares: Counter[str] = Counter()
    for label, share in _identifier().rank(sample):
        shares[_DIALECTS.get(label, label)] += share
    best, confidence = shares.most_common(1)[0]
    believed = not among or best in among
    # labels of three letters are small languages and `zxx`, no language at all
    return language_code(best) if believed and confidence >= MIN_CONFIDENCE else None


def _script(text: str) -> _Script | None:
    sample = text[:_SAMPLE]
    if not _IN_SCRIPTS.search(sample):
        return None
    letters = sum(map(str.isalpha, sample))
    found = (s for s in _SCRIPTS if letters and len(s.letters.findall(sample)) > s.share * letters)
    return next(found, None)


def _is_latin(text: str) -> bool:
    sample = text[:_SAMPLE]
    letters = sum(map(str.isalpha, sample))
    return letters >= MIN_GUESSED and len(_LATIN.findall(sample)) > _NEARLY_ALL * letters


@cache
def _identifier() -> LanguageIdentifier:
    """The model, read once a process and only where it is needed: half a second and some 60 MB."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 - most pages need none of it

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
