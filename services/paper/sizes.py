"""Label sizes: sheets of A4 that shops sell, label printers with one label a page; lengths are in millimetres."""

import re
from typing import Final, NamedTuple

from domain.base import Refused
from services.paper import N_

QUIET: Final = 4
"""Empty modules around a QR code, as its standard asks for."""
SMALLEST, WIDEST, HIGHEST = 20, 210, 297
CODE_LETTERS: Final = 13
LETTER: Final = 0.62
"""Width of a monospaced letter in parts of its size."""
BOLD_FIGURE: Final = 0.7
"""The same for a heavy figure of the fonts that are wide."""
MIDDLING: Final = 50
UNPRINTABLE: Final = 4.5

NO_SUCH_SIZE: Final = N_(
    "There is no such label size. Use 24mm, 38x21, 70x37, or width x height of a label printer, such as 80x60."
)


class LabelSize(NamedTuple):
    name: str
    width: float
    height: float
    columns: int = 1
    rows: int = 1
    left: float = 0
    top: float = 0
    gap_x: float = 0
    gap_y: float = 0
    cut: bool = False
    """Plain paper that somebody cuts with scissors: the edges are drawn."""

    @property
    def on_a4(self) -> bool:
        return self.columns * self.rows > 1

    @property
    def a_page(self) -> int:
        return self.columns * self.rows

    @property
    def pad(self) -> float:
        """Kept free at every edge: paper is pulled a little askew, and few printers reach the edge of A4."""
        if self.on_a4 and self.top < UNPRINTABLE:
            return UNPRINTABLE - self.top
        return 0.8 if self.cut else max(1.2, min(self.height * 0.045, UNPRINTABLE))

    @property
    def beside(self) -> bool:
        """Words stand beside the QR code, not above it."""
        return self.width >= 1.3 * self.height

    @property
    def tall(self) -> bool:
        """Words stand above the QR code, and there is room for more than a door."""
        return self.height >= 1.2 * self.width

    @property
    def inside(self) -> float:
        return self.width - 2 * self.pad

    @property
    def small(self) -> float:
        return max(1.9, min(self.height * 0.075, self.width * 0.04 if self.height > MIDDLING else 9, 5))

    @property
    def code(self) -> float:
        return max(2.0, min(self.inside / CODE_LETTERS / LETTER, self.height * 0.1, 5.5))

    @property
    def door_height(self) -> float:
        return max(3.2, min(self.height * 0.15, 18))

    @property
    def qr(self) -> float:
        """Side of the QR code with its quiet zone."""
        if self.beside:
            return min(self.height - 2 * self.pad - 1.25 * self.code, 0.42 * self.width)
        free = self.height - 2 * self.pad - 1.25 * self.code - self.words_above
        return min(free, self.inside * (0.75 if self.tall else 1))

    @property
    def words_above(self) -> float:
        return 0 if self.beside else 1.2 * self.door_height + (1.5 * self.small if self.tall else 0)

    @property
    def door(self) -> float:
        """Letter size of a door of six letters; longer ones are set smaller."""
        if self.beside:
            return min((self.inside - self.qr - 0.5) / 6 / BOLD_FIGURE, self.height * 0.22, 16)
        return min(self.inside / 6 / BOLD_FIGURE, self.door_height, 16)

    @property
    def below_code(self) -> float:
        return self.height - 2 * self.pad - self.words_above - self.qr - 1.25 * self.code

    @property
    def goods_below(self) -> bool:
        """There is room for goods under the code, across the whole label."""
        return self.below_code >= 3 * self.small

    @property
    def good_columns(self) -> int:
        return 2 if self.goods_below and self.inside >= MIDDLING else 1

    @property
    def lines(self) -> int:
        """Goods that fit: under the code, else beside it under door and title."""
        if self.goods_below:
            return self.good_columns * int((self.below_code - 1.2) / (1.3 * self.small))
        return int((self.qr - 1.15 * self.door - 1.6 * self.small) / (1.3 * self.small)) if self.beside else 0

    @property
    def plain_columns(self) -> int:
        return 2 if self.inside >= MIDDLING else 1

    @property
    def plain_lines(self) -> int:
        """Goods that fit on a label without a QR code."""
        free = self.height - 2 * self.pad - 1.25 * self.plain_door - 1.6 * self.small
        return self.plain_columns * max(1, int(free / (1.35 * self.plain_text)))

    @property
    def plain_door(self) -> float:
        return min(self.inside / 7 / BOLD_FIGURE, self.height * 0.22, 20)

    @property
    def plain_text(self) -> float:
        return max(2.1, min(self.height * 0.07, self.width * 0.05, 5))


A4_SHEETS: Final = {
    "24mm": LabelSize("24mm", 24, 24, 7, 10, left=12, top=15, gap_x=3, gap_y=3, cut=True),
    "38x21": LabelSize("38x21", 38.1, 21.2, 5, 13, left=4.75, top=10.7, gap_x=2.5),
    "70x37": LabelSize("70x37", 70, 37, 3, 8, left=0, top=0.5),
}
OFFERED: Final = (*A4_SHEETS, "80x60")
SIGNS: Final = {"a4": (210, 297), "a5": (148, 210)}


def read_size(written: str) -> LabelSize:
    """``24mm``, ``38x21``, ``70x37`` are sheets of A4, any other ``WIDTHxHEIGHT`` a label printer's; raises Refused."""
    name = written.strip().lower().replace(" ", "").replace("×", "x")
    if name in A4_SHEETS:
        return A4_SHEETS[name]
    read = re.fullmatch(r"(\d{2,3})x(\d{2,3})(?:mm)?", name)
    if read is None:
        raise Refused("label-size", NO_SUCH_SIZE)
    width, height = int(read[1]), int(read[2])
    if not (SMALLEST <= width <= WIDEST and SMALLEST <= height <= HIGHEST):
        raise Refused("label-size", NO_SUCH_SIZE)
    return LabelSize(f"{width}x{height}", width, height)


def label_style(size: LabelSize) -> str:
    """What ``paper.css`` needs to know of one size."""
    page = ("210mm", "297mm") if size.on_a4 else (f"{size.width}mm", f"{size.height}mm")
    lengths = {
        "page-width": page[0],
        "page-height": page[1],
        "columns": str(size.columns),
        **{
            name: f"{value:.2f}mm"
            for name, value in {
                "width": size.width,
                "height": size.height,
                "left": size.left,
                "top": size.top,
                "gap-x": size.gap_x,
                "gap-y": size.gap_y,
                "pad": size.pad,
                "qr": size.qr,
                "door": size.door,
                "code": size.code,
                "small": size.small,
                "plain-door": size.plain_door,
                "plain-text": size.plain_text,
                "piece-gap": size.pad / 2,
            }.items()
        },
    }
    variables = "".join(f"--{name}:{value};" for name, value in lengths.items())
    return f"@page{{size:{page[0]} {page[1]};margin:0}}:root{{{variables}}}"


def sign_style(paper: str) -> str:
    width, height = SIGNS[paper]
    return (
        f"@page{{size:{width}mm {height}mm;margin:0}}"
        f":root{{--page-width:{width}mm;--page-height:{height}mm;--unit:{width / 210:.4f}mm}}"
    )


SHEET_STYLE: Final = (
    "@page{size:A4;margin:12mm 12mm 16mm;"
    '@bottom-right{content:counter(page) " / " counter(pages);font:9pt sans-serif}}'
    ":root{--page-width:210mm;--page-height:297mm}"
)
