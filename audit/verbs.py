"""The verbs of the trail, in words and in groups. A test keeps every verb of the code in WORDS."""

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WORDS: dict[str, str | Promise] = {
    "administration.given": _("Given to the patient"),
    "administration.reacted": _("Reaction noted"),
    "administration.withdrawn": _("What was given taken back"),
    "alert.confirmed": _("Alert confirmed"),
    "alert.ended": _("Alert ended"),
    "alert.noted": _("Alert noted"),
    "archive.asked": _("Another archive asked"),
    "archive.retried": _("Archive unpacked again"),
    "association.refused": _("Machine refused"),
    "attachment.added": _("Photo or document added"),
    "block.moved": _("Block moved"),
    "block.planned": _("Device blocked"),
    "block.withdrawn": _("Block withdrawn"),
    "commitment.asked": _("Asked whether images are safe"),
    "commitment.decided": _("Looked whether images are safe"),
    "commitment.not_told": _("Could not be told that images are safe"),
    "commitment.retried": _("Telling tried again"),
    "commitment.told": _("Told whether images are safe"),
    "configuration.added": _("Configuration added"),
    "configuration.changed": _("Configuration changed"),
    "configuration.deleted": _("Configuration deleted"),
    "configuration.exported": _("Catalogue taken out"),
    "configuration.imported": _("Catalogue put in"),
    "demonstration.loaded": _("Demonstration loaded"),
    "device.status_changed": _("Device status changed"),
    "discrepancy.noted": _("Discrepancy noted"),
    "discrepancy.settled": _("Discrepancy settled"),
    "exposure.noted": _("Exposure noted"),
    "exposure.withdrawn": _("Exposure taken back"),
    "fault.added_to": _("Fault seen again"),
    "fault.reported": _("Fault reported"),
    "identifier.added": _("Identifier added"),
    "identifier.removed": _("Identifier removed"),
    "identity.checked": _("Identity checked"),
    "image.kept": _("Images kept"),
    "image.marked": _("Key image marked"),
    "image.rejected": _("Images rejected"),
    "image.restored": _("Images restored"),
    "image.unmarked": _("Key image unmarked"),
    "incoming.discarded": _("Received object discarded"),
    "incoming.passed_over": _("Received object passed over"),
    "incoming.refused": _("Received object refused"),
    "incoming.retried": _("Filing tried again"),
    "incoming.set_aside": _("Received object set aside"),
    "incoming.viewed": _("Received object opened"),
    "instance.mended": _("Image mended"),
    "maintenance.begun": _("Maintenance begun"),
    "maintenance.fell_due": _("Maintenance fell due"),
    "maintenance.finished": _("Maintenance finished"),
    "maintenance.handed_back": _("Maintenance handed back"),
    "maintenance.logged": _("Maintenance opened"),
    "maintenance.noted": _("Maintenance noted"),
    "note.written": _("Preliminary note written"),
    "objects.stored": _("Objects sent by DICOMweb"),
    "order.cancelled": _("Order cancelled"),
    "order.fulfilled": _("Order fulfilled"),
    "order.placed": _("Order placed"),
    "order.viewed": _("Order opened"),
    "patient.corrected": _("Identity corrected"),
    "patient.made_from_images": _("Patient made from images"),
    "patient.registered": _("Patient registered"),
    "patient.viewed": _("Patient opened"),
    "performed.begun": _("Begun, says the modality"),
    "performed.changed": _("More told by the modality"),
    "performed.ended": _("Ended, says the modality"),
    "performed.placed": _("Report of a modality placed"),
    "performed.viewed": _("Performed step opened"),
    "performed.settled": _("Report of a modality settled"),
    "person.failed_to_sign_in": _("Sign-in failed"),
    "person.signed_in": _("Signed in"),
    "person.signed_out": _("Signed out"),
    "plan.changed": _("Maintenance plan changed"),
    "plan.made": _("Maintenance planned"),
    "procedure.acquired": _("Images taken"),
    "procedure.arrived": _("Arrival registered"),
    "procedure.begun_again": _("Procedure begun again"),
    "procedure.cancelled": _("Procedure cancelled"),
    "procedure.completed": _("Procedure completed"),
    "procedure.discontinued": _("Procedure discontinued"),
    "procedure.held": _("Procedure put on hold"),
    "procedure.moved": _("Procedure moved"),
    "procedure.not_attended": _("Noted as no-show"),
    "procedure.put_back": _("Put back: wrong worklist entry"),
    "procedure.ready": _("Patient ready"),
    "procedure.resumed": _("Procedure resumed"),
    "procedure.scheduled": _("Procedure scheduled"),
    "procedure.started": _("Procedure started"),
    "procedure.viewed": _("Procedure opened"),
    "proposal.accepted": _("Proposal accepted"),
    "proposal.declined": _("Proposal declined"),
    "report.acknowledged": _("Report acknowledged"),
    "report.addended": _("Addendum signed"),
    "rejections.exported": _("Analysis of rejected images taken out"),
    "report.amended": _("Report amended"),
    "report.cancelled": _("Report cancelled"),
    "report.claimed": _("Study claimed to read"),
    "report.corrected": _("Report corrected"),
    "report.draft_dropped": _("Draft discarded"),
    "report.drafted": _("Report begun"),
    "report.lapsed": _("Claim ran out"),
    "report.not_ready": _("More images came: not ready to read"),
    "report.not_required": _("No report required"),
    "report.printed": _("Report opened as PDF"),
    "report.ready": _("Ready to read"),
    "report.released": _("Study put back on the reading list"),
    "report.retracted": _("Report entered in error"),
    "report.signed": _("Report signed"),
    "report.signed_preliminary": _("Preliminary report"),
    "report.taken_over": _("Study taken over"),
    "report.viewed": _("Report opened"),
    "report.wanted": _("Report wanted after all"),
    "screening.answered": _("Safety questions answered"),
    "screening.overridden": _("Flagged answers decided"),
    "service.refused": _("Proposed service refused"),
    "side.confirmed": _("Side confirmed"),
    "study.fetched": _("Study asked for elsewhere"),
    "study.images_filed": _("Images filed"),
    "study.matched": _("Study matched"),
    "study.moved": _("Study moved"),
    "study.previewed": _("Preview of a study shown"),
    "study.ready": _("Study ready to read"),
    "study.retrieved": _("Study retrieved"),
    "study.sent": _("Study sent to another machine"),
    "study.viewed": _("Study opened"),
    "trail.exported": _("Trail exported"),
    "trail.viewed": _("Trail opened"),
    "transfer.cancelled": _("Transfer cancelled"),
    "transfer.retried": _("Transfer tried again"),
    "upload.finished": _("Upload finished"),
    "upload.started": _("Upload started"),
    "worklist.tried": _("Worklist tried as a device"),
}


class Group(models.TextChoices):
    """What kind of deed: the first question of whoever reads a trail."""

    OPENINGS = "openings", _("Openings")
    CHANGES = "changes", _("Changes")
    SIGN_INS = "sign-ins", _("Sign-ins")
    MACHINES = "machines", _("Machines")
    TRAIL = "trail", _("The trail itself")


TRAIL = "trail."
LOOKING = ("viewed", "opened", "previewed", "retrieved", "printed", "exported", "downloaded")
COMING = ("signed_in", "signed_out", "failed_to_sign_in")


def tense(verb: str) -> str:
    """The past tense in "study.viewed": what was done, without the noun."""
    return verb.rpartition(".")[2]


def group_of(verb: str, is_machine: bool = False) -> Group:
    """The one group that a deed is shown in."""
    if verb.startswith(TRAIL):
        return Group.TRAIL
    if tense(verb) in COMING:
        return Group.SIGN_INS
    if tense(verb) in LOOKING:
        return Group.OPENINGS
    return Group.MACHINES if is_machine else Group.CHANGES


def verbs_of(group: Group) -> tuple[str, ...]:
    """The known verbs of a group."""
    return tuple(verb for verb in WORDS if group_of(verb) == group)


OPENINGS = verbs_of(Group.OPENINGS)
NAMED = {group: verbs_of(group) for group in (Group.OPENINGS, Group.SIGN_INS, Group.TRAIL)}


def words_of(verb: str) -> str:
    """The words for a verb; one that nobody has translated says itself."""
    return str(WORDS.get(verb) or verb.replace(".", " ").replace("_", " ").capitalize())


def verbs_by_group() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every known verb with its words, for choosing: openings, changes, sign-ins."""
    groups: dict[Group, list[tuple[str, str]]] = {group: [] for group in Group}
    for verb in sorted(WORDS, key=words_of):
        groups[group_of(verb)].append((verb, words_of(verb)))
    return [(str(group.label), verbs) for group, verbs in groups.items() if verbs]
