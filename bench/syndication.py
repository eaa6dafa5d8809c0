"""Written news in several languages, with stories that others took over, for `bench/duplicates.py`.

Words are made of syllables and drawn by Zipf's law, with stock phrases between them, as real news share many;
names belong to events, and several stories tell of one event in different words. Every source has furniture
of its own under most of its stories, and some have pages made from a template.
"""

# ruff: noqa: RUF001 - the letters of other alphabets are meant as they are

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate

LANGUAGES = ("roman", "roman", "roman", "roman", "roman", "accented", "cyrillic", "unspaced", "thai")
_SYLLABLES = {
    "roman": ("ba", "co", "den", "ti", "ral", "mo", "ner", "pis", "ul", "va", "tor", "len", "es", "ing"),
    "accented": ("été", "ô", "ñan", "der", "über", "schlu", "ção", "li", "ges", "tra", "ø", "ren", "mün"),
    "cyrillic": ("го", "род", "ста", "ни", "ция", "ко", "вер", "мо", "лен", "при", "ду", "ма"),
    "thai": ("กา", "รณ์", "เมือง", "น้ำ", "ไทย", "ที่", "ความ", "ประ", "เทศ", "ข่าว", "วัน", "ใหม่"),
}
_VOCABULARY, _PHRASES = 30_000, 400
_SOURCES = 60


@dataclass(frozen=True)
class Text:
    """A text as a source published it.

    `story` is what was taken over, without the furniture under it; texts of one `family` are copies of one
    story, and None is in no family. `edits` are what was done to it.
    """

    source: str
    story: str
    body: str
    family: int | None
    edits: tuple[str, ...] = ()
    template: bool = False


@dataclass
class Language:
    """A vocabulary and its stock phrases."""

    name: str
    chance: random.Random
    words: list[str] = field(init=False)
    phrases: list[list[str]] = field(init=False)

    def __post_init__(self) -> None:
        made: dict[str, None] = {}
        while len(made) < _VOCABULARY:
            made[self._word()] = None
        self.words = list(made)
        self._weights = list(accumulate(1 / rank for rank in range(1, _VOCABULARY + 1)))
        self._shares = list(accumulate(1 / rank for rank in range(1, _PHRASES + 1)))
        self.phrases = [self.draw(self.chance.randint(4, 9)) for _ in range(_PHRASES)]

    def _word(self) -> str:
        if self.name == "unspaced":
            return "".join(
                chr(self.chance.randint(0x4E00, 0x4E00 + 3000))
                for _ in range(self.chance.choice((1, 2, 2, 3)))
            )
        return "".join(self.chance.choices(_SYLLABLES[self.name], k=self.chance.randint(1, 5)))

    def draw(self, count: int) -> list[str]:
        return self.chance.choices(self.words, cum_weights=self._weights, k=count)

    def sentence(self, names: list[str]) -> list[str]:
        words: list[str] = []
        while len(words) < self.chance.randint(10, 28):
            roll = self.chance.random()
            if roll < 0.12:
                words += self.chance.choices(self.phrases, cum_weights=self._shares)[0]
            elif roll < 0.25 and names:
                words.append(self.chance.choice(names))
            else:
                words += self.draw(self.chance.randint(2, 6))
        return words

    def paragraph(self, names: list[str]) -> str:
        return self.write([self.sentence(names) for _ in range(self.chance.randint(1, 4))])

    def write(self, sentences: list[list[str]]) -> str:
        if self.name in {"unspaced", "thai"}:
            return ("。" if self.name == "unspaced" else " ").join("".join(words) for words in sentences)
        return " ".join(f"{' '.join(words).capitalize()}." for words in sentences)


class Newsroom:
    """Writes texts; the same seed gives the same."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.languages = [
            Language(name, random.Random(seed + n)) for n, name in enumerate(dict.fromkeys(LANGUAGES))
        ]
        self.sources: dict[str, list[int]] = {name: [] for name in _SYLLABLES | {"unspaced": ()}}
        for source in range(_SOURCES):
            self.sources[LANGUAGES[source % len(LANGUAGES)]].append(source)
        by_name = {language.name: language for language in self.languages}
        self.language = {source: by_name[name] for name, of in self.sources.items() for source in of}
        self.furniture = {
            source: language.paragraph([]) + "\n\n" + language.paragraph([])
            for source, language in self.language.items()
        }
        self.styles = {
            source: {
                word: self.chance.choice(language.words)
                for word in self.chance.sample(language.words[50:3000], 60)
            }
            for source, language in self.language.items()
        }

    def texts(self, count: int) -> list[Text]:
        """So many texts, some 45 % of them copies or copied, shuffled."""
        made: list[Text] = []
        family = 0
        while len(made) < count:
            source = self.chance.randrange(_SOURCES)
            language = self.language[source]
            names = [word.capitalize() for word in self.chance.sample(language.words[500:], 6)]
            story = self._story(language, names)
            others = [each for each in self.sources[language.name] if each != source]
            roll = self.chance.random()
            if roll < 0.18:
                family += 1
                made.append(self._publish(source, story, family))
                takers = min(len(others), self.chance.choice((1, 1, 1, 2, 2, 3, 5, 8)))
                made += [
                    self._copy(language, other, story, names, family)
                    for other in self.chance.sample(others, takers)
                ]
            elif roll < 0.23:  # another account of the same event
                made.append(self._publish(source, story, None))
                made.append(self._publish(self.chance.choice(others), self._story(language, names), None))
            elif roll < 0.245:
                made += self._template(language, source)
            else:
                made.append(self._publish(source, story, None))
        made = made[:count]
        self.chance.shuffle(made)
        return made

    def _story(self, language: Language, names: list[str]) -> list[str]:
        return [language.paragraph(names) for _ in range(self.chance.choice((3, 5, 7, 8, 9, 11, 14, 20)))]

    def _publish(
        self,
        source: int,
        story: list[str],
        family: int | None,
        edits: tuple[str, ...] = (),
    ) -> Text:
        told = "\n\n".join(story)
        under = self.furniture[source] if self.chance.random() < 0.7 else ""
        return Text(f"source-{source}", told, f"{told}\n\n{under}".strip(), family, edits)

    def _copy(self, language: Language, source: int, story: list[str], names: list[str], family: int) -> Text:
        edits: list[str] = []
        told = list(story)
        steps: tuple[tuple[str, float, Callable[[list[str]], list[str]]], ...] = (
            ("cut", 0.5, self._cut),
            ("lead", 0.35, lambda told: [language.paragraph(names), *told[1:]]),
            ("byline", 0.4, lambda told: [f"{' '.join(names[:2])} {told[0]}", *told[1:]]),
            ("style", 0.35, lambda told: [self._styled(language, source, part) for part in told]),
            ("addition", 0.25, lambda told: [*told, language.paragraph(names)]),
        )
        for name, share, step in steps:
            new = name in {"lead", "addition"}  # what is mostly new is no copy
            if self.chance.random() < share and not (new and len(told) < (6 if "lead" in edits else 3)):
                told = step(told)
                edits.append(name)
        return self._publish(source, told, family, tuple(edits))

    def _cut(self, told: list[str]) -> list[str]:
        """From the end, as wire stories are cut, or some in the middle; at least two fifths stay."""
        keep = max(3, round(len(told) * self.chance.uniform(0.4, 0.85)))
        if self.chance.random() < 0.7:
            return told[:keep]
        stay = sorted(self.chance.sample(range(len(told)), min(keep, len(told))))
        return [told[place] for place in stay]

    def _styled(self, language: Language, source: int, part: str) -> str:
        style = self.styles[source]
        if language.name in {"unspaced", "thai"}:
            for word, other in list(style.items())[:10]:
                part = part.replace(word, other) if len(word) > 1 else part
            return part
        return " ".join(style.get(word, word) for word in part.split(" ")).replace(".", " .").replace(",", "")

    def _template(self, language: Language, source: int) -> list[Text]:
        """A dozen pages of one source that differ in numbers and a few names."""
        frame = [language.sentence([]) for _ in range(9)]
        pages = []
        for _ in range(12):
            filled = []
            for sentence in frame:
                words = list(sentence)
                for place in self.chance.sample(range(len(words)), max(1, len(words) // 14)):
                    words[place] = str(self.chance.randint(1, 9999))
                filled.append(words)
            text = language.write(filled)
            pages.append(Text(f"source-{source}", text, text, None, template=True))
        return pages
