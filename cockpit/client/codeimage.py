"""A code as a picture that tills can read: a QR code, and Code 128 for scanners that read bars."""

import segno
from django.utils.safestring import SafeString

QUIET = 4
BARS_HIGH = 48
# Widths of bars and spaces of Code 128, by value; the last one is the stop.
PATTERNS = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112"
)
CODE_128 = PATTERNS.split()
START_B, STOP, MODULUS = 104, 106, 103
FIRST, LAST = 32, 126
# More than that is too wide for a phone.
LONGEST = 26


def qr(value: str) -> SafeString:
    """Return the QR code of a text as SVG, black on white with its quiet zone, and no style of its own."""
    code = segno.make(value, error="m", micro=False)
    return SafeString(code.svg_inline(scale=1, border=QUIET, dark="#000", light="#fff", omitsize=True))


def bars(value: str) -> SafeString | None:
    """Return Code 128 of a text as SVG; None where it has signs that bars do not have, or too many."""
    widths = widths_of(value)
    if widths is None:
        return None
    quiet, at, drawn = 10, 10, []
    for number, width in enumerate(map(int, widths)):
        if number % 2 == 0:
            drawn.append(f"M{at} 0h{width}v{BARS_HIGH}h-{width}z")
        at += width
    box = f'<rect width="{at + quiet}" height="{BARS_HIGH}" fill="#fff"/><path d="{"".join(drawn)}" fill="#000"/>'
    return SafeString(
        f'<svg viewBox="0 0 {at + quiet} {BARS_HIGH}" preserveAspectRatio="none" aria-hidden="true">{box}</svg>'
    )


def widths_of(value: str) -> str | None:
    """Return the widths of bars and spaces, a bar first, of Code 128 set B; None where the text does not fit."""
    if not 0 < len(value) <= LONGEST or any(not FIRST <= ord(sign) <= LAST for sign in value):
        return None
    values = [ord(sign) - FIRST for sign in value]
    check = (START_B + sum(place * found for place, found in enumerate(values, 1))) % MODULUS
    return "".join(CODE_128[found] for found in (START_B, *values, check, STOP))
