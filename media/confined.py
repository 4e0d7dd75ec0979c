"""Becomes another program within limits. A script that media.ffmpeg starts; nothing imports it.

Limits must be in force before the program reads its first byte, and running Python code between fork and exec
(`preexec_fn`) can deadlock in a process with threads. So this small script is started instead, limits itself and then
turns into the program: no race, no extra process. It costs about 15 ms of CPU.

    python -I -S confined.py MEMORY_BYTES FILE_BYTES CPU_SECONDS PARENT_PID PROGRAM ARGUMENT…
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_SIGKILL = 9  # POSIX; the module that names signals takes a quarter of this script's time


def main(argv: list[str]) -> None:
    memory, file_bytes, cpu_seconds, parent = (int(number) for number in argv[:4])
    for kind, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, file_bytes),
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, _SIGKILL)
    if os.getppid() != parent:  # it died before the line above took effect
        sys.exit("the process that asked for this is gone")
    os.execv(argv[4], argv[4:])  # noqa: S606  # no shell is the point


if __name__ == "__main__":
    main(sys.argv[1:])
