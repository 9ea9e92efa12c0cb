"""How the API reads JSON."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class CarefulJSONParser(JSONParser):
    """JSON that can be said back: nesting without end and half characters are refused."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            said = super().parse(stream, media_type, parser_context)
            is_whole = can_be_said(said)
        except RecursionError as why:
            raise ParseError(_("This is nested too deeply.")) from why
        if not is_whole:
            raise ParseError(half_said(said))
        return said


def can_be_said(said: Any) -> bool:
    """No half of a surrogate pair in it: neither the database nor an answer could hold that."""
    try:
        json.dumps(said, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def half_said(said: Any) -> Any:
    """The sentence, beside each field that it is about when fields were sent."""
    sentence = _("Half of a character is no character.")
    if not isinstance(said, dict):
        return sentence
    named = [name for name, value in said.items() if can_be_said(name) and not can_be_said(value)]
    return {name: [sentence] for name in named} or sentence
