"""Signing, and what can be said about a report as a whole."""

from django.contrib import messages
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.pages import go_to
from reports import services
from reports.models import ReportVersion
from reports.views.finding import desk_of, find
from reports.views.reading import read_next
from reports.views.report import number_in
from reports.words import Words
from staff.access import StaffRequest, needs

Kind = ReportVersion.Kind


@require_POST
@needs("reports.sign_report")
def sign(request: StaffRequest, uid: str) -> HttpResponse:
    """Sign what is on the screen: first reports as `kind`, later ones as their draft says."""
    shown, kind = find(request, uid), request.POST.get("kind", "")
    words, number = Words.sent(request.POST), number_in(request.POST.get("number", ""))
    if shown.draft_kind:
        reason = request.POST.get("reason", "")
        version = services.sign_later(
            shown, kind=shown.draft_kind, by=request.user, words=words, reason=reason, number=number
        )
    else:
        version = services.sign_report(
            shown, by=request.user, words=words, kind=kind, number=number
        )
    signed = {"kind": version.get_kind_display(), "number": version.number}
    messages.success(request, _("Signed: %(kind)s, version %(number)s.") % signed)
    return (
        read_next(request) if request.POST.get("then") == "next" else go_to(request, desk_of(shown))
    )


@require_POST
@needs("reports.sign_report")
def retract(request: StaffRequest, uid: str) -> HttpResponse:
    """Say that the report was entered in error."""
    shown = find(request, uid)
    services.retract(shown, by=request.user, reason=request.POST.get("reason", ""))
    return go_to(request, desk_of(shown))


@require_POST
@needs("reports.sign_report")
def no_read_required(request: StaffRequest, uid: str) -> HttpResponse:
    """Nobody has to report this study, with a reason."""
    shown = find(request, uid)
    services.no_read_required(shown, by=request.user, reason=request.POST.get("reason", ""))
    return go_to(request, "reports:list")


@require_POST
@needs("reports.write_report")
def read_after_all(request: StaffRequest, uid: str) -> HttpResponse:
    """A report is wanted after all."""
    return go_to(request, desk_of(services.read_after_all(find(request, uid), by=request.user)))
