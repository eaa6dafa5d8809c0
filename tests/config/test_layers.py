"""What a source is after what it extends, its group and the defaults; and what is wrong with that."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.defaults_file import defaults_schema, read_defaults
from config.load_sources import SourceErrors, load_source_file, load_sources, resolve_source_file

SHARED = """
defaults:
  politeness: {delay: 2s, concurrency: 2}
  images: {max: 9}
  schedule: "0 1 * * *"
  render: {timeout: 20s}
groups:
  wires:
    concurrency: 3
    politeness: {delay: 3s}
    schedule: "0 2 * * *"
bases:
  small:
    group: wires
    politeness: {delay: 4s}
    discover: {articles: {deny: [/base/]}}
  smaller: {extends: small, images: {max: 1}}
"""
TWO_LINES = "name: {0}\nhomepage: https://{0}.example/\n"


def written(root: Path, shared: str = SHARED, **files: str) -> Path:
    """A folder of sources; each file begins with name and home page."""
    folder = root / "sources"
    folder.mkdir()
    if shared:
        (root / "defaults.yaml").write_text(shared)
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(TWO_LINES.format(name) + text)
    return folder


@pytest.mark.parametrize(
    ("text", "delay", "most", "cron", "group"),
    [
        pytest.param("", 2.0, 9, "0 1 * * *", None, id="defaults"),
        pytest.param("group: wires\n", 3.0, 9, "0 2 * * *", "wires", id="group over defaults"),
        pytest.param("extends: small\n", 4.0, 9, "0 2 * * *", "wires", id="extends over group"),
        pytest.param("extends: smaller\n", 4.0, 1, "0 2 * * *", "wires", id="through two bases"),
        pytest.param(
            "extends: smaller\npoliteness: {delay: 5s}\n",
            5.0,
            1,
            "0 2 * * *",
            "wires",
            id="its own file over all",
        ),
        pytest.param(
            "extends: small\npoliteness:\n  delay:\n", 4.0, 9, "0 2 * * *", "wires", id="nothing says nothing"
        ),
    ],
)
def test_which_layer_wins(  # noqa: PLR0917 - one a column
    tmp_path: Path, text: str, delay: float, most: int, cron: str, group: str | None
) -> None:
    (source,) = load_sources(written(tmp_path, a=text))
    assert (source.politeness.delay, source.politeness.concurrency) == (delay, 2)
    assert (source.images.max, source.schedule, source.group) == (most, cron, group)


def test_lists_are_whole_and_switches_keep_what_lies_below(tmp_path: Path) -> None:
    own = "extends: small\ndiscover: {articles: {deny: [/own/]}, max_urls: 7}\nrender: true\n"
    (source,) = load_sources(written(tmp_path, a=own))
    assert source.discover.articles.deny == ("/own/",)
    assert source.discover.max_urls == 7
    assert (source.render.enabled, source.render.timeout) == (True, 20.0)


def test_another_source_lends_everything_but_who_it_is_and_whom_it_trusts(tmp_path: Path) -> None:
    first = (
        "title: The First\nenabled: false\nnetwork: {allow_private: true}\n"
        "language: de\ndiscover: {front: false}\n"
    )
    one, two = load_sources(written(tmp_path, "", one=first, two="extends: one\n"))
    assert (two.title, two.enabled, two.network.allow_private) == ("two", True, False)
    assert (two.language, two.discover, one.enabled) == ("de", one.discover, False)


def test_each_value_knows_where_it_stands(tmp_path: Path) -> None:
    folder = written(tmp_path, a="extends: small\n")
    found = resolve_source_file(folder / "a.yaml")
    origins = {
        ".".join(map(str, loc)): (layer.what, layer.line(loc)) for loc, layer in found.merged.origins.items()
    }
    assert origins["name"] == ("own", 1)
    assert origins["politeness.delay"] == ("extends small", 15)
    assert origins["schedule"] == ("group wires", 11)
    assert origins["images.max"] == ("defaults", 4)
    assert found.most_in_group == 3


def test_as_one_file_it_is_the_same_source(tmp_path: Path) -> None:
    folder = written(tmp_path, a='extends: smaller\ntitle: "Über \\x7f \\u2028 ends"\n')
    found = resolve_source_file(folder / "a.yaml")
    alone = written(tmp_path / "kept" if not (tmp_path / "kept").mkdir() else tmp_path, "groups: {wires: }\n")
    (alone / "a.yaml").write_text(found.as_one_file(), encoding="utf-8")
    again = load_source_file(alone / "a.yaml")
    assert again.model_copy(update={"extends": "smaller"}) == found.source


@pytest.mark.parametrize(
    ("shared", "files", "expected"),
    [
        pytest.param(
            "",
            {"a": "extends: b\n", "b": "extends: a\n"},
            [
                "sources/a.yaml:3: extends: value 'b': comes back to itself (b → a → b)",
                "sources/b.yaml:3: extends: value 'a': comes back to itself (a → b → a)",
            ],
            id="a circle",
        ),
        pytest.param(
            "",
            {"a": "extends: a\n"},
            ["sources/a.yaml:3: extends: value 'a': comes back to itself"],
            id="itself",
        ),
        pytest.param(
            SHARED,
            {"a": "extends: smal\n"},
            ["sources/a.yaml:3: extends: value 'smal': is no source and no base; allowed: small, smaller"],
            id="an unknown base",
        ),
        pytest.param(
            SHARED,
            {"a": "group: wire\n"},
            ["sources/a.yaml:3: group: value 'wire': is no group; allowed: wires; did you mean 'wires'?"],
            id="an unknown group",
        ),
        pytest.param(
            "bases: {b: {group: none}}\n",
            {"a": "extends: b\n"},
            ["defaults.yaml:1: bases.b.group: value 'none': is no group; allowed: none"],
            id="a group that a base names",
        ),
        pytest.param(
            "defaults: {politeness: {dely: 2s}}\n",
            {"a": "", "b": ""},
            ["defaults.yaml:1: defaults.politeness.dely: value '2s': is an unknown key; allowed: delay"],
            id="a wrong default is told once",
        ),
        pytest.param(
            "defaults: {login: {cookies: {a: x}}, name: a}\ngroups: {g: {concurrency: 0}}\nbasis: {}\n",
            {},
            [
                "defaults.yaml:1: defaults.login: value ***: is said by each source itself",
                "defaults.yaml:1: defaults.name: value 'a': is said by each source itself",
                "defaults.yaml:2: groups.g.concurrency: value 0: is too small; allowed: 1 or more",
                "defaults.yaml:3: basis: value a mapping: is an unknown key; allowed: defaults",
            ],
            id="what no default may say",
        ),
        pytest.param(
            "bases: {a: {}}\n",
            {"a": ""},
            ["sources/a.yaml:1: name: value 'a': is also the name of a base"],
            id="a source called like a base",
        ),
        pytest.param(
            "",
            {"a": "extends: b\n", "b": "extract: [{since: 2026-13-01}]\n"},
            ["sources/b.yaml:3: extract[0].since: value '2026-13-01'"],
            id="what it extends is wrong",
        ),
    ],
)
def test_what_is_wrong_names_file_and_line(
    tmp_path: Path, shared: str, files: dict[str, str], expected: list[str]
) -> None:
    folder = written(tmp_path, shared, **files)
    with pytest.raises(SourceErrors) as raised:
        load_sources(folder)
    told = [str(problem).removeprefix(f"{tmp_path}/") for problem in raised.value.problems]
    assert [line[: len(begin)] for line, begin in zip(told, expected, strict=True)] == expected


def test_the_file_that_is_shipped_says_nothing() -> None:
    shipped = read_defaults(Path(__file__).parents[2] / "config" / "defaults.yaml")
    assert (shipped.defaults, shipped.groups, shipped.bases) == (None, {}, {})


def test_the_schema_knows_groups_and_not_what_no_default_may_say() -> None:
    schema = defaults_schema()
    assert {"concurrency", "timing", "quota"} <= schema["properties"]["groups"]["additionalProperties"][
        "properties"
    ].keys()
    assert (
        not {"login", "network", "name", "homepage"} & schema["properties"]["defaults"]["properties"].keys()
    )
