"""Made-up news in two languages: headlines, slugs and texts, each like no other."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from random import Random

_ENGLISH = (
    "The {a} office said on {d} that the {b} would stay closed until the {c} has been mended.",
    "A spokeswoman for the {a} council told reporters that nobody had asked for a new {b} before {d}.",
    "Residents near the {c} complained about the noise, which had kept them awake since {d}.",
    "Two engineers from the {b} works spent the night under the {c} with lamps and a borrowed pump.",
    "Whether the {a} pays for the {c} or the county does is for a judge to decide, perhaps on {d}.",
    "In the market hall people spoke of little else but the {b}, and of who had seen the {c} first.",
    "The mayor promised a report on the {a} by {d}, and said that the {b} had been inspected in spring.",
    "Ferries will leave from the northern {c} instead, an hour later than the {a} timetable says.",
)
_GERMAN = (
    "Das {a} Amt teilte am {d} mit, die {b} bleibe gesperrt, bis der Schaden am {c} behoben sei.",
    "Eine Sprecherin sagte, vor {d} habe niemand nach einer neuen {b} gefragt, auch nicht das {a} Amt.",
    "Anwohner am {c} klagten \u00fcber den L\u00e4rm, der sie seit {d} nicht schlafen lasse.",
    "Zwei Ingenieure der {b} verbrachten die Nacht mit Lampen und einer geliehenen Pumpe unter dem {c}.",
    "Ob das {a} Amt oder der Kreis f\u00fcr den {c} zahlt, muss ein Gericht entscheiden, vielleicht am {d}.",
    "In der Markthalle sprach man nur von der {b} und davon, wer den {c} zuerst gesehen hatte.",
    "Bis {d} soll ein Bericht vorliegen; die {b} war zuletzt im Fr\u00fchjahr gepr\u00fcft worden.",
)
_TITLES = {
    "en": "{n} {a} {b} stays closed after night of repairs at the {c}",
    "de": "{n} {a} {b} bleibt nach einer Nacht der Reparaturen am {c} gesperrt",
}
_PLACES_TEXT = (
    "harbour valley northern southern old lower upper eastern western mill river castle abbey forest"
)
_PLACES = _PLACES_TEXT.split()
_THINGS_TEXT = (
    "bridge library ferry tramway observatory theatre lighthouse bakery school museum station tower"
)
_THINGS = _THINGS_TEXT.split()
_PARTS = "pier gate roof canal square tunnel fountain wharf archway cellar stairway terrace".split()  # noqa: SIM905
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()  # noqa: SIM905
_NUMBERS = "First Second Third Fourth Fifth Sixth Seventh Eighth Ninth Tenth Another Last".split()  # noqa: SIM905


@dataclass(frozen=True)
class Story:
    """One made-up article."""

    number: int
    language: str
    title: str
    paragraphs: tuple[str, ...]

    @property
    def slug(self) -> str:
        plain = unicodedata.normalize("NFKD", self.title.lower()).encode("ascii", "ignore").decode()
        return f"{re.sub(r'[^a-z0-9]+', '-', plain).strip('-')}"


def story(seed: str, number: int, language: str = "en") -> Story:
    """The story of this number; no two of one seed have a title or a paragraph in common."""
    chance = Random(f"{seed} {number} {language}")
    pick = {
        "a": chance.choice(_PLACES),
        "b": _THINGS[number % len(_THINGS)],
        "c": chance.choice(_PARTS),
        "d": chance.choice(_DAYS),
        "n": f"{_NUMBERS[number // len(_THINGS) % len(_NUMBERS)]}",
    }
    sentences = _GERMAN if language == "de" else _ENGLISH
    paragraphs = []
    for at in range(6):
        said = chance.sample(sentences, 3)
        fill = {
            "a": chance.choice(_PLACES),
            "b": chance.choice(_THINGS),
            "c": chance.choice(_PARTS),
            "d": chance.choice(_DAYS),
        }
        paragraphs.append(" ".join(one.format(**(fill if at % 2 else pick)) for one in said))
    return Story(number, language, _TITLES[language].format(**pick).capitalize(), tuple(paragraphs))
