from __future__ import annotations

import socket

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from providers.remote.addresses import Forbidden, PublicResolver, checked, is_public

OWN = URL("http://127.0.0.1:8081/runway")


@pytest.mark.parametrize("number", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_the_public_internet_is_public(number: str) -> None:
    assert is_public(number)


@pytest.mark.parametrize(
    "number",
    [
        "127.0.0.1",
        "0.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1%eth0",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "64:ff9b::a9fe:a9fe",
        "2002:7f00:1::",
        "2001:0:7f00:1::",
    ],
)
def test_private_places_are_not_even_when_they_are_wrapped(number: str) -> None:
    assert not is_public(number)


@pytest.mark.parametrize(
    "address", ["https://cdn.example.com/a.mp4?x=1", "https://8.8.8.8/a.mp4", "http://127.0.0.1:8081/results/1.mp4"]
)
def test_we_go_to_public_addresses_and_to_the_vendors_own(address: str) -> None:
    assert str(checked(address, own=OWN)) == address


@pytest.mark.parametrize(
    "address",
    [
        "http://cdn.example.com/a.mp4",
        "http://127.0.0.1:8082/a.mp4",
        "https://127.0.0.1:8081/a.mp4",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/a.mp4",
        "https://[::ffff:10.0.0.1]/a.mp4",
        "https://user:pass@cdn.example.com/a.mp4",
        "file:///etc/passwd",
        "ftp://cdn.example.com/a.mp4",
        "/a.mp4",
        "",
        "https://",
        "https://host:99999/",
    ],
)
def test_we_go_nowhere_else_and_do_not_repeat_the_address(address: str) -> None:
    with pytest.raises(Forbidden) as caught:
        checked(address, own=OWN)
    assert "/a.mp4" not in str(caught.value)
    assert "169" not in str(caught.value)


class Names(AbstractResolver):
    def __init__(self, *numbers: str) -> None:
        self._numbers = numbers

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=number, port=port, family=family, proto=0, flags=0)
            for number in self._numbers
        ]

    async def close(self) -> None:
        """Nothing is held open."""


async def test_a_name_stands_for_its_public_addresses_only() -> None:
    found = await PublicResolver(Names("10.0.0.1", "8.8.8.8")).resolve("rebinding.example")
    assert [one["host"] for one in found] == ["8.8.8.8"]


async def test_a_name_with_private_addresses_only_is_refused() -> None:
    with pytest.raises(Forbidden):
        await PublicResolver(Names("127.0.0.1", "::1")).resolve("rebinding.example")
