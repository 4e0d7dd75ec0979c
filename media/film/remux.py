"""Stretches of clips copied into one file, packet by packet, with their music beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from fractions import Fraction
from pathlib import Path
from typing import TypeAlias

import av
from av.container import OutputContainer

from media.film.plan import Stretch
from media.film.source import open_video
from media.film.stoppable import Stop

Packet: TypeAlias = "av.Packet[av.VideoStream] | av.Packet[av.AudioStream]"
Timed: TypeAlias = tuple[float, Packet]
"""When it is to be decoded, in seconds, and a packet."""


def write(stretches: Sequence[Stretch], rate: Fraction, into: Path, *, sound: Path | None, stop: Stop) -> None:
    """Write `stretches` one after another, and the AAC of `sound` as it is, the index in front.

    All must have the same parameter sets, and begin and end where they can be cut. Time stamps are made anew from the
    frames' numbers, so nothing adds up over many clips; of sound what would begin after the last frame is left out.
    Raises Stopped.
    """
    with ExitStack() as stack:
        out = stack.enter_context(av.open(into, "w", format="mp4", options={"movflags": "+faststart"}))
        template = stack.enter_context(open_video(stretches[0].source.path)).streams.video[0]
        video = out.add_stream_from_template(template)
        video.time_base = 1 / rate
        seconds = sum(stretch.frames for stretch in stretches) / rate
        heard = _sound(out, stack, sound, float(seconds))
        waiting = next(heard, None)
        for begins, packet in _pictures(stretches, rate, stop):
            while waiting is not None and waiting[0] <= begins:
                out.mux(waiting[1])
                waiting = next(heard, None)
            packet.stream = video
            out.mux(packet)
        if waiting is not None:
            out.mux(waiting[1])
        for _, packet in heard:
            out.mux(packet)


def _pictures(stretches: Sequence[Stretch], rate: Fraction, stop: Stop) -> Iterator[Timed]:
    """The packets of all stretches, stamped in frames. Each is decoded a fixed number of frames before it could be
    shown: as many as the most intricate of the stretches needs."""
    ahead = max(number - _order(one)[number] for one in stretches for number in range(one.first, one.last))
    begun, one_frame = 0, 1 / rate
    for stretch in stretches:
        stop.check()
        shown = _order(stretch)
        for number, packet in enumerate(_packets(stretch)):
            packet.time_base = one_frame
            packet.dts = begun + number - ahead
            packet.pts = begun + shown[stretch.first + number] - stretch.first
            packet.duration = 1
            yield packet.dts / float(rate), packet
        begun += stretch.frames


def _order(stretch: Stretch) -> tuple[int, ...]:
    assert stretch.source.order is not None  # noqa: S101  # only what lies evenly in time is copied
    return stretch.source.order


def _packets(stretch: Stretch) -> Iterator[Packet]:
    with open_video(stretch.source.path) as container:
        found = (packet for packet in container.demux(video=0) if packet.pts is not None)
        for number, packet in enumerate(found):
            if number >= stretch.last:
                return
            if number >= stretch.first:
                yield packet


def _sound(out: OutputContainer, stack: ExitStack, sound: Path | None, seconds: float) -> Iterator[Timed]:
    """The packets of the music. Its stream stands in `out` when this returns, before any packet is written."""
    if sound is None:
        return iter(())
    container = stack.enter_context(av.open(sound, format="mov", options={"protocol_whitelist": "file"}))
    read = container.streams.audio[0]
    written = out.add_stream_from_template(read)
    one_tick = float(read.time_base or 0)

    def packets() -> Iterator[Timed]:
        for packet in container.demux(read):
            if packet.pts is not None and (begins := packet.pts * one_tick) < seconds:
                packet.stream = written
                yield begins, packet

    return packets()
