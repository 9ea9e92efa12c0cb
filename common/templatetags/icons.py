"""Icons from our own sprite: decoration beside a word, never instead of one."""

from functools import lru_cache

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """Draw one icon of `static/icons/sprite.svg`.

    With a `label` it is a picture with that name; without one a screen reader passes over it.
    """
    return _drawn(name, str(label), css)


@lru_cache(maxsize=1024)
def _drawn(name: str, label: str, css: str) -> SafeString:
    hint = format_html('role="img" aria-label="{}"', label) if label else 'aria-hidden="true"'
    return format_html(
        '<svg class="icon {}" viewBox="0 0 24 24" {}><use href="{}#{}"></use></svg>',
        css,
        SafeString(hint),
        static("icons/sprite.svg"),
        name,
    )
