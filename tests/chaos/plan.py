"""How much chaos there shall be."""

from __future__ import annotations

import argparse
import secrets
from dataclasses import dataclass
from typing import Literal

Engine = Literal["sqlite", "postgresql"]
ENGINES: tuple[Engine, ...] = ("sqlite", "postgresql")


@dataclass(frozen=True, slots=True)
class Plan:
    """For each world. It goes on until `seconds` are over and the least of everything was reached."""

    seed: int
    engines: tuple[Engine, ...]
    seconds: float
    least_kills: int
    least_pauses: int
    least_jobs: int
    kill_seconds: float
    """From one kill to the next, on average."""
    pause_seconds: float
    """From one pause to the next, on average."""
    workers: int
    people: int
    photos: int
    """Of each person."""
    in_flight: int
    """How many clips people try to have in the making at once."""
    deadline_seconds: float
    settle_seconds: float
    """How long everything may take to come to rest after the last kill."""

    brief: bool
    """Do not wait for what a web process that went down had taken in: that is taken up when its lease is over, in two
    minutes."""
    keep: bool
    """Keep the logs and databases of what went well, too."""

    @property
    def longest_seconds(self) -> float:
        """Where the least cannot be reached, it ends all the same (and fails)."""
        return self.seconds * 4 + 60


def read_plan(arguments: list[str] | None = None) -> Plan:
    """Raises SystemExit for what makes no sense."""
    read = _parser().parse_args(arguments)
    engines = tuple(read.engine or ENGINES)
    share = len(engines)
    return Plan(
        seed=read.seed,
        engines=engines,
        seconds=read.seconds,
        least_kills=-(-read.kills // share),
        least_pauses=-(-read.pauses // share),
        least_jobs=-(-read.jobs // share),
        kill_seconds=read.kill_every,
        pause_seconds=read.pause_every,
        workers=read.workers,
        people=read.people,
        photos=read.photos,
        in_flight=read.in_flight,
        deadline_seconds=read.deadline,
        settle_seconds=read.settle,
        brief=read.brief,
        keep=read.keep,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--engine", choices=ENGINES, action="append", help="one of them only")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long, at least")
    parser.add_argument("--kills", type=int, default=0, help="how many in all, at least")
    parser.add_argument("--pauses", type=int, default=0, help="how many in all, at least")
    parser.add_argument("--jobs", type=int, default=2, help="how many in all, at least")
    parser.add_argument("--kill-every", type=float, default=2.0, metavar="SECONDS")
    parser.add_argument("--pause-every", type=float, default=12.0, metavar="SECONDS")
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--photos", type=int, default=3, help="of each person")
    parser.add_argument("--in-flight", type=int, default=14)
    parser.add_argument("--deadline", type=float, default=45.0, help="JOB_DEADLINE_SECONDS")
    parser.add_argument("--settle", type=float, default=240.0, help="how long it may take to come to rest")
    parser.add_argument("--brief", action="store_true", help="do not wait two minutes for what dead web processes had")
    parser.add_argument("--keep", action="store_true", help="keep logs and databases though all went well")
    return parser
