"""What devices and other machines have in common: how they call us, how we call them, and what
each may ask for."""

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

# PS3.5 6.2: AE is 16 characters of the default repertoire, no backslash, no control characters;
# leading and trailing spaces do not count.
AE_TITLE = RegexValidator(r"^(?! )[ -\[\]-~]{1,16}(?<! )$", _("That is not an AE title."))


class Peer(models.Model):
    """A DICOM application entity that we know. What is not allowed here is refused."""

    ae_title = models.CharField(_("AE title"), max_length=16, unique=True, validators=[AE_TITLE])
    address = models.GenericIPAddressField(
        _("address"), null=True, blank=True, help_text=_("Empty: it may call from anywhere.")
    )
    port = models.PositiveIntegerField(
        _("port"), null=True, blank=True, help_text=_("Where it listens, if we are to call it.")
    )
    may_store = models.BooleanField(_("may send images"), default=False)
    may_query_worklist = models.BooleanField(_("may query the worklist"), default=False)
    may_report_steps = models.BooleanField(
        _("may report performed steps"), default=False, db_default=False, help_text=_("MPPS")
    )
    may_ask_commitment = models.BooleanField(
        _("may ask for storage commitment"), default=False, db_default=False
    )
    may_retrieve = models.BooleanField(
        _("may query and retrieve images"), default=False, db_default=False
    )
    must_use_tls = models.BooleanField(
        _("must call by TLS"),
        default=False,
        db_default=False,
        help_text=_("A call without TLS is refused."),
    )
    speaks_tls = models.BooleanField(
        _("is called by TLS"),
        default=False,
        db_default=False,
        help_text=_("When we call it, we use TLS."),
    )
    last_heard_at = models.DateTimeField(null=True, blank=True, editable=False)
    answered_at = models.DateTimeField(
        _("last answered"), null=True, blank=True, editable=False, help_text=_("To our call.")
    )
    called_at = models.DateTimeField(_("last called"), null=True, blank=True, editable=False)
    trouble = models.CharField(
        _("why it did not answer"),
        max_length=300,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )

    class Meta:
        abstract = True

    @property
    def can_be_called(self) -> bool:
        """We know where it listens."""
        return self.address is not None and self.port is not None
