"""`{% load ui %}`: icons, links that keep the list's state, and values in the merchant's locale."""

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast

from django import forms, template
from django.template.base import FilterExpression, Node, Parser, TextNode, Token
from django.templatetags.i18n import do_translate
from django.templatetags.static import StaticNode
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from ui import cells, locale
from ui import forms as ui_forms
from ui import icons as ui_icons
from ui.htmx import DIALOG, is_fragment
from ui.querystring import changed

register = template.Library()


@register.simple_tag
def icon(name: str, size: int = 16, css: str = "") -> SafeString:
    """`{% icon "gift" %}`, `{% icon "gift" 20 %}`: decorative, put words beside it."""
    return ui_icons.icon(str(name), size, str(css))


@register.simple_tag(takes_context=True)
def qs(context: Mapping[str, Any], **changes: Any) -> str:
    """`{% qs sort="-submitted" %}`: this page's address with parameters changed; None or "" removes one."""
    params = context.get("list_params")
    return changed(context["request"].GET if params is None else params, changes)


@register.simple_tag
def op_id() -> SafeString:
    """A hidden field with a fresh id of this form, by which the server knows a second post of it."""
    return SafeString(f'<input type="hidden" name="op_id" value="{uuid.uuid4()}">')


@register.simple_tag
def badge(label: Any, tone: str = "mute", icon: str = "") -> SafeString:
    """`{% badge claim.get_status_display "ok" "circle-check" %}`."""
    return cells.badge(label, tone, icon)


@register.simple_tag
def swap() -> SafeString:
    """Attributes of a link that swaps the list instead of loading the page."""
    return cells.SWAP_ATTRIBUTES


@register.simple_tag
def dialog() -> SafeString:
    """Attributes of a link whose page opens in the dialog where scripts run."""
    return cells.DIALOG_ATTRIBUTES


@register.simple_tag(takes_context=True)
def dialog_form(context: Mapping[str, Any]) -> SafeString | str:
    """Attributes of a form that stands in the dialog now; nothing on a page of its own."""
    return cells.DIALOG_ATTRIBUTES if is_fragment(context["request"], DIALOG) else ""


@register.simple_tag
def copy(value: Any, label: str) -> SafeString:
    """A button that copies `value`."""
    return cells.copy_button(str(value), label)


@register.simple_tag
def person(name: Any, email: Any = "", url: str = "") -> SafeString:
    """Name over e-mail address."""
    return cells.person(name, email, url)


@register.filter
def when(value: datetime | None) -> SafeString:
    """`{{ claim.submitted_at|when }}`: day and time in the active zone."""
    return cells.when(value or None)


@register.filter
def ago(value: datetime | None) -> SafeString:
    """`3 hours ago`, the moment itself in the tooltip."""
    return cells.ago(value or None)


@register.filter
def day(value: date | datetime | None) -> SafeString:
    """`21 Nov 2026`."""
    return cells.day(value or None)


@register.filter
def money(amount: Any, currency: str) -> SafeString:
    """`{{ amount|money:currency }}`, amount in major units."""
    return cells.money(None if amount == "" else amount, currency)


@register.filter
def number(value: Any) -> SafeString:
    """`1,240`."""
    return cells.number(None if value == "" else value)


@register.filter
def percent(value: Any) -> str:
    """0.084 as `8.4%`."""
    return "" if value in (None, "") else locale.percent(value)


@register.filter
def dash(value: Any) -> SafeString:
    """The value, or a dash when there is none."""
    return cells.text(value)


@register.filter
def initials(name: Any) -> str:
    """The first letters of the first and the last word."""
    words = str(name).replace("@", " ").split()
    letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[0] for word in words]
    return "".join(letters).upper()


@register.filter
def error_summary(form: forms.BaseForm) -> list[ui_forms.SummaryLine]:
    """Every error of the form for the list above it."""
    return ui_forms.error_summary(form)


@register.filter
def kind(field: forms.BoundField) -> str:
    """How a form field is laid out."""
    return ui_forms.kind_of(field)


def _drawn_once(name: str) -> None:
    """Draw a tag whose arguments are all literals when its template is read, and not on each page."""
    compile_tag = register.tags[name]

    def compile_once(parser: Parser, token: Token) -> Node:
        node: Any = compile_tag(parser, token)
        given = [*node.args, *node.kwargs.values()]
        if node.target_var is None and all(map(_is_literal, given)):
            return TextNode(node.render(template.Context()))
        return cast("Node", node)

    register.tags[name] = compile_once


def _is_literal(given: FilterExpression) -> bool:
    return not given.filters and getattr(given.var, "lookups", None) is None


# Not those that hold words, which are another language's on the next page.
for _name in ("icon", "swap", "dialog"):
    _drawn_once(_name)


class DrawnOnce(Node):
    """A tag that says the same on every page of one language: drawn on the first of them."""

    child_nodelists = ()

    def __init__(self, node: Node) -> None:
        self.node = node
        self.drawn: dict[tuple[str | None, bool], str] = {}

    def render(self, context: template.Context) -> SafeString:
        """Return what was drawn in the active language."""
        key = (get_language(), context.autoescape)
        if key not in self.drawn:
            self.drawn[key] = self.node.render(context)
        return cast("SafeString", self.drawn[key])


@register.tag
def translate(parser: Parser, token: Token) -> Node:
    """Django's own tag, drawn once where its words stand in the template itself: a page has some sixty of them."""
    node = do_translate(parser, token)
    plain = not (node.asvar or node.message_context) and _is_literal(node.filter_expression)
    return DrawnOnce(node) if plain else cast("Node", node)


@register.tag
def static(parser: Parser, token: Token) -> Node:
    """Django's own tag, drawn once where the file stands in the template itself; `{% load static %}` puts Django's back."""
    node = StaticNode.handle_token(parser, token)
    return DrawnOnce(node) if node.varname is None and _is_literal(node.path) else cast("Node", node)
