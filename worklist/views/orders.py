"""Orders: placing, booking, taking back; and whoever comes without one."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.services import record
from common.pages import go_to, unless_unchanged
from staff.access import StaffRequest, needs
from worklist import services
from worklist.forms import ReasonForm
from worklist.forms_booking import BookingForm, HereForm, OrderForm, WalkInForm
from worklist.models import Order
from worklist.order_pages import Catalogue, FreeTimes, OrderList, alike_orders


def order_of(request: StaffRequest, pk: int) -> Order:
    """The order, if this person may see it; else 404."""
    visible = Order.objects.visible_to(request.user)
    return get_object_or_404(visible.with_page_details(), pk=pk)


@require_GET
@needs("worklist.view_scheduledprocedure", "worklist.view_own_order")
def orders(request: StaffRequest) -> HttpResponse:
    """What waits to be booked, most urgent first; a referrer sees what they asked for."""
    template = "worklist/orders.html#orders" if request.htmx else "worklist/orders.html"
    context = {"orders": OrderList(request.user)}
    return unless_unchanged(request, render(request, template, context))


@require_GET
@needs("worklist.book_procedure")
def orders_here(request: StaffRequest) -> HttpResponse:
    """The orders that could be booked on one device at one time: a fragment of the schedule."""
    form = HereForm(request.GET)
    if not form.is_valid():
        return HttpResponse(status=404)
    rows = OrderList(request.user).waiting_for(form.cleaned_data["device"])
    context = {"rows": rows, "device": form["device"].value(), "start": form["start"].value()}
    return render(request, "worklist/_orders_here.html", context)


@require_GET
@needs("worklist.view_scheduledprocedure", "worklist.view_own_order")
def order(request: StaffRequest, pk: int) -> HttpResponse:
    """What was asked for, for whom, and how far it is."""
    shown = order_of(request, pk)
    context = {"order": shown, "cancel_form": ReasonForm(auto_id="cancel_%s")}
    if request.htmx:
        return unless_unchanged(request, render(request, "worklist/order.html#live", context))
    record("order.viewed", shown, by=request.user, patient=shown.patient)
    return render(request, "worklist/order.html", context)


@require_http_methods(["GET", "POST"])
@needs("worklist.place_order")
def place_order(request: StaffRequest) -> HttpResponse:
    """Ask for an examination. The same thing asked for lately is shown before it is asked again."""
    form = OrderForm(request.POST or None, user=request.user, initial=request.GET.dict())
    alike = alike_orders(form) if request.method == "POST" and form.is_valid() else None
    if alike is not None and (not alike or form.cleaned_data["place_anyway"]):
        placed = services.place_order(
            form.cleaned_data["patient"],
            form.cleaned_data["procedure_type"],
            by=request.user,
            **form.particulars,
        )
        may_book = request.user.has_perm("worklist.book_procedure")
        return go_to(request, "worklist:book" if may_book else "worklist:order", placed.pk)
    context = {"form": form, "alike": alike, "catalogue": Catalogue()}
    status = 422 if request.method == "POST" else 200
    return render(request, "worklist/order_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
@needs("worklist.book_procedure")
def book(request: StaffRequest, pk: int) -> HttpResponse:
    """The first free times of capable devices: one tap books one. Or any time, by hand."""
    shown = order_of(request, pk)
    form = BookingForm(request.POST or None, order=shown, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        services.book_step(shown, by=request.user, **form.booking)
        return go_to(request, "worklist:order", shown.pk)
    context = {"order": shown, "form": form, "times": FreeTimes.of(shown, form, request.GET)}
    template = "worklist/book.html#times" if request.htmx else "worklist/book.html"
    return render(request, template, context, status=422 if form.errors else 200)


@require_POST
@needs("worklist.cancel_procedure")
def cancel_order(request: StaffRequest, pk: int) -> HttpResponse:
    """Take the whole request back, with a reason."""
    shown, form = order_of(request, pk), ReasonForm(request.POST, auto_id="cancel_%s")
    if not form.is_valid():
        context = {"order": shown, "form": form}
        return render(request, "worklist/_cancel_order.html", context, status=422)
    services.cancel_order(shown, by=request.user, **form.cleaned_data)
    return go_to(request, "worklist:order", pk)


@require_http_methods(["GET", "POST"])
@needs("worklist.book_procedure")
def walk_in(request: StaffRequest) -> HttpResponse:
    """Somebody stands here without an appointment."""
    form = WalkInForm(request.POST or None, user=request.user, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        taken = services.walk_in(
            form.cleaned_data["patient"],
            form.cleaned_data["procedure_type"],
            by=request.user,
            device=form.cleaned_data["device"],
            squeeze=form.cleaned_data["squeeze"],
            **form.particulars,
        )
        return go_to(request, "worklist:procedure", taken.pk)
    context = {"form": form, "catalogue": Catalogue(), "is_walk_in": True}
    status = 422 if request.method == "POST" else 200
    return render(request, "worklist/order_form.html", context, status=status)
