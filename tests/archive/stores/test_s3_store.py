"""S3 when it refuses, breaks off, loses its answer or lies; against a real server behind a real proxy."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from urllib.parse import urlsplit

import pytest

from archive.digest import sha256_hex
from archive.stores import s3_upload
from archive.stores.open import open_store
from archive.stores.s3 import S3Store
from archive.stores.store import (
    ObjectCollision,
    ObjectCorrupted,
    ObjectInfo,
    ObjectNotFound,
    StoreUnreachable,
)
from tests.conftest import S3Address
from tests.services.proxy import Fate, proxy
from tests.services.seaweedfs import ACCESS_KEY, SECRET_KEY, SeaweedFS

TEXT = "text/plain"
UNAVAILABLE = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_CONFLICT_BODY = b"<Error><Code>ConditionalRequestConflict</Code></Error>"
CONFLICT = b"HTTP/1.1 409 Conflict\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (
    len(_CONFLICT_BODY),
    _CONFLICT_BODY,
)


def put(store: S3Store, key: str, data: bytes) -> None:
    store.put(key, data, sha256=sha256_hex(data), content_type=TEXT)


def bucket_of(place: S3Address) -> str:
    return urlsplit(place.address).netloc


def store_at(place: S3Address, endpoint: str) -> S3Store:
    return S3Store(bucket_of(place), "archive", endpoint, place.region, read_timeout=10)


def port_of(place: S3Address) -> int:
    port = urlsplit(place.endpoint).port
    assert port is not None
    return port


def test_a_lost_acknowledgement_is_success(s3_address: S3Address) -> None:
    with proxy(port_of(s3_address), lambda method, n: 0 if (method, n) == ("PUT", 1) else None) as wire:
        store = store_at(s3_address, wire.endpoint)
        put(store, "journal/1", b"entry")
        assert wire.requests["PUT"] == 2
        assert store.read("journal/1") == b"entry"


def test_every_third_acknowledgement_lost_costs_nothing(s3_address: S3Address) -> None:
    count = 1000 if os.environ.get("DATELINE_TEST_FULL") else 60
    with proxy(port_of(s3_address), lambda method, n: 0 if method == "PUT" and n % 3 == 0 else None) as wire:
        store = store_at(s3_address, wire.endpoint)
        for number in range(count):
            put(store, f"journal/{number:04}", f"entry {number}".encode())
        assert wire.requests["PUT"] > count * 4 // 3
    behind = store_at(s3_address, s3_address.endpoint)
    expected = [ObjectInfo(f"journal/{number:04}", len(f"entry {number}")) for number in range(count)]
    assert list(behind.list()) == expected
    for number in range(0, count, 7):
        assert behind.read(f"journal/{number:04}") == f"entry {number}".encode()


def test_a_lost_acknowledgement_does_not_hide_a_collision(s3_address: S3Address) -> None:
    put(store_at(s3_address, s3_address.endpoint), "taken", b"first")
    with (
        proxy(port_of(s3_address), lambda method, n: 0 if (method, n) == ("PUT", 1) else None) as wire,
        pytest.raises(ObjectCollision),
    ):
        put(store_at(s3_address, wire.endpoint), "taken", b"second")
    assert store_at(s3_address, s3_address.endpoint).read("taken") == b"first"


def test_a_lost_acknowledgement_of_a_multipart_upload_is_success(
    s3_environment: SeaweedFS, s3_address: S3Address
) -> None:
    content = Random(3).randbytes(1 << 20) * 65

    def lose_the_completion(method: str, n: int) -> Fate:  # POST 1 creates the upload, POST 2 completes it
        return 0 if (method, n) == ("POST", 2) else None

    with proxy(port_of(s3_address), lose_the_completion) as wire:
        put(store_at(s3_address, wire.endpoint), "segment", content)
        assert wire.requests["POST"] == 3
    assert store_at(s3_address, s3_address.endpoint).stat("segment") == ObjectInfo("segment", len(content))
    uploads = s3_environment.client.list_multipart_uploads(Bucket=bucket_of(s3_address))
    assert uploads.get("Uploads", []) == []


def test_a_failed_multipart_upload_leaves_nothing(s3_environment: SeaweedFS, s3_address: S3Address) -> None:
    content = bytes(65 << 20)
    with (
        proxy(
            port_of(s3_address), lambda method, n: UNAVAILABLE if method == "PUT" and n > 2 else None
        ) as wire,
        pytest.raises(StoreUnreachable, match="not available"),
    ):
        put(store_at(s3_address, wire.endpoint), "segment", content)
    assert store_at(s3_address, s3_address.endpoint).stat("segment") is None
    uploads = s3_environment.client.list_multipart_uploads(Bucket=bucket_of(s3_address))
    assert uploads.get("Uploads", []) == []


def test_check_aborts_uploads_of_killed_writers(
    s3_environment: SeaweedFS, s3_address: S3Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, bucket = s3_environment.client, bucket_of(s3_address)
    client.create_multipart_upload(Bucket=bucket, Key="archive/half")
    store = store_at(s3_address, s3_address.endpoint)
    store.check()
    assert len(client.list_multipart_uploads(Bucket=bucket)["Uploads"]) == 1  # it may be at work

    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:
            assert tz is UTC
            return datetime.now(UTC) + 2 * s3_upload.STALE

    monkeypatch.setattr(s3_upload, "datetime", Tomorrow)
    store.check()
    assert client.list_multipart_uploads(Bucket=bucket).get("Uploads", []) == []


def test_what_is_known_to_be_unfinished_goes_at_once(
    s3_environment: SeaweedFS, s3_address: S3Address
) -> None:
    """The key's writer is dead; other uploads may be at work, that of a longer key among them."""
    client, bucket = s3_environment.client, bucket_of(s3_address)
    for key in (
        "archive/captures/a",
        "archive/captures/a",
        "archive/captures/a.cdxj",
        "archive/b",
        "elsewhere",
    ):
        client.create_multipart_upload(Bucket=bucket, Key=key)
    store = store_at(s3_address, s3_address.endpoint)
    assert store.unfinished().count == 4
    assert store.abort_unfinished("captures/a") == 2
    assert store.abort_unfinished("captures/a") == 0
    left = {upload["Key"] for upload in client.list_multipart_uploads(Bucket=bucket)["Uploads"]}
    assert left == {"archive/captures/a.cdxj", "archive/b", "elsewhere"}


def test_a_lifecycle_rule_is_seen(s3_address: S3Address) -> None:
    """From the answers of the service, since SeaweedFS keeps only some of a rule."""

    def told(*rules: bytes) -> bool | None:
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nConnection: close\r\n"
        body = b"<LifecycleConfiguration>" + b"".join(rules) + b"</LifecycleConfiguration>"
        answer = head + b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
        # The first GET lists the uploads, the second asks for the rules.
        with proxy(
            port_of(s3_address), lambda method, n: answer if (method, n) == ("GET", 2) else None
        ) as wire:
            return store_at(s3_address, wire.endpoint).unfinished().expires

    aborts = b"AbortIncompleteMultipartUpload"
    days = b"<%s><DaysAfterInitiation>7</DaysAfterInitiation></%s>" % (aborts, aborts)
    rule = b"<Rule><Filter><Prefix>%s</Prefix></Filter><Status>%s</Status>%s</Rule>"
    assert told(rule % (b"", b"Enabled", days)) is True
    assert told(rule % (b"archive/", b"Enabled", days)) is True
    assert told(rule % (b"other/", b"Enabled", days), rule % (b"", b"Disabled", days)) is False
    assert told(rule % (b"", b"Enabled", b"<Expiration><Days>9</Days></Expiration>")) is False
    assert store_at(s3_address, s3_address.endpoint).unfinished().expires is False


@pytest.mark.parametrize("answer", [UNAVAILABLE, CONFLICT], ids=["503", "409"])
def test_a_passing_refusal_is_tried_again(s3_address: S3Address, answer: bytes) -> None:
    with proxy(port_of(s3_address), lambda method, n: answer if method == "PUT" and n < 3 else None) as wire:
        store = store_at(s3_address, wire.endpoint)
        put(store, "key", b"content")
        assert wire.requests["PUT"] == 3
        assert store.read("key") == b"content"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (UNAVAILABLE, "the service is not available; try again later"),
        (CONFLICT, "409 was answered 4 times, yet no object stands there"),
    ],
    ids=["503", "409"],
)
def test_a_lasting_refusal_is_said_after_bounded_retries(
    s3_address: S3Address, answer: bytes, reason: str
) -> None:
    with proxy(port_of(s3_address), lambda method, _n: answer if method == "PUT" else None) as wire:
        with pytest.raises(StoreUnreachable, match=reason):
            put(store_at(s3_address, wire.endpoint), "key", b"content")
        assert wire.requests["PUT"] == 4


def test_a_body_that_breaks_is_read_on_where_it_broke(s3_address: S3Address) -> None:
    content = Random(5).randbytes(900_000)
    put(store_at(s3_address, s3_address.endpoint), "segment", content)
    with proxy(port_of(s3_address), lambda method, n: 200_000 if method == "GET" and n < 5 else None) as wire:
        store = store_at(s3_address, wire.endpoint)
        assert store.read("segment", 1000) == content[1000:]
        assert wire.requests["GET"] == 5
        with store.open("segment") as stream:
            assert stream.read() == content


def test_a_body_that_always_breaks_is_given_up(s3_address: S3Address) -> None:
    put(store_at(s3_address, s3_address.endpoint), "segment", bytes(500_000))
    with (
        proxy(port_of(s3_address), lambda method, _n: 600 if method == "GET" else None) as wire,
        pytest.raises(StoreUnreachable, match=r"broke off 6 times at byte \d+ of 500000"),
    ):
        store_at(s3_address, wire.endpoint).read("segment")


def test_a_store_that_gives_back_other_bytes_is_found_out(s3_address: S3Address) -> None:
    lie = b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nc0ntent"
    with (
        proxy(port_of(s3_address), lambda method, _n: lie if method == "GET" else None) as wire,
        pytest.raises(ObjectCorrupted, match=sha256_hex(b"c0ntent")),
    ):
        put(store_at(s3_address, wire.endpoint), "key", b"content")


def test_a_store_that_overwrites_is_refused_by_check(s3_address: S3Address) -> None:
    """A service that takes every PUT and gives back what was put last."""
    last: list[bytes] = []
    with (
        _OverwritingService(last) as endpoint,
        pytest.raises(StoreUnreachable, match="does not honour If-None-Match"),
    ):
        store_at(s3_address, endpoint).check()
    assert last[0].startswith(b"second ")


@pytest.mark.parametrize("bit", [0, 7 * 8 + 3, 9 * 8 + 7])
def test_a_store_that_keeps_other_bytes_is_found_out_by_reading_back(s3_address: S3Address, bit: int) -> None:
    """One bit is another one on its disk, and it says that all is well."""

    def flip(data: bytes) -> bytes:
        spoiled = bytearray(data)
        spoiled[bit // 8] ^= 1 << bit % 8
        return bytes(spoiled)

    kept: list[bytes] = []
    with _OverwritingService(kept, flip) as endpoint, pytest.raises(ObjectCorrupted) as caught:
        put(store_at(s3_address, endpoint), "key", b"ten bytes.")
    assert caught.value.actual == sha256_hex(kept[0])
    assert kept != [b"ten bytes."]


class _OverwritingService:
    """The least S3 service that ignores If-None-Match, as some have done; `spoil` is what its disk does."""

    def __init__(self, last: list[bytes], spoil: Callable[[bytes], bytes] = bytes) -> None:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_PUT(self) -> None:
                last[:] = [spoil(self.rfile.read(int(self.headers["Content-Length"])))]
                self.answer(200, b"")

            def do_GET(self) -> None:
                self.answer(200, last[0])

            def do_DELETE(self) -> None:
                self.answer(204, b"")

            def answer(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Tests print nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> str:
        self._thread.start()
        return f"http://127.0.0.1:{self._server.server_port}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def test_the_digest_and_type_stand_beside_the_object(
    s3_environment: SeaweedFS, s3_address: S3Address
) -> None:
    put(store_at(s3_address, s3_address.endpoint), "key", b"content")
    head = s3_environment.client.head_object(Bucket=bucket_of(s3_address), Key="archive/key")
    assert head["Metadata"] == {"sha256": sha256_hex(b"content")}
    assert head["ContentType"] == TEXT


def test_a_list_of_several_pages_is_in_byte_order(s3_address: S3Address) -> None:
    store = S3Store(bucket_of(s3_address), "archive", s3_address.endpoint, s3_address.region, page_size=3)
    expected = ["a-b", "a.c/1", "a/1", "a/b-c", "a/b/c", "a0", "b", "c/1", "c/2", "d"]
    for key in reversed(expected):
        put(store, key, b"")
    assert [info.key for info in store.list()] == expected
    assert [info.key for info in store.list("a")] == expected[:6]


def test_what_others_left_in_the_bucket_is_not_listed(
    s3_environment: SeaweedFS, s3_address: S3Address
) -> None:
    client, bucket = s3_environment.client, bucket_of(s3_address)
    for key in ("archive/folder/", "archive-2/foreign", "foreign"):
        client.put_object(Bucket=bucket, Key=key, Body=b"")
    store = store_at(s3_address, s3_address.endpoint)
    put(store, "ours", b"")
    assert list(store.list()) == [ObjectInfo("ours", 0)]


def every_method_fails(store: S3Store, match: str) -> None:
    for attempt in (
        lambda: put(store, "key", b"content"),
        lambda: store.read("key"),
        lambda: store.open("key"),
        lambda: store.stat("key"),
        lambda: list(store.list()),
        lambda: store.delete("key"),
        store.check,
    ):
        with pytest.raises(StoreUnreachable, match=match) as caught:
            attempt()
        message = str(caught.value)
        assert "\n" not in message
        assert SECRET_KEY not in message
        assert ACCESS_KEY not in message


def test_a_wrong_bucket_is_named_by_every_method(s3_address: S3Address) -> None:
    store = open_store("s3://no-such-bucket/a", endpoint=s3_address.endpoint, region=s3_address.region)
    assert isinstance(store, S3Store)
    every_method_fails(
        store, f"in s3://no-such-bucket/a at {s3_address.endpoint}: the bucket does not exist; create it"
    )


@pytest.mark.parametrize(
    ("variable", "value", "reason"),
    [
        ("AWS_SECRET_ACCESS_KEY", "not-the-secret", "(the secret key is wrong|access denied); check AWS_"),
        ("AWS_ACCESS_KEY_ID", "nobody", "(the access key is unknown|access denied); check AWS_"),
    ],
)
def test_wrong_credentials_are_named_by_every_method(
    s3_address: S3Address, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(variable, value)
    every_method_fails(store_at(s3_address, s3_address.endpoint), reason)


def test_missing_credentials_are_named_by_every_method(
    s3_address: S3Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    every_method_fails(
        store_at(s3_address, s3_address.endpoint), "no credentials were found; check AWS_ACCESS_KEY_ID"
    )


def test_half_of_the_credentials_is_said_at_once(
    s3_address: S3Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(StoreUnreachable, match="only half of the credentials was found"):
        store_at(s3_address, s3_address.endpoint)


@pytest.mark.usefixtures("s3_environment")
def test_an_unreachable_endpoint_is_named() -> None:
    with socket.socket() as held:  # bound, but nobody listens: connections are refused
        held.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{held.getsockname()[1]}"
        store = S3Store("bucket", "", endpoint, "us-east-1", attempts=2)
        with pytest.raises(
            StoreUnreachable, match=f"at {endpoint}: no connection; check that the service runs"
        ):
            put(store, "key", b"content")


@pytest.mark.usefixtures("s3_environment")
def test_a_silent_service_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        endpoint = f"http://127.0.0.1:{silent.getsockname()[1]}"
        store = S3Store("bucket", "", endpoint, "us-east-1", attempts=2, read_timeout=0.2)
        with pytest.raises(StoreUnreachable, match="no answer in time"):
            store.read("key")


def test_a_server_killed_and_started_again_has_what_was_acknowledged(
    s3_environment: SeaweedFS, s3_address: S3Address
) -> None:
    store = store_at(s3_address, s3_address.endpoint)
    put(store, "kept", b"acknowledged")
    s3_environment.kill()
    try:
        with pytest.raises(StoreUnreachable, match="no connection"):
            store.read("kept")
    finally:
        s3_environment.start()
    assert store.read("kept") == b"acknowledged"
    with pytest.raises(ObjectNotFound):
        store.read("never")
