"""Composes one of our tracks: `python -m media.music.composing MOOD SECONDS FILE.wav`. `media.music.made` starts it."""

from __future__ import annotations

import sys
import wave
from pathlib import Path

import numpy as np

from media.music.encoding import RATE
from media.music.made import LENGTHS, MOODS
from media.music.synth.moods import tune


def main(arguments: list[str]) -> None:
    mood, seconds, path = arguments
    known = next((one for one in MOODS if one == mood), None)
    if known is None or int(seconds) not in LENGTHS:
        sys.exit(f"there is no {mood} track of {seconds} s")
    levels = np.round(tune(known, int(seconds)).T * 32_767).astype("<i2")
    with wave.open(str(Path(path)), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(levels.tobytes())


if __name__ == "__main__":
    main(sys.argv[1:])
