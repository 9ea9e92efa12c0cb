"""Every other address below the root, so that programs get their 404 in JSON."""

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from gateway.dicomweb.doors import NotHere, door
from staff.access import StaffRequest


@door
def missing(request: StaffRequest, address: str) -> HttpResponseBase:
    raise NotHere(_("There is no such address."))
