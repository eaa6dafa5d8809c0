"""Sixteen writers of one key, round after round: one of them wins, and nobody's bytes are mixed.

For the folder they are processes, for S3 each has a client and connections of its own. Twenty rounds, for S3
two in the short form: SeaweedFS lets each loser wait a second or more.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from random import Random

import pytest

from archive.digest import sha256_hex
from archive.stores.open import open_store
from archive.stores.store import ObjectCorrupted, ObjectStore
from tests.conftest import S3Address
from tests.contract.race_writer import bytes_of, said

FULL = bool(os.environ.get("DATELINE_TEST_FULL"))
WRITERS = 16
REPOSITORY = Path(__file__).parents[2]

Round = Callable[[str], list[str]]  # a key → what each writer says: `won`, or who was there before


def test_one_process_of_sixteen_wins_in_a_folder(local_store_address: str) -> None:
    with ExitStack() as stack:
        writers = [
            stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "tests.contract.race_writer", local_store_address, str(number)],
                    cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                )
            )
            for number in range(WRITERS)
        ]  # fmt: skip
        for writer in writers:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"

        def race(key: str) -> list[str]:
            for writer in writers:
                assert writer.stdin is not None
                writer.stdin.write(f"{key}\n")
            for writer in writers:
                assert writer.stdin is not None
                writer.stdin.flush()
            return [writer.stdout.readline().strip() for writer in writers if writer.stdout]

        try:
            one_wins_each(open_store(local_store_address), race, 20)
        finally:
            for writer in writers:
                assert writer.stdin is not None
                writer.stdin.close()


def test_one_client_of_sixteen_wins_in_s3(s3_address: S3Address) -> None:
    def opened() -> ObjectStore:
        return open_store(s3_address.address, endpoint=s3_address.endpoint, region=s3_address.region)

    stores = [opened() for _ in range(WRITERS)]
    with ThreadPoolExecutor(WRITERS) as pool:

        def race(key: str) -> list[str]:
            barrier = threading.Barrier(WRITERS)

            def write(number: int) -> str:
                barrier.wait()
                return said(stores[number], key, number)

            return list(pool.map(write, range(WRITERS)))

        one_wins_each(opened(), race, 20 if FULL else 2)


def one_wins_each(store: ObjectStore, race: Round, rounds: int) -> None:
    for number in range(rounds):
        key = f"race/{number}"
        results = race(key)
        assert Counter(results) == {"won": 1, "lost": WRITERS - 1}
        assert store.read(key) == bytes_of(results.index("won"))
    print(f"{store.address.partition(':')[0]}: {WRITERS} writers, {rounds} rounds, one winner each")


@pytest.mark.parametrize("kind", ["local", "s3"])
def test_a_bit_flipped_between_hashing_and_putting_is_refused(
    kind: str, request: pytest.FixtureRequest
) -> None:
    """At a hundred places, the first and the last bit among them."""
    if kind == "local":
        store = open_store(request.getfixturevalue("local_store_address"))
    else:
        place: S3Address = request.getfixturevalue("s3_address")
        store = open_store(place.address, endpoint=place.endpoint, region=place.region)
    data = Random(11).randbytes(8192)
    last = len(data) * 8 - 1
    for bit in [0, last, *Random(12).sample(range(1, last), 98)]:
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ObjectCorrupted):
            store.put("segment", bytes(flipped), sha256=sha256_hex(data), content_type="text/plain")
    assert store.stat("segment") is None
