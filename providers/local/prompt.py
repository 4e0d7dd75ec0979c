"""From the words of a prompt to a plan: which camera moves, which overlays, how strong.

Stems are matched at the beginnings of words, in English, Spanish and Russian at once, so that inflected forms are found
and nobody has to say which language they write in.
"""

from __future__ import annotations

import hashlib
import random
import re
from dataclasses import dataclass

# Each line: English, then Spanish, then Russian.
MOVES = {
    "zoom_in": "zoom in|zoom|closer|close up|push in|approach|ac[eé]rc|aproxim|приближ|ближе|наезд|зум|крупн",
    "zoom_out": "zoom out|pull back|pull out|wider|reveal|alej|aléj|abr(?:e|ir) plano|отдал|отъезд|дальше|шире",
    "pan_left": "left|izquierd|влево|налево|лев(?:о|ую|ой)",
    "pan_right": "right|derech|вправо|направо|прав(?:о|ую|ой)",
    "pan_up": "pan up|upward|up|rise|rising|sky|arriba|sub(?:e|ir|iendo)|ciel|вверх|ввысь|подн|неб",
    "pan_down": "pan down|downward|down|abajo|baj(?:a|ar|ando)|вниз|опуск|спуск",
    "orbit": "orbit|around|rotat|spin|circl|turn"
    "|órbita|alrededor|gir(?:a|o|e|ar|ando)|rode|вокруг|обл[её]т|орбит|вращ|круж",
    "tilt": "tilt|lean|slant|inclin|ladea|наклон|накрен",
    "dolly": "dolly|fly|flight|through|travel|vuel|vol(?:ar|ando)|прол[её]т|пол[её]т|лет(?:ит|им|еть)|долли",
    "handheld": "handheld|hand-held|shak|wobbl|documentary|en mano|tembl|sacud|ручн|дрож|тряс|с рук",
    "breathing": "breath|alive|living|pulse|respir|viv[ao]|lat(?:e|ir|ido)|дыш|дых|ожив|живо|пульс",
}
OVERLAYS = {
    "snow": "snow|flake|winter|blizzard|frost|christmas"
    "|niev|nev(?:a|ar|ando)|copo|inviern|navid|сне[гжё]|зим|мете|вьюг|рождеств",
    "rain": "rain(?!bow)|drizzl|storm|shower|lluvi|lluev|llov|torment|дожд|лив[её]н|гроз",
    "dust": "dust|mote|attic|pollen|polvo|polen|пыл",
    "sparkles": "spark|glitter|magic|twinkl|stars?\\b|starry|fairy|shimmer"
    "|brill|destell|mági|magi|estrell|chisp|искр|искор|блес|маги|волшеб|зв[её]зд|мерца",
    "light_leak": "light|leak|sun|golden|warm|glow"
    "|luz|luces|sol(?:ead|ar|\\b)|dorad|cálid|resplandor|солн|засвет|золот|т[её]пл|свет|сия",
    "grain": "grain|film|vintage|old|retro|8mm|grano|granul|películ|antigu|viej|зерн|пл[её]нк|стар|ретро|винтаж",
    "vignette": "vignett|viñet|виньет",
    "fade": "fade|fading|dissolv|fundid|desvan|затух|исчез|проявл|растворя",
}
SLOWER = "slow|gentl|soft|calm|subtl|lent|despaci|suav|tranquil|медл|мягк|плавн|спокойн|нежн"
FASTER = "fast|quick|dramatic|strong|bold|rápid|fuert|dramátic|intens|быстр|резк|сильн|драмат"
NEGATION = r"(?:no|not|without|don't|sin|без|не|ни|нет)\s+(?:\w+\s+)?$"

GENTLE = ("zoom_in", "zoom_out", "orbit", "dolly", "pan_left", "pan_right")
"""What a prompt without a word of ours may get, always with a little life in it."""
OPPOSITES = (("zoom_in", "zoom_out"), ("pan_left", "pan_right"), ("pan_up", "pan_down"))
MOST_MOVES = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """What is rendered. Two plans are equal only for the same prompt and seed."""

    moves: tuple[str, ...]
    overlays: frozenset[str]
    strength: float
    """1.0 is the usual amplitude of the moves."""
    seed: int
    """For everything that is drawn by lot: where snow falls, which way an orbit goes."""


def plan(prompt: str, seed: int) -> Plan:
    """The plan for a prompt; a pleasing default where no word is ours."""
    text = " ".join(prompt.casefold().split())
    lot = int.from_bytes(hashlib.sha256(f"{seed}\n{text}".encode()).digest()[:8], "big")
    chance = random.Random(lot)  # noqa: S311 - the same prompt and seed must give the same clip
    moves = [move for move in MOVES if _asked(MOVES[move], text)]
    if "zoom_out" in moves and not _asked("zoom in|closer|приближ|acerc", text):
        moves = [move for move in moves if move != "zoom_in"]
    overlays = {overlay for overlay in OVERLAYS if _asked(OVERLAYS[overlay], text)}
    if not moves:
        moves = [chance.choice(GENTLE), "breathing"]
    if not overlays and not _asked("|".join(MOVES.values()), text):
        overlays = {chance.choice(("light_leak", "dust", "vignette"))}
    strength = 0.6 if _asked(SLOWER, text) else 1.0
    strength = 1.5 if _asked(FASTER, text) else strength
    return Plan(_compatible(moves), frozenset(overlays), strength * chance.uniform(0.85, 1.15), lot)


def _asked(stems: str, text: str) -> bool:
    """Whether a word beginning with one of `stems` stands in `text` and is not denied ("no snow", "без снега")."""
    return any(not re.search(NEGATION, text[: found.start()]) for found in re.finditer(rf"\b(?:{stems})", text))


def _compatible(moves: list[str]) -> tuple[str, ...]:
    """At most a few moves, none of which undoes another: of two opposites the first one stays."""
    kept = list(moves)
    for one, other in OPPOSITES:
        if one in kept and other in kept:
            kept.remove(other)
    return tuple(kept[:MOST_MOVES])
