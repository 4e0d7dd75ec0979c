"""What a key may look like, and which store an address opens."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.objects import open_store
from storage.objects.base import MAX_KEY_BYTES, MAX_LINK_SECONDS, InvalidKey, checked_key, link_seconds
from storage.objects.local import LocalStore

HOSTILE = st.text(alphabet=st.sampled_from("ab./\\\0 %\n-_é\u202e"), max_size=30)


@given(HOSTILE)
def test_a_key_that_is_taken_stays_inside_the_folder(key: str) -> None:
    try:
        taken = checked_key(key)
    except InvalidKey:
        return
    root = Path("/srv/media")
    assert Path(os.path.normpath(root / taken)) == root / taken
    assert str(PurePosixPath(taken)) == taken, "one object has one key"
    assert not any(part.startswith(".") for part in taken.split("/"))


@given(st.lists(st.from_regex(r"[a-z0-9_-][a-z0-9._-]{0,20}", fullmatch=True), min_size=1, max_size=8))
def test_ordinary_keys_are_taken_as_they_are(parts: list[str]) -> None:
    assert checked_key("/".join(parts)) == "/".join(parts)


@pytest.mark.parametrize("key", ["a/", "/a", "a//b", "a\n", "a b", "a/./b", "a" * 201, "a/" * 256 + "a"])
def test_it_refuses_what_is_no_key(key: str) -> None:
    with pytest.raises(InvalidKey):
        checked_key(key)


def test_the_longest_key_is_still_taken() -> None:
    key = "/".join(["a" * 170] * 3)
    assert len(key) == MAX_KEY_BYTES
    assert checked_key(key)


def test_a_refusal_does_not_repeat_the_key() -> None:
    with pytest.raises(InvalidKey) as refused:
        checked_key("../canary")
    assert "canary" not in str(refused.value)


def test_no_link_lives_longer_than_a_week() -> None:
    assert link_seconds(10**9) == MAX_LINK_SECONDS == 604_800
    assert link_seconds(60) == 60


@pytest.mark.parametrize(("address", "folder"), [("file://var/media", "var/media"), ("file:///srv/a b", "/srv/a b")])
def test_a_file_address_opens_a_folder(address: str, folder: str, tmp_path: Path) -> None:
    store = open_store(address, signing_secret="s", public_url="")
    assert isinstance(store, LocalStore)
    store_root = vars(store)["_root"]
    assert store_root == Path(folder)


@pytest.mark.parametrize(
    "address", ["", "file://", "media", "s3://", "s3://b/folder", "s3://b?endpiont_url=x", "gs://b", "http://b"]
)
def test_an_address_it_does_not_know_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="STORAGE_URL"):
        open_store(address, signing_secret="s", public_url="")


def run_python(script: str) -> str:
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout


def test_a_folder_needs_no_boto3() -> None:
    opened = "open_store('file://x', signing_secret='s', public_url='')"
    said = run_python(f"import sys; from storage.objects import open_store; {opened}; print('boto3' in sys.modules)")
    assert said.strip() == "False"


def test_a_bucket_without_boto3_says_what_to_install() -> None:
    opened = "open_store('s3://b', signing_secret='s', public_url='')"
    script = (
        "import sys; sys.modules['boto3'] = None\nfrom storage.objects import open_store\n"
        f"try: {opened}\nexcept ValueError as error: print(error)"
    )
    assert "extra `s3`" in run_python(script)
