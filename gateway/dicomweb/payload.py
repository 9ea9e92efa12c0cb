"""A data set that comes as the body of a request (PS3.18 8.6), in JSON or in XML."""

import json
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from pydicom.dataset import Dataset

from common.parsing import can_be_said
from gateway.dicomweb.datasets import JSON
from gateway.dicomweb.doors import BadQuestion, Trouble
from gateway.dicomweb.xml_model import XML, NotNative, model_of

LARGEST = 16 * 1024 * 1024
KNOWN = (JSON, "application/json", XML)


class OtherMediaType(Trouble):
    """A body in a form that is not read here."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class TooLong(Trouble):
    """More than one data set can have."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def dataset_in(request: HttpRequest) -> Dataset:
    """The one data set of the body. Raises Trouble."""
    media = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media not in KNOWN:
        raise OtherMediaType(_("Send %(known)s.") % {"known": ", ".join(KNOWN)})
    body = request.read(LARGEST + 1)
    if len(body) > LARGEST:
        raise TooLong(_("That is longer than a data set may be."))
    model = _model_of_xml(body) if media == XML else _model_of_json(body)
    try:
        dataset = Dataset.from_json(model)
        for element in dataset.iterall():  # everything is understood here, or nothing
            str(element.value)
    except Exception as why:  # whatever pydicom meets in a stranger's data set
        raise BadQuestion(_("The body is no data set.")) from why
    return dataset


def _model_of_xml(body: bytes) -> dict[str, Any]:
    try:
        return model_of(body)
    except NotNative as why:
        raise BadQuestion(str(why)) from why


def _model_of_json(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
        is_whole = can_be_said(said)
    except (ValueError, RecursionError) as why:
        raise BadQuestion(_("The body is no JSON.")) from why
    one = said[0] if isinstance(said, list) and len(said) == 1 else said
    if not is_whole or not isinstance(one, dict):
        raise BadQuestion(_("Send one data set: an object, or an array of one."))
    return one
