"""The model that tells stories' links: a weight for each feature, read from `model.json`.

Logistic regression, trained by `bench/train_links.py` on links that are not in this project. A sum of
weights can be explained to whoever asks why a link was left out, which boosted trees can't; in
cross-validation by site both were equal (docs/decisions/0097).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class LinkModel:
    """Weights in log odds.

    Attributes:
        bias: of a link of which nothing is seen.
        weights: by feature.
        places: by place on the page.
    """

    bias: float
    weights: Mapping[str, float]
    places: Mapping[str, float]

    def score(self, seen: Mapping[str, float], place: str | None) -> float:
        """Log odds that a link with these features, at this place, leads to a story."""
        return (
            self.bias
            + sum(self.weights.get(name, 0.0) * value for name, value in seen.items())
            + (self.places.get(place, 0.0) if place else 0.0)
        )


def read_model(text: str) -> LinkModel:
    """The model out of its JSON."""
    stored = json.loads(text)
    return LinkModel(float(stored["bias"]), dict(stored["weights"]), dict(stored["places"]))


@cache
def shipped_model() -> LinkModel:
    """The model that belongs to this version."""
    return read_model(files("crawler.links").joinpath("model.json").read_text(encoding="utf-8"))
