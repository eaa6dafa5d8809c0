"""Invented languages: words by Zipf's law in several scripts, one without spaces, and their sentences.

A language is a stream of sentences that is made once; a text is a stretch of it. What the index of words has
of a sentence is kept beside it, so that a million texts are indexed without being cut into words again.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, chain, islice

from archive.search.words import indexed

VOCABULARY = 30_000  # words of a language
_SENTENCES = 12_000  # of its stream
_SHIFT = 2.7  # Zipf-Mandelbrot: p(rank) ~ 1 / (rank + 2.7)
_SHORTEST, _LONGEST = 6, 24  # words of a sentence
_PARAGRAPH = 3  # sentences


@dataclass(frozen=True, slots=True)
class Script:
    """The signs that words of a language are put together from; `spaced` where spaces stand between them."""

    language: str
    onsets: str
    vowels: str
    stop: str
    spaced: bool = True


SCRIPTS = (
    Script("en", "bcdfghklmnprstvw", "aeiou", "."),
    Script("de", "bdfghklmnprstwz", "aeiouäöü", "."),
    Script("ru", "бвгдзклмнпрст", "аеиоуя", "."),
    Script("ar", "بتجدرسعفقكلمن", "اوي", "."),
    Script("zh", "", "", "。", spaced=False),
)
_HAN = range(0x4E00, 0x4E00 + 3_000)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, and its words as the index has them."""

    said: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language: its words, the most frequent first, and its stream of sentences."""

    language: str
    vocabulary: tuple[str, ...]
    sentences: tuple[Sentence, ...]

    def headline(self, at: int) -> str:
        """The first words of a sentence."""
        said = self.sentences[at % len(self.sentences)].said
        return " ".join(islice(said.split(" "), 7)).rstrip(".,") if " " in said else said[:18]


@cache
def tongues_of() -> tuple[Tongue, ...]:
    """The same words and sentences in every process."""
    return tuple(map(_tongue, SCRIPTS))


def _tongue(script: Script) -> Tongue:
    chance = random.Random(f"tongue {script.language}")
    vocabulary = _vocabulary(script, chance)
    weights = list(accumulate(1 / (rank + _SHIFT) for rank in range(len(vocabulary))))
    sentences = []
    for _ in range(_SENTENCES):
        count = chance.randint(_SHORTEST, _LONGEST)
        words = chance.choices(vocabulary, cum_weights=weights, k=count)
        said = (" " if script.spaced else "").join(words).capitalize() + script.stop
        sentences.append(Sentence(said, tuple(indexed(said))))
    return Tongue(script.language, vocabulary, tuple(sentences))


def text_of(tongue: Tongue, chosen: Sequence[int]) -> str:
    """These sentences as paragraphs."""
    said = [tongue.sentences[at].said for at in chosen]
    glue = "" if tongue.language == "zh" else " "
    return "\n\n".join(glue.join(said[n : n + _PARAGRAPH]) for n in range(0, len(said), _PARAGRAPH))


def words_in(tongue: Tongue, chosen: Iterable[int]) -> tuple[str, ...]:
    """What `indexed` gives of `text_of` these sentences."""
    return tuple(chain.from_iterable(tongue.sentences[at].words for at in chosen))


def _vocabulary(script: Script, chance: random.Random) -> tuple[str, ...]:
    found: dict[str, None] = {}
    while len(found) < VOCABULARY:
        # Frequent words are short.
        syllables = 1 + min(len(found) // 60, 1) + chance.randint(0, 2)
        if script.spaced:
            word = "".join(
                chance.choice(script.onsets) + chance.choice(script.vowels) for _ in range(syllables)
            )
        else:
            word = "".join(chr(chance.choice(_HAN)) for _ in range(min(syllables, 3)))
        found.setdefault(word)
    return tuple(found)
