"""How all music is kept: AAC in an MP4 file (.m4a), 48 kHz, stereo."""

from __future__ import annotations

from pathlib import Path
from typing import Final

RATE: Final = 48_000
"""Samples a second."""
MUXER: Final = "ipod"
CONTENT_TYPE: Final = "audio/mp4"
# An edit list counted in samples: players then leave out exactly what the encoder put before the first sample and after
# the last one. In milliseconds, ffmpeg's habit, a loop would lose or gain up to half of one at each turn.
ENCODED: Final = (
    *("-vn", "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact"),
    *("-c:a", "aac", "-b:a", "160k", "-ar", str(RATE), "-ac", "2"),
    *("-movie_timescale", str(RATE), "-movflags", "+faststart"),
)


def samples_of(track: Path) -> int:
    """How many samples (of each channel) a file of ours plays: what its edit list leaves of it."""
    # Only where music is cut or composed: 20 MB that other processes can do without.
    import av

    with av.open(track, format="mov", options={"protocol_whitelist": "file"}) as container:
        stream = container.streams.audio[0]
        return round(float((stream.duration or 0) * (stream.time_base or 0)) * RATE)
