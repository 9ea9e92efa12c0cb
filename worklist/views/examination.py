"""What a technician does during an examination, as the page sends it."""

import json

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from common.refusals import Refused
from staff.access import StaffRequest, needs
from worklist import services
from worklist.forms_examination import (
    AdministrationForm,
    ExposureForm,
    IdentityForm,
    OverrideForm,
    ReactionForm,
    ScreeningForm,
    SideForm,
    WithdrawForm,
)
from worklist.models import Administration, Draft, Exposure, ScheduledProcedure
from worklist.questions import asked_before
from worklist.services.checks import WrongPatient
from worklist.services.drafts import MOST_BYTES, PARTS, Overtaken
from worklist.views.procedure import found_by, page_of
from worklist.views.verbs import answer


def refused(form: BaseForm, why: Refused | ValidationError, field: str = "") -> BaseForm:
    """The form with the service's sentence beside the field it is about."""
    if isinstance(why, Refused):
        form.add_error(field or None, why.sentence)
    else:
        form.add_error(None, why)
    return form


@require_POST
@needs("worklist.perform_procedure")
def check_identity(request: StaffRequest, pk: int) -> HttpResponse:
    shown = found_by(request, pk)
    form = IdentityForm(request.POST, has_birth_date=shown.patient.birth_date is not None)
    if not form.is_valid():
        return page_of(request, shown, {"identity": form})
    try:
        services.check_identity(shown, by=request.user, **form.cleaned_data)
    except WrongPatient as why:
        return page_of(request, shown, {"identity": refused(form, why, "scanned")})
    except Refused as why:
        return page_of(request, shown, {"identity": refused(form, why, "compared")})
    return answer(request, shown)


@require_POST
@needs("worklist.perform_procedure")
def screening(request: StaffRequest, pk: int) -> HttpResponse:
    shown = found_by(request, pk)
    form = ScreeningForm(asked_before(shown), request.POST)
    if not form.is_valid():
        return page_of(request, shown, {"screening": form})
    try:
        services.answer_questions(shown, form.said(), by=request.user, source=form.who_answered)
    except Refused as why:
        return page_of(request, shown, {"screening": refused(form, why)})
    return answer(request, shown)


@require_POST
@needs("worklist.override_screening")
def override_screening(request: StaffRequest, pk: int) -> HttpResponse:
    shown, form = found_by(request, pk), OverrideForm(request.POST)
    if not form.is_valid():
        return page_of(request, shown, {"override": form})
    return answer(request, services.override_screening(shown, by=request.user, **form.cleaned_data))


@require_POST
@needs("worklist.perform_procedure")
def confirm_side(request: StaffRequest, pk: int) -> HttpResponse:
    shown, form = found_by(request, pk), SideForm(request.POST)
    if not form.is_valid():
        return page_of(request, shown, {"side": form})
    try:
        services.confirm_side(shown, by=request.user, **form.cleaned_data)
    except Refused as why:
        return page_of(request, shown, {"side": refused(form, why, "side")})
    return answer(request, shown)


@require_POST
@needs("worklist.perform_procedure")
def give(request: StaffRequest, pk: int) -> HttpResponse:
    shown, form = found_by(request, pk), AdministrationForm(request.POST)
    if not form.is_valid():
        return page_of(request, shown, {"given": form})
    try:
        services.give(shown, by=request.user, **form.cleaned_data)
    except ValidationError as why:
        return page_of(request, shown, {"given": refused(form, why)})
    return answer(request, shown)


@require_POST
@needs("worklist.perform_procedure")
def expose(request: StaffRequest, pk: int) -> HttpResponse:
    shown = found_by(request, pk)
    form = ExposureForm(shown.device.modality, request.POST)
    if not form.is_valid():
        return page_of(request, shown, {"exposed": form})
    try:
        services.expose(shown, by=request.user, **form.cleaned_data)
    except ValidationError as why:
        return page_of(request, shown, {"exposed": refused(form, why)})
    return answer(request, shown)


@require_POST
@needs("worklist.perform_procedure")
def note_reaction(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    shown, form = found_by(request, pk), ReactionForm(request.POST)
    given = get_object_or_404(Administration, pk=number, procedure=shown)
    if not form.is_valid():
        raise Refused(sentence_in(form))
    services.note_reaction(given, by=request.user, **form.cleaned_data)
    return answer(request, shown)


@require_POST
@needs("worklist.perform_procedure")
def withdraw_administration(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    shown = found_by(request, pk)
    given = get_object_or_404(Administration, pk=number, procedure=shown)
    return taken_back(request, shown, given)


@require_POST
@needs("worklist.perform_procedure")
def withdraw_exposure(request: StaffRequest, pk: int, number: int) -> HttpResponse:
    shown = found_by(request, pk)
    exposed = get_object_or_404(Exposure, pk=number, procedure=shown)
    return taken_back(request, shown, exposed)


def taken_back(
    request: StaffRequest, shown: ScheduledProcedure, fact: Administration | Exposure
) -> HttpResponse:
    """A fact is withdrawn with the reason of its small form, or the reason is asked for."""
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        raise Refused(sentence_in(form))
    services.withdraw(fact, by=request.user, **form.cleaned_data)
    return answer(request, shown)


def sentence_in(form: BaseForm) -> str:
    """The errors of a small form in one line."""
    return " ".join(
        f"{form[name].label}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()
    )


@require_POST
@needs("worklist.perform_procedure")
def end_acquisition(request: StaffRequest, pk: int) -> HttpResponse:
    return answer(request, services.end_acquisition(found_by(request, pk), by=request.user))


@require_POST
@needs("worklist.perform_procedure")
def begin_again(request: StaffRequest, pk: int) -> HttpResponse:
    return answer(request, services.begin_again(found_by(request, pk), by=request.user))


@require_POST
@needs("worklist.perform_procedure")
def wrong_entry(request: StaffRequest, pk: int) -> HttpResponse:
    return answer(request, services.report_wrong_entry(found_by(request, pk), by=request.user))


@require_POST
@needs("worklist.perform_procedure")
def draft(request: StaffRequest, pk: int, part: str) -> HttpResponse:
    """Keep what was typed. 409 with the other version when somebody was quicker."""
    if part not in PARTS:
        raise Http404
    shown = found_by(request, pk)
    try:
        number, content = typed(request.body)
        saved = services.save_draft(shown, part, content, by=request.user, number=number)
    except Overtaken as why:
        return JsonResponse(told(why.draft) | {"sentence": why.sentence}, status=409)
    except ValueError:
        return JsonResponse({"sentence": "This is not a draft."}, status=400)
    return JsonResponse(told(saved))


def typed(body: bytes) -> tuple[int, object]:
    """The number it was typed upon, and the words. Raises ValueError for anything else."""
    if len(body) > MOST_BYTES:
        raise ValueError
    said = json.loads(body)
    if not isinstance(said, dict) or not isinstance(said.get("number"), int):
        raise ValueError
    return said["number"], said.get("content")


def told(saved: Draft) -> dict[str, object]:
    """A draft as the page keeps it."""
    return {
        "number": saved.number,
        "content": saved.content,
        "saved_at": saved.saved_at.isoformat(),
        "saved_by": str(saved.saved_by),
    }
