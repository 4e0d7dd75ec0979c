"""From the words of a prompt to a plan: which camera moves, which overlays, how strong.

Stems are matched at the beginnings of words, in English, Spanish and Russian at once, so that inflected forms are found
and nobody has to say which language they write in.
"""

from __future__ import annotations

import hashlib
import random
import re
import unicodedata
from dataclasses import dataclass

# Each line: English, then Spanish, then Russian; small letters without accents, as `_plain` makes them.
MOVES = {
    "zoom_in": "zoom|closer|close[ -]up|push in|approach|acerc|aproxim|прибли|ближе|наезд|зум|крупн",
    "zoom_out": "zoom(?:ing)? out|pull(?:ing)? (?:back|out)|wider|reveal|alej|abr(?:e|ir) plano"
    "|отдал|отъезд|дальше|шире",
    "pan_left": r"left\b(?! home| behind| alone)|izquierd|влево|налево|лев(?:о|ую|ой)",
    "pan_right": r"right\b(?! now)|derech|вправо|направо|прав(?:о|ую|ой)",
    "pan_up": r"(?<!close[ -])(?<!wake )(?<!make )up(?:wards?)?\b|ris(?:e|es|ing)\b|sky|arriba"
    "|sub(?:e|ir|iendo)|ciel|вверх|ввысь|подн|неб(?:о|а|е|у|ом|еса)\\b",
    "pan_down": r"down(?:wards?)?\b|abajo|baj(?:a|ar|ando)\b|вниз|опуск|опусти|спуск",
    "orbit": "orbit|around|rotat|spin|circl|turn(?! left| right)"
    "|alrededor|gir(?:a|o|e|ar|ando)|rodea|вокруг|облет|орбит|вращ|круж",
    "tilt": "tilt|lean|slant|inclin|ladea|наклон|накрен",
    "dolly": "dolly|fly|flight|through|travel|vuel|vol(?:ar|ando)|пролет|пролети|полет|лет(?:ит|им|еть)|долли",
    "handheld": "hand[ -]?held|shak|wobbl|documentary|en mano|tembl|sacud|documental|ручн|дрож|тряс|с рук|документаль",
    "breathing": "breath|alive|living(?! room)|puls|respir|viv[ao]|lat(?:ir|ido|iendo)|дыш|дых|ожив|живо|пульс",
}
PAN = r"pan\b|panning|panor|pane(?:o|a)|панорам"
"""A pan to a side nobody named."""
OVERLAYS = {
    "snow": "snow|flake|winter|blizzard|frost|christmas"
    "|niev|nev(?:a|ar|ando)|copo|inviern|navid|снег|снеж|зим|мете|вьюг|пург|рождеств",
    "rain": "rain(?!bow)|drizzl|storm|shower|thunder|lightning|lluvi|lluev|llov|torment|relampag"
    "|дожд|ливень|ливн|гроз|молни",
    "dust": "dust|mote|attic|pollen|polvo|polen|пыл",
    "sparkles": r"spark|glitter|magic|twinkl|stars?\b|starry|fairy|shimmer"
    "|brill|destell|magi|estrell|chisp|искр|блес|маги|волшеб|звезд|мерца",
    "light_leak": "light(?!n|ly|weight)|leak|sun(?!day)|golden|warm|glow"
    r"|luz|luces|sol(?:ead|ar|\b)|dorad|calid|resplandor|солн|засвет|золот|тепл|свет|сия|закат|рассвет|atardecer|amanecer",
    "grain": "grain|film|vintage|old (?:film|movie|photo|picture|camera)|retro|8mm|grano|granul|pelicul"
    "|foto antigua|зерн|пленк|стар(?:ое|ыи|ая) (?:кино|фото|фильм)|ретро|винтаж",
    "vignette": "vignett|cinematic|moody|vinet|cinematograf|виньет|кинематограф|киношн",
    "fade": "fad(?:e|ing)|dissolv|fundid|desvan|затух|затемн|исчез|проявл|растворя",
}
SLOWER = "slow|gentl|soft|calm|subtl|lent|despaci|suav|tranquil|медл|мягк|плавн|спокои|нежн"
FASTER = "fast|quick|dramatic|strong|bold|rapid|fuert|dramatic|intens|быстр|резк|сильн|драмат"
NEGATION = r"\b(?:no|not|without|don'?t|sin|без|не|ни|нет)\s+(?:\w+\s+)?$"

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
    text = _plain(prompt)
    lot = int.from_bytes(hashlib.sha256(f"{seed}\n{text}".encode()).digest()[:8], "big")
    chance = random.Random(lot)  # noqa: S311 - the same prompt and seed must give the same clip
    asked = _moves(text, chance)
    overlays = {overlay for overlay, stems in OVERLAYS.items() if _asked(stems, text)}
    if not asked and not overlays:
        overlays = {chance.choice(("light_leak", "dust", "vignette"))}
    moves = asked or [chance.choice(GENTLE), "breathing"]
    strength = 0.6 if _asked(SLOWER, text) else 1.0
    strength = 1.5 if _asked(FASTER, text) else strength
    return Plan(_compatible(moves), frozenset(overlays), strength * chance.uniform(0.85, 1.15), lot)


def _plain(prompt: str) -> str:
    """Small letters, single spaces, no accents: people type "acercate" as often as "acércate"."""
    apart = unicodedata.normalize("NFD", prompt.casefold().replace("’", "'"))
    return " ".join("".join(sign for sign in apart if not unicodedata.combining(sign)).split())


def _moves(text: str, chance: random.Random) -> list[str]:
    moves = [move for move, stems in MOVES.items() if _asked(stems, text)]
    if "zoom_out" in moves and not _asked("zoom(?:ing)? in|closer|прибли|acerc", text):
        moves = [move for move in moves if move != "zoom_in"]
    if _asked(PAN, text) and not any(move.startswith("pan_") for move in moves):
        moves.append(chance.choice(("pan_left", "pan_right")))
    return moves


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
