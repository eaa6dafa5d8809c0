"""Every YAML block is taken by the loader it is for; the broken one gets the answers that are shown."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from config.defaults_file import read_defaults
from config.golden_case import Expected, GoldenCase
from config.load_sources import SourceErrors, load_source_file
from config.settings import load_settings
from config.yaml_file import read_yaml_file
from tests.crawler.fetch.certificates import TestAuthority
from tests.docs.markdown import Block, all_pages

BROKEN = "# broken on purpose"

EXAMPLES = [
    pytest.param(block, id=f"{page.name}:{block.line}")
    for page in all_pages()
    for block in page.blocks
    if block.kind in {"yaml", "yml"} and not block.text.startswith(BROKEN)
]


def is_source(block: Block) -> bool:
    return "\nhomepage:" in f"\n{block.text}"


def is_defaults(block: Block) -> bool:
    return block.text.startswith("# config/defaults.yaml")


def is_golden(block: Block) -> bool:
    return "\nexpect:" in block.text


@pytest.mark.parametrize("block", EXAMPLES)
def test_an_example_is_right(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in re.findall(r"\$\{(\w+)\}", block.text):
        monkeypatch.setenv(name, "a-secret")
    if is_source(block):
        name = next(line for line in block.text.splitlines() if line.startswith("name:"))
        file = tmp_path / f"{name.partition(':')[2].strip()}.yaml"
        file.write_text(block.text)
        assert load_source_file(file).name == file.stem
        return
    if is_defaults(block):
        file = tmp_path / "defaults.yaml"
        file.write_text(block.text)
        assert read_defaults(file).groups
        return
    if is_golden(block):
        file = tmp_path / "case.yaml"
        file.write_text(block.text)
        assert GoldenCase.model_validate(read_yaml_file(file).data).expect != Expected()
        return
    TestAuthority.in_folder(tmp_path).ca_file.rename(tmp_path / "company-ca.pem")
    shutil.copy(tmp_path / "company-ca.pem", tmp_path / "tsa-root.pem")
    file = tmp_path / "dateline.yaml"
    file.write_text(block.text)
    assert load_settings(file) != load_settings_of_an_empty_folder(tmp_path)


def load_settings_of_an_empty_folder(folder: Path) -> object:
    (folder / "empty.yaml").write_text("log: {level: info}\n")
    return load_settings(folder / "empty.yaml")


def test_there_are_examples_of_both_kinds() -> None:
    kinds = {is_source(example.values[0]) for example in EXAMPLES if isinstance(example.values[0], Block)}
    assert kinds == {True, False}


def test_the_answers_to_the_broken_example_are_those_that_are_given(tmp_path: Path) -> None:
    blocks = [block for page in all_pages() for block in page.blocks]
    broken = [index for index, block in enumerate(blocks) if block.text.startswith(BROKEN)]
    assert len(broken) == 1
    file = tmp_path / "config" / "sources" / "example-times.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(blocks[broken[0]].text)
    with pytest.raises(SourceErrors) as raised:
        load_source_file(file)
    assert str(raised.value).replace(f"{tmp_path}/", "") + "\n" == blocks[broken[0] + 1].text
