from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch.addresses import is_public, literal_address

PUBLIC = [
    "1.1.1.1", "8.8.8.8", "93.184.215.14", "172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.0",
    "192.0.1.1", "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2a00:1450:4001::1",
    "2400:cb00::1", "::ffff:8.8.8.8", "2002:808:808::1", "64:ff9b::808:808",
    "2001:0:808:808::f7f7:f7f7",  # Teredo: server 8.8.8.8, client 8.8.8.8 (inverted)
]  # fmt: skip
NOT_PUBLIC = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254",
    "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.9", "192.0.0.170", "192.0.2.1",
    "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "233.252.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::7f00:1", "::808:808", "100::1", "fc00::1", "fd00::1", "fd12:3456::1", "fe80::1",
    "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1", "2001:db8::1", "2001:10::1", "2001:20::1", "2001:2::1",
    "3fff::1", "4000::1", "5f00::1", "2606:4700::1111%eth0",
    "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:100.64.0.1", "::ffff:0.0.0.0",
    "2002:7f00:1::", "2002:a00:1::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::808:808",
    "2001:0:808:808::80ff:fffe",  # Teredo with the client 127.0.0.1
    "2001:0:7f00:1::f7f7:f7f7",  # Teredo with the server 127.0.0.1
]  # fmt: skip


@pytest.mark.parametrize("text", PUBLIC)
def test_public(text: str) -> None:
    assert is_public(ip_address(text))


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_not_public(text: str) -> None:
    assert not is_public(ip_address(text))


@given(st.ip_addresses(v=4))
def test_every_wrapping_is_judged_by_what_is_inside(inner: IPv4Address) -> None:
    number = int(inner)
    expected = is_public(inner)
    assert is_public(IPv6Address((0xFFFF << 32) | number)) == expected
    assert is_public(IPv6Address((0x2002 << 112) | (number << 80) | 1)) == expected
    assert is_public(IPv6Address((0x64FF9B << 96) | number)) == expected
    teredo = (0x20010000 << 96) | (0x08080808 << 64) | (number ^ 0xFFFFFFFF)
    assert is_public(IPv6Address(teredo)) == expected


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.1.", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"),
        ("0X7F.0.0.1", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("017700000001", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("127.0.1", "127.0.0.1"),
        ("0", "0.0.0.0"),
        ("010.0.0.1", "8.0.0.1"),
        ("[::1]", "::1"),
        ("[::ffff:10.0.0.1]", "::ffff:10.0.0.1"),
        ("[0:0:0:0:0:ffff:0a00:0001]", "::ffff:10.0.0.1"),
        ("8.8.8.8", "8.8.8.8"),
    ],
)
def test_spellings_of_an_address(host: str, address: str) -> None:
    assert literal_address(host) == ip_address(address)


@pytest.mark.parametrize(
    "host", ["example.org", "example.org.", "1.example", "0x7f.1.example", "127.0.0.1.nip.test"]
)
def test_names_are_no_addresses(host: str) -> None:
    assert literal_address(host) is None


@pytest.mark.parametrize(
    "host", ["256.0.0.1", "1.2.3.4.5", "example.1", "0x", "99999999999", "[::g]", "[1::2::3]"]
)
def test_numbers_that_are_neither(host: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        literal_address(host)
