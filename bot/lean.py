"""A process of moderate size: what it does not need is not made, and freed memory is used again.

aiogram makes a validator for each of some 300 types at its import, with all that the type can lead to, a message above
all: 120 MB and two seconds in every process, of which a worker uses a dozen. Pydantic makes a validator at its type's
first use as well, provided that the names in the type's fields are known where it is defined; that is arranged here. A
later aiogram that no longer makes them at its import is taken as it comes.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

M_ARENA_MAX: Final = -8
"""Of mallopt(3), and only in the GNU C library."""
ARENAS: Final = 2
"""Pools of memory. The library would make eight a core, and with dozens of threads (each database connection has one)
what one of them frees lies idle in its own pool: 20 MB of a worker."""
NEVER_USED: Final = ("rich", "better_exceptions", "click", "requests")
"""What libraries import where they find it: pictures of tracebacks (whose local variables are secrets), a command line,
a second HTTP client. 15 MB."""
DRIVERS: Final = {"postgresql": "psycopg", "redis": "redis"}
"""What Huey imports where it finds it, by the kind of queue that needs it. 15 MB."""


@contextmanager
def leaving_out(*names: str) -> Iterator[None]:
    """Inside, these modules are not to be found, unless they are there already. Outside they are imported as ever."""
    absent = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # None is Python's own sign for that
    try:
        yield
    finally:
        for name in absent:
            del sys.modules[name]


def unused_drivers(queue: str) -> list[str]:
    """Of Huey's, where the queue stands at this address."""
    return [driver for scheme, driver in DRIVERS.items() if not queue.startswith(scheme)]


def keep_lean() -> None:
    """To be called before anything imports aiogram and before there are threads; later it changes little."""
    if sys.platform == "linux":
        set_option = getattr(ctypes.CDLL(None), "mallopt", None)
        if set_option is not None:
            set_option(M_ARENA_MAX, ARENAS)
    if "aiogram" not in sys.modules:
        _import_aiogram()


def settle() -> None:
    """To be called when all is imported: what is there now stays, and need not be looked through for garbage.

    Going through it took a tenth of a second each time, in which everything stood still.
    """
    gc.collect()
    gc.freeze()


def _import_aiogram() -> None:
    from pydantic import BaseModel

    made: dict[type[BaseModel], dict[str, Any]] = {}
    ordinary = BaseModel.__dict__["model_rebuild"]

    def postponed(cls: type[BaseModel], /, *, _types_namespace: dict[str, Any] | None = None, **_options: Any) -> None:
        made[cls] = _types_namespace or {}

    BaseModel.model_rebuild = classmethod(postponed)  # type: ignore[method-assign, assignment]
    try:
        importlib.import_module("aiogram")
    finally:
        BaseModel.model_rebuild = ordinary  # type: ignore[method-assign]
    for cls, names in made.items():
        home = vars(sys.modules[cls.__module__])
        for name in _meant_by(cls) & names.keys():
            home.setdefault(name, names[name])


def _meant_by(cls: type[Any]) -> set[str]:
    """The names in the types of its fields, the inherited ones too."""
    types = [str(one) for base in cls.__mro__ for one in vars(base).get("__annotations__", {}).values()]
    return set(re.findall(r"\w+", " ".join(types)))
