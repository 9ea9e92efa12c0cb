"""The preliminary note, as a piece of the examination's page."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from common.pages import unless_unchanged
from reports import services
from reports.forms import NoteForm
from reports.models import PreliminaryNote, key_images_of
from reports.views.report import number_in
from staff.access import StaffRequest, needs
from worklist.models import Draft, ScheduledProcedure

SEE_NOTES = ("reports.write_note", "reports.view_report")


def find(request: StaffRequest, pk: int) -> ScheduledProcedure:
    visible = ScheduledProcedure.objects.visible_to(request.user).with_patient()
    return get_object_or_404(visible, pk=pk)


@require_http_methods(["GET", "POST"])
@needs(*SEE_NOTES)
def note_of_procedure(request: StaffRequest, pk: int) -> HttpResponse:
    """What was noticed so far, and the form for more."""
    procedure = find(request, pk)
    if request.method == "GET":
        return unless_unchanged(request, show(request, procedure, NoteForm(initial=begun(pk))))
    if not request.user.has_perm("reports.write_note"):
        return HttpResponse(status=403)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return show(request, procedure, form, status=422)
    services.write_note(procedure, by=request.user, **form.cleaned_data)
    return show(request, procedure, NoteForm())


def begun(procedure_pk: int) -> dict[str, Any]:
    """What somebody has begun to write, here or elsewhere."""
    draft = Draft.objects.filter(procedure=procedure_pk, part=services.notes.PART).first()
    return draft.content if draft else {}


def show(
    request: StaffRequest, procedure: ScheduledProcedure, form: NoteForm, status: int = 200
) -> HttpResponse:
    notes = PreliminaryNote.objects.of_procedure(procedure.pk).newest_first()
    context = {
        "procedure": procedure,
        "form": form,
        "notes": list(notes.prefetch_related("key_images__thumbnail")[:20]),
        "key_images": list(key_images_of(procedure.pk)[:12]),
        "verdicts": PreliminaryNote.Verdict.choices,
        "chosen": form["verdict"].value(),
    }
    return render(request, "reports/_note.html", context, status=status)


@require_POST
@needs("reports.write_note")
def save_note(request: StaffRequest, pk: int) -> HttpResponse:
    """Keep what is begun; whatever it is, it is only a draft."""
    content = {
        "verdict": request.POST.get("verdict", "")[:8],
        "words": request.POST.get("words", "").replace("\0", "")[:2000],
    }
    after = number_in(request.POST.get("after", ""))
    services.save_note_draft(find(request, pk), by=request.user, content=content, after=after)
    return HttpResponse(status=204)
