"""How the radiologists of the demonstration read a visit's study, and what referrers make of it."""

from demo.report_texts import words_on
from demo.visit import Visit
from reports import services
from reports.models import Report, ReportVersion
from reports.words import Words
from staff.models import User

Kind = ReportVersion.Kind

# what is done, and how many minutes after the study was ready
READINGS: dict[str, tuple[tuple[str, int], ...]] = {
    "": (),
    "claimed": (("claim", 9),),
    "draft": (("claim", 6), ("draft", 14)),
    "preliminary": (("claim", 5), ("preliminary", 13)),
    "final": (("claim", 8), ("sign", 21)),
    "acknowledged": (("claim", 8), ("sign", 19), ("acknowledge", 64)),
    "addended": (("claim", 12), ("sign", 27), ("acknowledge", 80), ("addend", 190)),
    "amended": (("claim", 15), ("sign", 31), ("amend", 1500)),
    "corrected": (("claim", 10), ("sign", 22), ("correct", 58), ("acknowledge", 140)),
    "retracted": (("claim", 10), ("sign", 22), ("retract", 75)),
    "not_required": (("spare", 18),),
}


class Reading:
    """One radiologist before one study."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit

    @property
    def report(self) -> Report:
        return Report.objects.get(study=self.visit.study)

    @property
    def by(self) -> User:
        return self.visit.reader

    @property
    def words(self) -> Words:
        return words_on(self.visit.step, few=self.visit.line.few)

    def go_on(self, word: str) -> None:
        """Do the next thing; a study that lacks images stays unread."""
        if self.report.status != Report.Status.NOT_READY:
            getattr(self, word)()

    def claim(self) -> None:
        services.claim_study(self.report, by=self.by)

    def draft(self) -> None:
        """Half of it is written."""
        report = self.report
        begun = Words(self.words.technique, self.words.findings.split(". ")[0] + ". ", "")
        services.save_draft(report, by=self.by, words=begun, number=report.draft_number)

    def preliminary(self) -> None:
        services.sign_report(self.report, by=self.by, words=self.words, kind=Kind.PRELIMINARY)

    def sign(self) -> None:
        services.sign_report(self.report, by=self.by, words=self.words)

    def acknowledge(self) -> None:
        services.acknowledge(self.report, by=self.visit.referrer)

    def addend(self) -> None:
        words = Words(findings="", impression="Compared with images from Eastside: no change.")
        self._sign_later(Kind.ADDENDUM, words, "Earlier images have come.")

    def amend(self) -> None:
        more = f"{self.words.impression} Control in three months suggested."
        words = Words(self.words.technique, self.words.findings, more)
        self._sign_later(Kind.AMENDMENT, words, "The lung board asks for a date of control.")

    def correct(self) -> None:
        text = f"{self.words.findings} Degenerative change of the thoracic spine."
        words = Words(self.words.technique, text, self.words.impression)
        self._sign_later(Kind.CORRECTION, words, "A sentence was lost in dictation.")

    def _sign_later(self, kind: str, words: Words, reason: str) -> None:
        services.begin_later(self.report, kind=kind, by=self.by)
        services.sign_later(self.report, kind=kind, by=self.by, words=words, reason=reason)

    def retract(self) -> None:
        reason = "Dictated under the wrong study."
        services.retract(self.report, by=self.by, reason=reason)

    def spare(self) -> None:
        reason = "Read on the spot by the cardiologist."
        services.no_read_required(self.report, by=self.by, reason=reason)
