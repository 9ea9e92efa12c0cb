"""The report on paper."""

from django.http import Http404, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET

from reports import services
from reports.document import Document
from reports.models import ReportVersion
from reports.pdf import pdf_of
from reports.results import Result
from reports.views.finding import SEE_REPORTS, find
from reports.views.report import number_in
from staff.access import StaffRequest, needs


@require_GET
@needs(*SEE_REPORTS)
def pdf(request: StaffRequest, uid: str) -> HttpResponse:
    """The version that counts as PDF; readers may ask for an earlier one by `?version=`."""
    shown = find(request, uid)
    if request.user.has_perm("reports.view_report"):
        versions: list[ReportVersion] = list(shown.versions.with_people())
        asked = request.GET.get("version", "")
        document = Document.at(versions, number_in(asked) if asked else None)
    else:
        document = Result(shown.study.order, shown.study, shown, request.user).document
    if document is None:
        raise Http404
    services.view_report(shown, by=request.user, how="pdf", version=document.version.number)
    answer = HttpResponse(pdf_of(shown, document), content_type="application/pdf")
    name = f"report-{shown.pk}-{document.version.number}.pdf"
    answer["Content-Disposition"] = f'inline; filename="{name}"'
    patch_cache_control(answer, private=True, no_store=True)
    return answer
