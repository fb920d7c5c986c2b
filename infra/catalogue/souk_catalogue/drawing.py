"""Draws product pictures as SVG from the motifs in sample/motifs.yaml, the same bytes for the same drawing."""

from __future__ import annotations

import colorsys
import hashlib
import re
from functools import lru_cache
from pathlib import Path

from . import located_yaml
from .model import Drawing

SAMPLE = Path(__file__).resolve().parent.parent / "sample"
CONTENT_TYPE = "image/svg+xml"
# Three shapes behind the thing, each on two grounds.
BACKDROPS = 6
GROUNDS = ("#f4f1ec", "#eef2f5")
SHAPES = (
    '<circle cx="200" cy="195" r="160" fill="{tint}"/>',
    '<path d="M60 350V200a140 140 0 0 1 280 0v150z" fill="{tint}"/>',
    '<rect x="45" y="60" width="310" height="290" rx="36" fill="{tint}"/>',
)
FALLBACK_MOTIF = "parcel"


@lru_cache(maxsize=4096)
def svg(drawing: Drawing) -> bytes:
    """The picture. Same drawing, same bytes: the address of a picture is the hash of its bytes."""
    main = hex_of(drawing.colour) or "#888888"
    colours = {
        "main": main,
        "dark": shade(main, 0.68),
        "deep": shade(main, 0.45),
        "light": mix(main, "#ffffff", 0.45),
        # Something nearly white would vanish in front of a lighter shade of itself.
        "tint": "#d5dbe0" if sum(_channels(main)) > 2.6 else mix(main, "#ffffff", 0.82),
    }
    shape, ground = SHAPES[drawing.backdrop % len(SHAPES)], GROUNDS[drawing.backdrop // len(SHAPES) % len(GROUNDS)]
    body = motifs()[drawing.motif]["svg"]
    picture = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" role="img">'
        f'<rect width="400" height="400" fill="{ground}"/>{shape}'
        '<ellipse cx="200" cy="352" rx="120" ry="10" fill="#000000" fill-opacity="0.10"/>'
        f"{body}</svg>"
    )
    return re.sub(r"\{(\w+)\}", lambda match: colours[match.group(1)], picture).encode()


def key_of(content: bytes) -> str:
    """The content-addressed key of a picture in the images bucket."""
    return f"images/{hashlib.sha256(content).hexdigest()}.svg"


@lru_cache(maxsize=1)
def motifs() -> dict[str, dict]:
    """Motif name to its `svg` fragment and the `words` of other catalogues that it fits."""
    loaded = located_yaml.read((SAMPLE / "motifs.yaml").read_text(encoding="utf-8"))
    return {name: {**motif, "svg": " ".join(motif["svg"].split())} for name, motif in loaded.items()}


@lru_cache(maxsize=1)
def colours() -> dict[str, str]:
    """Colour name to #rrggbb."""
    return located_yaml.read((SAMPLE / "colours.yaml").read_text(encoding="utf-8"))


def hex_of(colour: str) -> str | None:
    """#rrggbb of a colour given by name or by value."""
    if re.fullmatch(r"#[0-9a-f]{6}", colour):
        return colour
    return colours().get(colour)


def motif_for(*words: str) -> str:
    """The first motif that one of the words names, for catalogues that know nothing of motifs."""
    for word in words:
        for name, motif in motifs().items():
            if word.lower() == name or word.lower() in motif.get("words", ()):
                return name
    return FALLBACK_MOTIF


def colour_in(title: str) -> str:
    """The first colour that a title names, else one that follows from the title."""
    for word in re.findall(r"[a-z]+", title.lower()):
        if word in colours():
            return word
    names = sorted(colours())
    return names[hashlib.sha256(title.encode()).digest()[0] % len(names)]


def shade(colour: str, factor: float) -> str:
    """The colour with its lightness multiplied; black gets lifted so that details stay visible on it."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    lightness = lightness * factor if lightness > 0.22 else lightness + 0.16 * (1.2 - factor)
    return _hex(colorsys.hls_to_rgb(hue, lightness, saturation))


def mix(colour: str, other: str, part: float) -> str:
    """A mixture of two colours with `part` of the other one."""
    return _hex(tuple(a + (b - a) * part for a, b in zip(_channels(colour), _channels(other))))


def _channels(colour: str) -> tuple[float, ...]:
    return tuple(int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))


def _hex(channels: tuple[float, ...]) -> str:
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)
