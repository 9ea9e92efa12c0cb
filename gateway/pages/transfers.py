"""What runs, what failed and why; and sending a study from its own page."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_POST

from common.pages import go_to, unless_unchanged
from equipment.models import Node
from staff.access import StaffRequest, needs
from studies import services
from studies.models import Study, Transfer

SHOWN = 200
SHOWN_OF_STUDY = 5
CARRY = ("studies.send_study", "studies.fetch_study")


@require_GET
@needs("studies.view_transfer")
def transfer_list(request: StaffRequest) -> HttpResponse:
    """All transfers, those that want somebody first on their own shelf; live."""
    transfers = Transfer.objects.visible_to(request.user).with_details().newest_first()
    shows_all = request.GET.get("show") == "all"
    found = (transfers if shows_all else transfers.unfinished())[:SHOWN]
    template = "transfers/transfer_list.html"
    template = f"{template}#found" if request.htmx else template
    page = render(request, template, {"transfers": found, "shows_all": shows_all})
    return unless_unchanged(request, page) if request.htmx else page


@require_POST
@needs(*CARRY)
def cancel(request: StaffRequest, pk: int) -> HttpResponse:
    """Stop one."""
    services.cancel_transfer(_find(request, pk), by=request.user)
    return go_to(request, "transfers:list")


@require_POST
@needs(*CARRY)
def retry(request: StaffRequest, pk: int) -> HttpResponse:
    """Try one once more."""
    services.retry_transfer(_find(request, pk), by=request.user)
    return go_to(request, "transfers:list")


@require_GET
@needs("studies.send_study")
def of_study(request: StaffRequest, uid: str) -> HttpResponse:
    """On a study's page: where it can be sent, and how far that is."""
    return _panel(request, _study(request, uid))


@require_POST
@needs("studies.send_study")
def send(request: StaffRequest, uid: str) -> HttpResponse:
    """Have the study, or one series of it, sent."""
    study = _study(request, uid)
    node = get_object_or_404(Node.objects.destinations(), pk=_number(request, "node"))
    wanted = _number(request, "series")
    series = get_object_or_404(study.series.clinical(), pk=wanted) if wanted else None
    services.send_study(study, node, by=request.user, series=series)
    return _panel(request, study) if request.htmx else go_to(request, "studies:study", uid)


def _panel(request: StaffRequest, study: Study) -> HttpResponse:
    context = {
        "study": study,
        "nodes": Node.objects.destinations().by_name(),
        "series": study.series.clinical(),
        "transfers": Transfer.objects.visible_to(request.user)
        .of_study(study.pk)
        .with_details()
        .newest_first()[:SHOWN_OF_STUDY],
    }
    return unless_unchanged(request, render(request, "transfers/_send.html", context))


def _study(request: StaffRequest, uid: str) -> Study:
    visible = Study.objects.visible_to(request.user).with_patient()
    return get_object_or_404(visible, study_instance_uid=uid)


def _find(request: StaffRequest, pk: int) -> Transfer:
    return get_object_or_404(Transfer.objects.visible_to(request.user), pk=pk)


def _number(request: StaffRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004
