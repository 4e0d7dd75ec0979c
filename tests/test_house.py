"""The house rules that no other tool keeps: they hold of what git tracks."""

from __future__ import annotations

import ast
import gc
import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from bot.settings import Settings

ROOT = Path(__file__).parents[1]
PRODUCT = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "bench"}
MAX_FILE_LINES, MAX_FUNCTION_LINES = 400, 60
# A migration says one table after the other; it is read once and never changed.
MAY_BE_LONG = "storage/migrations/versions/"

# Written in pieces, so that this file does not find itself.
INDEXES = [rf"(?i)\b{host}\b" for host in ("py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.(org|com)")]
INDEX_OPTIONS = [rf"(?<!no-emit)--{option}\b" for option in ("(extra-)?index" + "-url", "find" + "-links")]
# Where somebody's checkout, home or downloads lie. The paths every Debian has (/usr, /etc, /tmp) are no secret.
_PLACES = "|".join(("wo" + "rk", "ho" + "me", "ro" + "ot", "op" + "t", "Us" + "ers"))
MACHINE_PATHS = [rf"(?<![\w.<~$}})/-])/({_PLACES})/\w"]


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, check=True).stdout
    return [path for name in listed.decode().split("\0") if name and (path := ROOT / name).is_file()]


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def texts() -> Iterator[tuple[str, str]]:
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data:
            yield name(path), data.decode()


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    gc.disable()  # they are a million objects that stay: to look among them for garbage takes four times the parsing
    try:
        return {name(path): ast.parse(path.read_text()) for path in tracked("*.py")}
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


@pytest.mark.parametrize("pattern", [*INDEXES, *INDEX_OPTIONS, *MACHINE_PATHS])
def test_nothing_tracked_names_a_package_index_or_a_place_on_one_machine(pattern: str) -> None:
    found = [f"{where}: {hit.group()}" for where, text in texts() for hit in re.finditer(pattern, text)]
    assert found == []


def test_the_patterns_find_what_they_are_for() -> None:
    def hits(text: str) -> int:
        return sum(bool(re.search(pattern, text)) for pattern in (*INDEXES, *INDEX_OPTIONS, *MACHINE_PATHS))

    assert hits("see https://" + "py" + "pi.org/simple") == 1
    assert hits("pip install " + "--index" + "-url x " + "--find" + "-links y") == 2
    assert hits("cd '/wo" + "rk/main'") == 1
    assert hits("--no-emit-index-url a/home/b /usr/bin/env https://host/work/x") == 0


def example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_every_setting_stands_in_the_example_and_nothing_else_does() -> None:
    assert set(example()) == {field.upper() for field in Settings.model_fields}


def test_the_example_shows_the_defaults() -> None:
    # What is empty in the example is not set, so a file that is only copied changes nothing.
    copied = {field.lower(): value for field, value in example().items() if value}
    token = {"telegram_bot_token": "123456:" + "a" * 35}
    plain = Settings(**token, _env_file=None)  # type: ignore[arg-type]
    assert Settings(**token, **copied, _env_file=None) == plain  # type: ignore[arg-type]


def test_the_program_reads_no_other_environment_names(trees: dict[str, ast.Module]) -> None:
    read = {
        (where, variable)
        for where, tree in trees.items()
        if where.split("/")[0] in PRODUCT
        for node in ast.walk(tree)
        if (variable := _environment_name(node)) is not None
    }
    assert {(where, variable) for where, variable in read if variable not in example()} == set()


def _environment_name(node: ast.AST) -> str | None:
    """The NAME of `os.environ["NAME"]`, `os.environ.get("NAME")` or `os.getenv("NAME")`."""
    match node:
        case (
            ast.Subscript(value=ast.Attribute(attr="environ"), slice=ast.Constant(value=str(read)), ctx=ast.Load())
            | ast.Call(
                func=ast.Attribute(value=ast.Attribute(attr="environ"), attr="get"),
                args=[ast.Constant(value=str(read)), *_],
            )
            | ast.Call(func=ast.Attribute(attr="getenv"), args=[ast.Constant(value=str(read)), *_])
        ):
            return read
    return None


def test_no_file_is_too_long() -> None:
    sizes = {name(path): _lines(path.read_text()) for path in tracked("*.py", "*.js", "*.css", "*.html")}
    assert {where: size for where, size in sizes.items() if size > MAX_FILE_LINES} == {}


def test_no_function_is_too_long(trees: dict[str, ast.Module]) -> None:
    long = {
        f"{where}:{node.lineno} {node.name}": (node.end_lineno or 0) - node.lineno + 1
        for where, tree in trees.items()
        if not where.startswith(MAY_BE_LONG)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > MAX_FUNCTION_LINES
    }
    assert long == {}


def _lines(text: str) -> int:
    return sum(1 for line in text.splitlines() if line.strip())


def locked(file: str) -> dict[str, tuple[str, str]]:
    """Package to (its requirement, all that follows up to the next package)."""
    blocks = re.split(r"\n(?=[^\s#])", (ROOT / file).read_text().strip())
    requirements = [(Requirement(block.split("\\")[0].strip()), block) for block in blocks]
    return {requirement.name.lower(): (str(requirement), block) for requirement, block in requirements}


@pytest.mark.parametrize("file", ["requirements.txt", "requirements-dev.txt"])
def test_the_lock_pins_every_package_with_hashes_and_names_no_address(file: str) -> None:
    packages = locked(file)
    assert len(packages) > 20
    for requirement, block in packages.values():
        assert re.fullmatch(r"[\w.-]+(\[[\w,-]+\])?==[\w.!+]+(; .*)?", requirement), requirement
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), requirement
    assert "://" not in (ROOT / file).read_text()


def test_the_lock_for_developers_holds_that_of_the_product_unchanged() -> None:
    assert locked("requirements.txt").items() <= locked("requirements-dev.txt").items()


def test_the_lock_fits_what_the_project_asks_for(project: dict[str, Any]) -> None:
    extras = [asked for extra in project["project"]["optional-dependencies"].values() for asked in extra]
    _fits("requirements.txt", [*project["project"]["dependencies"], *extras])
    _fits("requirements-dev.txt", project["dependency-groups"]["dev"])


def _fits(file: str, asked: list[str]) -> None:
    packages = locked(file)
    for requirement in map(Requirement, asked):
        pinned = Requirement(packages[requirement.name.lower()][0])
        version = next(iter(pinned.specifier)).version
        assert requirement.specifier.contains(version, prereleases=True), f"{requirement} is locked at {version}"
        assert ">=" in str(requirement.specifier), f"{requirement} has no lower bound"


def test_the_tools_check_every_folder_of_the_product(project: dict[str, Any]) -> None:
    assert {"bot", "services", "sandbox"} < PRODUCT
    assert set(project["tool"]["importlinter"]["root_packages"]) == PRODUCT
    assert set(project["tool"]["mypy"]["files"]) == PRODUCT | {"tests", "bench"}


def test_the_oldest_python_is_the_same_everywhere(project: dict[str, Any]) -> None:
    oldest = project["project"]["requires-python"].removeprefix(">=")
    assert project["tool"]["mypy"]["python_version"] == oldest
    assert project["tool"]["ruff"]["target-version"] == f"py{oldest.replace('.', '')}"
    assert f"({oldest.replace('.', ', ')})" in (ROOT / "Makefile").read_text()


def test_the_procfile_names_the_three_processes() -> None:
    processes = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
    assert processes == {kind: f"python -m bot {verb}" for kind, verb in PROCESSES.items()}


PROCESSES = {"release": "migrate", "web": "web", "worker": "worker"}


def test_make_alone_explains_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    # Not as a part of the `make` that may be running us.
    environment = {name: value for name, value in os.environ.items() if name not in {"MAKEFLAGS", "MAKELEVEL"}}
    said = subprocess.run(["make"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout
    explained = re.findall(r"^  make (\S+) +\S", said, re.MULTILINE)
    assert sorted(explained) == sorted(phony.group(1).split())


def test_the_ci_script_is_one_that_runs() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", str(script)], check=True)
