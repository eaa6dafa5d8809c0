"""The tables of settings and of source keys are those of the models; what else names one names it rightly."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from ruamel.yaml import YAML

from config.explain import all_keys
from config.extract_rule import ExtractRule
from config.network_settings import CONTACT_NOT_SET
from config.settings import Settings, load_settings
from config.source import Source
from config.units import parse_duration, parse_size
from config.variables import OTHER_VARIABLES, PREFIX
from config.version import dateline_version
from tests.docs.markdown import Page, all_pages, codes_in

NONE = "–"  # noqa: RUF001 - the dash of the tables
TEST_VARIABLES = {"DATELINE_TEST_FULL"}

SETTINGS = Page("docs/settings.md").table("setting", "variable", "default", "unit", "meaning")
KEYS = Page("docs/adding_a_source.md").table("key", "default", "meaning")


def field_of(model: type[BaseModel], key: str) -> FieldInfo:
    """The field behind a dotted key."""
    first, _, rest = key.partition(".")
    info = model.model_fields[first]
    inner: Any = info.annotation
    return field_of(inner, rest) if rest else info


def unit_of(key: str) -> str:
    """How a setting's value is counted, from its type."""
    info = field_of(Settings, key)
    within = [each for part in get_args(info.annotation) for each in getattr(part, "__metadata__", ())]
    parsers = {getattr(each, "func", None) for each in (*info.metadata, *within)}
    kinds = {info.annotation, *get_args(info.annotation)} - {type(None)}
    if get_origin(info.annotation) is Literal:
        *most, last = get_args(info.annotation)
        return f"{', '.join(most)} or {last}"
    named = {
        "crawl.revisit": "days",
        "schedule.grace_hours": "hours",
        "web.access": "list",
        "alarms.to": "list",
        "searches": "list",
        "quota.bandwidth": "list",
        "web.cors": "list",
    }
    if key in named:
        return named[key]
    for parser, unit in ((parse_size, "bytes"), (parse_duration, "seconds")):
        if parser in parsers:
            return unit
    for kind, unit in ((bool, "true or false"), (int, "number")):
        if kind in kinds:
            return unit
    return "path" if "Path" in str(info.annotation) else "text"


def nested(pairs: dict[str, Any]) -> dict[str, Any]:
    """Dotted keys as mappings in mappings."""
    made: dict[str, Any] = {}
    for key, value in pairs.items():
        *groups, last = key.split(".")
        inner = made
        for group in groups:
            inner = inner.setdefault(group, {})
        inner[last] = value
    return made


def test_every_setting_has_its_row_variable_and_unit() -> None:
    expected = [
        [f"`{'.'.join(path)}`", f"`{PREFIX}{'__'.join(path).upper()}`", unit_of(".".join(path))]
        for path in all_keys(Settings)
    ]
    assert [[row[0], row[1], row[3]] for row in SETTINGS] == expected
    assert all(len(row) == 5 and row[4] for row in SETTINGS)


def test_the_defaults_in_the_table_are_the_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are written into a file as they stand, and read back as what no file gives."""
    monkeypatch.chdir(tmp_path)
    default = load_settings()
    in_words = {"network.user_agent", "crawl.workers", "crawl.revisit"}
    cells = {codes_in(row[0])[0]: row[2] for row in SETTINGS}
    written = {key: codes_in(cell)[0] for key, cell in cells.items() if cell != NONE and key not in in_words}
    for key, cell in cells.items():
        value: Any = default
        for part in key.split("."):
            value = getattr(value, part)
        assert (value is None) == (cell == NONE), key
    parsed = {key: YAML(typ="safe").load(text) for key, text in written.items()}
    file = tmp_path / "written.yaml"
    with file.open("w") as stream:
        YAML(typ="safe").dump(nested(parsed), stream)
    assert load_settings(file) == default


def test_the_defaults_that_are_told_in_words() -> None:
    cells = {codes_in(row[0])[0]: row[2] for row in SETTINGS}
    agent = Settings().network.user_agent
    told = codes_in(cells["network.user_agent"])[0]
    assert told.replace("<version>", dateline_version()).replace("<contact>", CONTACT_NOT_SET) == agent
    minutes, one, three, eight, *days = Settings().crawl.revisit
    hours = [round(part * 24, 6) for part in (one, three, eight)]
    assert (round(minutes * 1440, 6), hours) == (15, [1, 3, 8])
    listed = f"{', '.join(f'{day:g}' for day in days[:-1])} and {days[-1]:g} days"
    assert cells["crawl.revisit"] == f"15 min, 1 h, 3 h, 8 h, then {listed}"
    assert cells["crawl.workers"] == "one for each usable processor"


def test_every_key_of_a_source_has_its_row_and_default() -> None:
    keys = [".".join(path) for path in all_keys(Source)]
    keys += [f"extract[].{name}" for name in ExtractRule.model_fields]
    cells = {codes_in(row[0])[0]: row[1] for row in KEYS}
    assert sorted(cells) == sorted(keys)
    assert all(row[2] for row in KEYS)
    assert {key for key, cell in cells.items() if cell == "required"} == {"name", "homepage"}
    default = Source(name="times", homepage="https://times.example/").model_dump(mode="json")
    rule = ExtractRule().model_dump(mode="json")
    for key, cell in cells.items():
        if cell in {"required", "the name"}:
            continue
        value: Any = {"extract[]": rule, **default}
        for part in key.split("."):
            value = value[part]
        assert value == (None if cell == NONE else YAML(typ="safe").load(codes_in(cell)[0])), key
    assert default["title"] == default["name"]


GROUPS = {path[:length] for model in (Settings, Source) for path in all_keys(model) for length in (1, 2, 3)}
FIRST = {path[0] for path in GROUPS}
DOTTED = sorted(
    {
        (page.name, code)
        for page in all_pages()
        for code in page.code
        if re.fullmatch(r"[a-z_0-9]+(\.[a-z_0-9]+)+", code)
        and code.partition(".")[0] in FIRST
        and code.rpartition(".")[2] not in {"py", "md", "yaml", "json", "db", "writer"}
    }
)


@pytest.mark.parametrize(("page", "key"), DOTTED, ids=[f"{page}: {key}" for page, key in DOTTED])
def test_a_dotted_name_is_a_setting_or_a_key_of_a_source(page: str, key: str) -> None:
    assert tuple(key.split(".")) in GROUPS, page


def test_dotted_names_were_found() -> None:
    assert {key for _, key in DOTTED} >= {"network.proxy", "discover.max_urls", "crawl.segment_bytes"}


@pytest.mark.parametrize("page", all_pages(), ids=lambda page: page.name)
def test_variables_exist(page: Page) -> None:
    known = {PREFIX + "__".join(path).upper() for path in all_keys(Settings)}
    shown = {name for name in re.findall(r"\bDATELINE_[A-Z0-9_]+", page.text) if not name.endswith("_")}
    assert shown <= known | OTHER_VARIABLES | TEST_VARIABLES
