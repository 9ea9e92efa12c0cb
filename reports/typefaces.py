"""Which typeface draws which sign: PDF has no fallback, each run of text names its face."""

from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import groupby
from unicodedata import bidirectional
from xml.sax.saxutils import escape

from django.contrib.staticfiles import finders
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

BODY, BOLD = "Body", "Body-Bold"
JAPANESE, CHINESE, KOREAN = "HeiseiKakuGo-W5", "STSong-Light", "HYGothic-Medium"
MISSING = "□"
FOLDER = "build/vendor"  # DejaVu: Latin, Greek, Cyrillic, Arabic, Hebrew; made from npm
FACES = {
    BODY: ("DejaVuSans.ttf", "Vera.ttf"),
    BOLD: ("DejaVuSans-Bold.ttf", "VeraBd.ttf"),
}


@cache
def prepare() -> None:
    """Make the typefaces known. Without those of the build the small one of reportlab has to do."""
    for name, (built, spare) in FACES.items():
        place = finders.find(f"{FOLDER}/{built}")
        pdfmetrics.registerFont(TTFont(name, str(place) if place else spare, shapable=can_shape()))
    for name in (JAPANESE, CHINESE, KOREAN):
        pdfmetrics.registerFont(UnicodeCIDFont(name))


def can_shape() -> bool:
    """Joined scripts need HarfBuzz."""
    return find_spec("uharfbuzz") is not None


def markup(text: str, *, bold: bool = False) -> str:
    """`text` as reportlab's markup: each run of signs in a face that has them."""
    runs = groupby(text, key=lambda sign: face_of(sign, bold=bold))
    return "".join(run_of(face, "".join(signs)) for face, signs in runs)


def run_of(face: str, signs: str) -> str:
    if not face:
        return f'<font name="{BODY}">{MISSING * len(signs)}</font>'
    words = escape(in_drawing_order(signs)).replace("\n", "<br/>")
    return f'<font name="{face}">{words}</font>'


def in_drawing_order(signs: str) -> str:
    """Words of a script that runs from the right stand in the order of the page; HarfBuzz turns and
    joins the letters of each."""
    lines = []
    for line in signs.split("\n"):
        words = groupby(line.split(" "), key=is_from_the_right)
        turned = [list(run)[::-1] if from_right else list(run) for from_right, run in words]
        lines.append(" ".join(word for run in turned for word in run))
    return "\n".join(lines)


def is_from_the_right(word: str) -> bool:
    return any(bidirectional(sign) in {"R", "AL"} for sign in word)


@lru_cache(maxsize=8192)
def face_of(sign: str, *, bold: bool) -> str:
    """The face that has this sign; empty when none has."""
    prepare()
    body = BOLD if bold else BODY
    if sign in "\n\t " or ord(sign) in pdfmetrics.getFont(body).face.charToGlyph:
        return body
    return next((face for face, charset in EAST_ASIAN.items() if fits(sign, charset)), "")


EAST_ASIAN = {JAPANESE: "shift_jis", KOREAN: "euc_kr", CHINESE: "gbk"}


def fits(sign: str, charset: str) -> bool:
    try:
        return bool(sign.encode(charset))
    except UnicodeEncodeError:
        return False


def has_missing_signs(text: str) -> bool:
    """Is there a sign in `text` that no face has?"""
    return any(not face_of(sign, bold=False) for sign in text)
