"""The bundled fonts: the screen takes them as woff2, pictures as otf."""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path

from PIL import ImageFont

import model

FOLDER = Path(__file__).resolve().parents[2] / "data" / "fonts"
WEIGHTS = ("Regular", "Bold")
LEAST = 100_000
"""Bytes of a font file that can be one."""


def missing(kind: str) -> tuple[str, ...]:
    """Return the names of the font files of a kind (``woff2``, ``otf``) that are not there."""
    names = (f"NotoSansSC-{weight}.{kind}" for weight in WEIGHTS)
    return tuple(name for name in names if not _sound(FOLDER / name))


def _sound(file: Path) -> bool:
    try:
        return file.stat().st_size >= LEAST
    except OSError:
        return False


@lru_cache(maxsize=4096)
def width(text: str, size: float) -> float:
    """Return how wide a text of this size stands on the screen, in pixels."""
    font = _measure()
    if font is None:  # the letters come from the system, which is laid out without waiting
        return 0.0
    return font.getlength(text) * size / font.size


@cache
def _measure() -> ImageFont.FreeTypeFont | None:
    try:
        return ImageFont.truetype(FOLDER / f"NotoSansSC-{WEIGHTS[0]}.otf", 100)
    except OSError:
        return None


def check() -> None:
    """Raise ModelError ``font_missing`` unless pictures can be drawn with their letters."""
    names = missing("otf")
    if names:
        raise model.ModelError(
            f"{', '.join(names)} missing from {FOLDER}: a picture would come out without letters.",
            code="font_missing",
            name=", ".join(names),
        )
