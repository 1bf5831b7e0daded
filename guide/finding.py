"""Search over the help pages."""

import re
from dataclasses import dataclass
from functools import cache
from html import unescape
from types import SimpleNamespace
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.translation import get_language

from guide.topics import TOPICS, Topic
from tenancy.search import fold

WORD = re.compile(r"[^\W_]+")
AROUND = 90
# What a hit is worth in the title and in the line below it; in the text each counts one.
TITLE, LEDE, MOST = 100, 20, 10
BOX = re.compile(r"<(nav|form|script|noscript)\b.*?</\1>", re.DOTALL)
GAP = re.compile(r"\s+")
BETWEEN = re.compile(r"(</(?:p|li|h2|h3|dt|dd|summary|td|th)>)")


@dataclass(frozen=True, slots=True)
class Hit:
    """A topic that holds all the words, and the place in its text where the first one stands."""

    topic: Topic
    before: str
    found: str
    after: str
    weight: int


def find_topics(query: str) -> list[Hit]:
    """Return the topics that hold every word of the query as the beginning of a word, the best first."""
    words = [word for word in WORD.findall(fold(query)) if word][:8]
    if not words:
        return []
    hits = (_hit(topic, words) for topic in TOPICS.values())
    return sorted((hit for hit in hits if hit), key=lambda hit: -hit.weight)


def _hit(topic: Topic, words: list[str]) -> Hit | None:
    text = text_of(topic.slug, get_language() or "")
    weight = 0
    for word in words:
        begins = re.compile(rf"(?<!\w){re.escape(word)}")
        title, lede = (len(begins.findall(fold(str(part)))) for part in (topic.title, topic.lede))
        count = min(len(begins.findall(fold(text))), MOST)
        if not title + lede + count:
            return None
        weight += title * TITLE + lede * LEDE + count
    return Hit(topic, *_excerpt(text, words), weight)


def _excerpt(text: str, words: list[str]) -> tuple[str, str, str]:
    """Return the text before, the word itself, and the text after the first word that is found; may be empty."""
    place = re.search(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})\w*", text, re.IGNORECASE)
    if place is None:
        return text[: 2 * AROUND], "", ""
    start, end = max(place.start() - AROUND, 0), place.end() + AROUND
    before = ("… " if start else "") + text[start : place.start()]
    return before, place.group(), text[place.end() : end] + (" …" if end < len(text) else "")


@cache
def text_of(slug: str, language: str) -> str:
    """Return the words of a topic's page in the active language, without its frame."""
    merchant: Any = SimpleNamespace(slug="x", name="")
    context = {"topic": TOPICS[slug], "merchant": merchant, "frame": "guide/bare.html"}
    html = BETWEEN.sub(r"\1 ", BOX.sub(" ", render_to_string(TOPICS[slug].template, context)))
    return GAP.sub(" ", unescape(strip_tags(html))).strip()
