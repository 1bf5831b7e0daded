"""Tags of the help pages."""

from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html

from guide.marks import MARKS
from guide.topics import TOPICS

register = template.Library()


@register.simple_tag
def mark(kind: str, value: str) -> str:
    """Return a state as the product draws it, so that help and screens cannot differ."""
    return MARKS[kind].draw(value)


@register.simple_tag(takes_context=True)
def topic_link(context: Any, slug: str) -> str:
    """Return a link to another help page, under its title."""
    address = reverse("guide:topic", args=[context["merchant"].slug, slug])
    return format_html('<a href="{}">{}</a>', address, TOPICS[slug].title)
