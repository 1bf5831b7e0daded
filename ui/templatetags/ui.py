"""Template tags of this room."""

from django import template

register = template.Library()
