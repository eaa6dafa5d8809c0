"""A growing file is read back as it grows, and gives what one reading of the whole gives."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.read_back import ReadBack
from archive.segment import OpenSegment, seal_file
from archive.warc import WarcError, encode_exchange
from tests.archive.material import INFO, NOON, exchange


def _records(sizes: list[int]) -> list[bytes]:
    """Packed records of bodies of these sizes."""
    found = []
    for number, size in enumerate(sizes):
        made = exchange(body=(b"%d " % number * size)[:size])
        answer, *_ = encode_exchange(made, source="example", info_id="0" * 32, original=None)
        found.append(answer.data)
    return found


@given(steps=st.lists(st.lists(st.sampled_from([0, 1, 500, 40_000, 200_000]), max_size=3), max_size=4))
def test_in_steps_it_finds_what_it_finds_at_once(
    tmp_path_factory: pytest.TempPathFactory, steps: list[list[int]]
) -> None:
    path = tmp_path_factory.mktemp("spool") / "000001-captures.warc.gz"
    path.touch()
    back, counts = ReadBack(path), []
    for step in steps:
        with path.open("ab") as out:
            out.writelines(_records(step))
        back.go_on()
        counts.append(back.records)
    back.close()
    data = path.read_bytes()
    assert counts == [sum(map(len, steps[: number + 1])) for number in range(len(steps))]
    assert (back.size, back.sha256) == (len(data), sha256(data).hexdigest())
    assert back.day == (NOON.date().isoformat() if data else "")


def test_what_is_no_whole_record_is_told_with_where_it_began(tmp_path: Path) -> None:
    whole, broken = _records([500, 500])
    path = tmp_path / "000001-captures.warc.gz"
    path.write_bytes(whole)
    back = ReadBack(path)
    back.go_on()
    with path.open("ab") as out:
        out.write(broken[:-4])
    with pytest.raises(WarcError, match=rf"^from byte {len(whole)} on: .*offset 0 is cut short$"):
        back.go_on()
    back.close()


@pytest.mark.parametrize("read_back_after", [(), (1,), (1, 2, 3)], ids=["at the end", "once", "always"])
def test_a_segment_gets_the_name_of_its_content_however_it_was_read_back(
    tmp_path: Path, read_back_after: tuple[int, ...]
) -> None:
    segment = OpenSegment(tmp_path / "000001-captures.warc.gz", "captures", NOON, INFO, keep_days=30)
    for number in (1, 2, 3):
        made = exchange(body=b"%d" % number * 1000)
        for record in encode_exchange(made, source="example", info_id=segment.info_id, original=None):
            segment.append(record)
        segment.sync()
        if number in read_back_after:
            segment.read_back()
    sealed = segment.seal()
    whole = seal_file(sealed.path, "captures", expected_records=sealed.records)
    assert (sealed.key, sealed.sha256, sealed.size, sealed.records) == (
        whole.key,
        whole.sha256,
        whole.size,
        whole.records,
    )
    assert sealed.keep_days == 30


def test_what_is_not_durable_yet_is_not_read_back(tmp_path: Path) -> None:
    """It may lie in part on the disk: half a record is no damage while it is being written."""
    segment = OpenSegment(tmp_path / "000001-captures.warc.gz", "captures", NOON, INFO)
    segment.sync()
    answer, *_ = encode_exchange(
        exchange(body=b"x" * 200_000), source="example", info_id=segment.info_id, original=None
    )
    segment.append(answer)
    segment.read_back()
    assert segment.seal().records == 2
