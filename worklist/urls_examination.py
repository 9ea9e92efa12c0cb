"""Addresses of what is done during an examination, below those of its procedure."""

from django.urls import path

from worklist.views import examination

urlpatterns = [
    path("identity/", examination.check_identity, name="check_identity"),
    path("screening/", examination.screening, name="screening"),
    path("override/", examination.override_screening, name="override_screening"),
    path("side/", examination.confirm_side, name="confirm_side"),
    path("given/", examination.give, name="give"),
    path("given/<int:number>/reaction/", examination.note_reaction, name="note_reaction"),
    path(
        "given/<int:number>/withdraw/",
        examination.withdraw_administration,
        name="withdraw_administration",
    ),
    path("exposed/", examination.expose, name="expose"),
    path("exposed/<int:number>/withdraw/", examination.withdraw_exposure, name="withdraw_exposure"),
    path("end-acquisition/", examination.end_acquisition, name="end_acquisition"),
    path("begin-again/", examination.begin_again, name="begin_again"),
    path("wrong-entry/", examination.wrong_entry, name="wrong_entry"),
    path("drafts/<slug:part>/", examination.draft, name="draft"),
]
