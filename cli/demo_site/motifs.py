"""What the demo's pictures show: each motif draws one from a source of chance and a palette."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from random import Random

from PIL import Image, ImageDraw, ImageFilter

MASTER = (1200, 800)

Colour = tuple[int, int, int]

# Sky top, sky foot, light, land or water, dark.
PALETTES: tuple[tuple[Colour, Colour, Colour, Colour, Colour], ...] = (
    ((38, 70, 118), (246, 177, 122), (255, 226, 168), (42, 92, 122), (18, 32, 48)),
    ((92, 150, 190), (224, 236, 232), (255, 250, 226), (70, 128, 118), (28, 58, 60)),
    ((96, 60, 110), (238, 142, 132), (255, 214, 150), (96, 72, 124), (38, 22, 52)),
    ((52, 120, 140), (250, 214, 150), (255, 244, 200), (86, 128, 86), (30, 52, 42)),
    ((124, 140, 160), (222, 216, 206), (250, 244, 232), (108, 116, 122), (44, 50, 58)),
    ((28, 100, 150), (160, 214, 226), (255, 255, 240), (20, 120, 140), (10, 50, 74)),
)


def _gradient(top: Colour, foot: Colour, size: tuple[int, int]) -> Image.Image:
    mask = Image.linear_gradient("L").resize(size)
    return Image.composite(Image.new("RGB", size, foot), Image.new("RGB", size, top), mask)


def _blend(one: Colour, two: Colour, share: float) -> Colour:
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, two, strict=True))
    return red, green, blue


def _sky(chance: Random, palette: tuple[Colour, ...]) -> Image.Image:
    """Gradient, a soft sun or moon somewhere, and long thin clouds."""
    image = _gradient(palette[0], palette[1], MASTER)
    glow = Image.new("L", MASTER)
    pen = ImageDraw.Draw(glow)
    x, y, radius = chance.randrange(150, 1050), chance.randrange(120, 360), chance.randrange(40, 90)
    pen.ellipse((x - radius * 2, y - radius * 2, x + radius * 2, y + radius * 2), fill=90)
    pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=235)
    for _ in range(chance.randrange(3, 9)):
        left, top = chance.randrange(-200, 1100), chance.randrange(40, 420)
        pen.ellipse((left, top, left + chance.randrange(200, 600), top + chance.randrange(8, 34)), fill=110)
    image.paste(Image.new("RGB", MASTER, palette[2]), mask=glow.filter(ImageFilter.GaussianBlur(9)))
    return image


def _ridge(chance: Random, base: float, height: float) -> list[tuple[float, float]]:
    waves = [(chance.uniform(0.6, 5.0), chance.uniform(0, 6.3), chance.uniform(0.2, 1.0)) for _ in range(5)]
    points = []
    for x in range(0, MASTER[0] + 20, 20):
        rise = sum(w * math.sin(f * x / 190 + p) / f**0.5 for f, p, w in waves)
        points.append((float(x), base - height * rise / 2))
    return [(0, MASTER[1]), *points, (MASTER[0], MASTER[1])]


def _hills(chance: Random, palette: tuple[Colour, ...]) -> Image.Image:
    image = _sky(chance, palette)
    pen = ImageDraw.Draw(image)
    layers = chance.randrange(4, 7)
    for layer in range(layers):
        share = layer / (layers - 1)
        colour = _blend(_blend(palette[1], palette[3], 0.45), palette[4], share)
        pen.polygon(_ridge(chance, 340 + 400 * share, 150 - 60 * share), fill=colour)
    return image


def _water(image: Image.Image, chance: Random, palette: tuple[Colour, ...], horizon: int) -> None:
    """Water below `horizon`: a gradient with glints that grow towards the viewer."""
    image.paste(_gradient(palette[3], palette[4], (MASTER[0], MASTER[1] - horizon)), (0, horizon))
    pen = ImageDraw.Draw(image)
    for _ in range(chance.randrange(260, 420)):
        y = horizon + (MASTER[1] - horizon) * chance.random() ** 1.6
        near = (y - horizon) / (MASTER[1] - horizon)
        x, length = chance.randrange(MASTER[0]), 10 + 120 * near * chance.random()
        colour = _blend(palette[3], palette[2], chance.uniform(0.1, 0.7))
        pen.line((x, y, x + length, y), fill=colour, width=1 + int(4 * near))


def _sea(chance: Random, palette: tuple[Colour, ...]) -> Image.Image:
    image = _sky(chance, palette)
    horizon = chance.randrange(260, 520)
    _water(image, chance, palette, horizon)
    pen = ImageDraw.Draw(image)
    for swell in range(chance.randrange(4, 8)):
        base = horizon + 40 + swell * chance.randrange(40, 90)
        colour = _blend(palette[3], palette[4], min(1.0, 0.25 + swell / 7))
        pen.polygon(_ridge(chance, base + 60, 20 + 12 * swell), fill=colour)
    left = chance.choice((0, MASTER[0]))
    pen.polygon(
        [(left, horizon - chance.randrange(60, 200)), (600, horizon + 30), (left, horizon + 40)],
        fill=palette[4],
    )
    return image


def _harbour(chance: Random, palette: tuple[Colour, ...]) -> Image.Image:
    image = _sky(chance, palette)
    horizon = chance.randrange(430, 540)
    pen = ImageDraw.Draw(image)
    pen.polygon(_ridge(chance, horizon - 20, 70), fill=_blend(palette[1], palette[3], 0.6))
    _water(image, chance, palette, horizon)
    for _ in range(chance.randrange(3, 7)):
        x, y, scale = (
            chance.randrange(80, 1100),
            horizon + chance.randrange(10, 190),
            chance.uniform(0.6, 1.7),
        )
        _boat(pen, chance, (x, y), scale, palette)
    pier = chance.randrange(620, 720)
    side = chance.choice((-1, 1))
    edge = 0 if side < 0 else MASTER[0]
    pen.polygon(
        [(edge, pier), (edge - side * 520, pier + 24), (edge - side * 520, pier + 50), (edge, pier + 60)],
        fill=palette[4],
    )
    for post in range(6):
        x = edge - side * (40 + post * 92)
        pen.rectangle((x - 7, pier - 34, x + 7, MASTER[1]), fill=palette[4])
    return image


def _boat(
    pen: ImageDraw.ImageDraw, chance: Random, at: tuple[int, int], scale: float, palette: tuple[Colour, ...]
) -> None:
    x, y = at
    hull = _blend(palette[4], (190, 60, 50), chance.choice((0.0, 0.5, 0.9)))
    long, high = 120 * scale, 26 * scale
    pen.polygon([(x, y), (x + long, y), (x + long * 0.85, y + high), (x + long * 0.15, y + high)], fill=hull)
    mast = x + long * chance.uniform(0.35, 0.6)
    pen.line((mast, y, mast, y - 150 * scale), fill=palette[4], width=max(2, int(4 * scale)))
    if chance.choice((True, True, False)):
        sail = _blend(palette[2], (255, 255, 255), 0.5)
        pen.polygon([(mast + 4, y - 145 * scale), (mast + 4, y - 12), (x + long * 0.97, y - 12)], fill=sail)
    else:
        pen.rectangle((x + long * 0.55, y - 34 * scale, x + long * 0.8, y), fill=palette[2])


def _town(chance: Random, palette: tuple[Colour, ...]) -> Image.Image:
    image = _sky(chance, palette)
    pen = ImageDraw.Draw(image)
    pen.polygon(_ridge(chance, 420, 120), fill=_blend(palette[1], palette[3], 0.5))
    x = -chance.randrange(10, 80)
    while x < MASTER[0]:
        wide, top = chance.randrange(90, 190), chance.randrange(300, 520)
        wall = _blend(palette[3], chance.choice(PALETTES)[1], chance.uniform(0.2, 0.9))
        pen.rectangle((x, top, x + wide, MASTER[1]), fill=wall)
        gable = top - chance.randrange(50, 130)
        pen.polygon([(x - 8, top), (x + wide / 2, gable), (x + wide + 8, top)], fill=palette[4])
        for row in range(top + 26, 700, 74):
            for column in range(x + 18, x + wide - 34, 48):
                lit = chance.choice((True, False))
                pen.rectangle((column, row, column + 24, row + 38), fill=palette[2] if lit else palette[4])
        x += wide + chance.randrange(0, 12)
    pen.rectangle((0, 730, *MASTER), fill=palette[4])
    return image


def _night(chance: Random, palette: tuple[Colour, ...]) -> Image.Image:
    image = _gradient((8, 12, 36), _blend(palette[0], (20, 26, 60), 0.6), MASTER)
    pen = ImageDraw.Draw(image)
    for _ in range(chance.randrange(260, 520)):
        x, y, size = chance.randrange(1200), chance.randrange(620), chance.choice((1, 1, 1, 2, 3))
        pen.ellipse(
            (x, y, x + size, y + size), fill=_blend((150, 160, 200), (255, 255, 245), chance.random())
        )
    x, y, radius = chance.randrange(120, 1000), chance.randrange(80, 330), chance.randrange(50, 130)
    pen.ellipse((x, y, x + radius, y + radius), fill=(248, 242, 214))
    pen.polygon(_ridge(chance, 600, 190), fill=(14, 18, 38))
    pen.polygon(_ridge(chance, 690, 110), fill=(6, 9, 22))
    tower = chance.randrange(160, 1040)
    pen.polygon(
        [(tower - 26, 700), (tower - 14, 400), (tower + 14, 400), (tower + 26, 700)], fill=(58, 60, 84)
    )
    beam = Image.new("L", MASTER)
    reach = chance.choice((-1100, 1100))
    fall = chance.randrange(-160, 160)
    shape = [(tower, 410), (tower + reach, 330 + fall), (tower + reach, 540 + fall)]
    ImageDraw.Draw(beam).polygon(shape, fill=80)
    image.paste(Image.new("RGB", MASTER, (255, 240, 180)), mask=beam.filter(ImageFilter.GaussianBlur(14)))
    return image


def _field(chance: Random, palette: tuple[Colour, ...]) -> Image.Image:
    image = _sky(chance, palette)
    horizon = chance.randrange(300, 460)
    pen = ImageDraw.Draw(image)
    pen.polygon(_ridge(chance, horizon - 10, 110), fill=_blend(palette[1], palette[3], 0.7))
    vanish, rows = chance.randrange(100, 1100), chance.randrange(12, 26)
    green, earth = _blend(palette[3], (120, 160, 70), 0.55), _blend(palette[4], (140, 110, 70), 0.5)
    pen.rectangle((0, horizon, *MASTER), fill=earth)
    step = 3600 / rows
    for row in range(rows):
        left = -1200 + row * step
        pen.polygon([(vanish, horizon), (left, MASTER[1]), (left + step * 0.55, MASTER[1])], fill=green)
    for _ in range(chance.randrange(4, 12)):
        x, size = chance.randrange(1200), chance.randrange(24, 70)
        pen.rectangle((x - 4, horizon - 10, x + 4, horizon + size), fill=palette[4])
        pen.ellipse(
            (x - size, horizon - size * 1.6, x + size, horizon + size * 0.3),
            fill=_blend(green, palette[4], 0.4),
        )
    return image


def _bridge(chance: Random, palette: tuple[Colour, ...]) -> Image.Image:
    image = _sky(chance, palette)
    pen = ImageDraw.Draw(image)
    pen.polygon(_ridge(chance, 450, 160), fill=_blend(palette[1], palette[3], 0.6))
    _water(image, chance, palette, 560)
    arches, deck = chance.randrange(3, 6), chance.randrange(300, 380)
    stone = _blend(palette[4], palette[2], 0.45)
    span = MASTER[0] / arches
    pen.rectangle((0, deck, MASTER[0], deck + 60), fill=stone)
    for arch in range(arches):
        left = arch * span
        pen.pieslice((left - 30, deck + 30, left + 30, 900), 180, 360, fill=stone)
        pen.rectangle((left - 30, deck + 40, left + 30, 620), fill=stone)
        pen.arc((left, deck + 36, left + span, 900), 180, 360, fill=stone, width=34)
    for x in range(0, MASTER[0], 30):
        pen.rectangle((x, deck - 26, x + 5, deck), fill=palette[4])
    return image


def _abstract(chance: Random, _: tuple[Colour, ...]) -> Image.Image:
    """A leaded window: overlapping panes of light on a dark ground."""
    image = _gradient((24, 24, 40), (60, 44, 60), MASTER)
    for _pane in range(chance.randrange(16, 26)):
        x, y, size = chance.randrange(-100, 1200), chance.randrange(-100, 800), chance.randrange(120, 420)
        corners = [
            (
                x + size * math.cos(angle) * chance.uniform(0.6, 1),
                y + size * math.sin(angle) * chance.uniform(0.6, 1),
            )
            for angle in (0.2, 1.3, 2.6, 3.6, 5.1)
        ]
        mask = Image.new("L", MASTER)
        ImageDraw.Draw(mask).polygon(corners, fill=chance.randrange(90, 190))
        colour = chance.choice(PALETTES)[chance.randrange(0, 4)]
        image.paste(Image.new("RGB", MASTER, colour), mask=mask)
        ImageDraw.Draw(image).line([*corners, corners[0]], fill=(16, 16, 26), width=5)
    return image


def _chart(chance: Random, palette: tuple[Colour, ...]) -> Image.Image:
    """Bars or a line over a grid, without words, so that it needs no font."""
    image = Image.new("RGB", MASTER, (250, 248, 242))
    pen = ImageDraw.Draw(image)
    pen.rectangle((80, 60, 420, 84), fill=palette[4])
    pen.rectangle((80, 100, 300, 114), fill=(190, 186, 176))
    for y in range(180, 721, 90):
        pen.line((80, y, 1120, y), fill=(216, 212, 202), width=2)
    count, level, trend = chance.randrange(6, 13), chance.uniform(120, 420), chance.uniform(-40, 50)
    raw = [level + trend * i + chance.uniform(-90, 90) for i in range(count)]
    heights = [60 + 440 * (height - min(raw) + 60) / (max(raw) - min(raw) + 60) for height in raw]
    step = 1040 / count
    if chance.choice((True, True, False)):
        for i, height in enumerate(heights):
            colour = palette[0] if i < count - 1 else (206, 84, 60)
            pen.rectangle((80 + i * step + 8, 720 - height, 80 + (i + 1) * step - 8, 720), fill=colour)
    else:
        points = [(80 + (i + 0.5) * step, 720 - height) for i, height in enumerate(heights)]
        pen.polygon(
            [(points[0][0], 720), *points, (points[-1][0], 720)],
            fill=_blend(palette[1], (255, 255, 255), 0.4),
        )
        pen.line(points, fill=palette[0], width=9, joint="curve")
        for centre, top in points:
            pen.ellipse((centre - 11, top - 11, centre + 11, top + 11), fill=(206, 84, 60))
    pen.line((80, 720, 1120, 720), fill=palette[4], width=5)
    return image


MOTIFS: Mapping[str, Callable[[Random, tuple[Colour, ...]], Image.Image]] = {
    "abstract": _abstract,
    "bridge": _bridge,
    "chart": _chart,
    "field": _field,
    "harbour": _harbour,
    "hills": _hills,
    "night": _night,
    "sea": _sea,
    "town": _town,
}
