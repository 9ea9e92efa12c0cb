"""Two people at the same moment: one of them is first, and nobody's words are lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from common.refusals import Refused
from reports import services
from reports.models import Report, ReportVersion
from reports.tests.factories import SAID, a_report, a_study
from reports.words import Words

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """What came of each deed, all begun at the same moment; a refusal is its sentence."""
    start = Barrier(len(deeds))

    def do(deed: Callable[[], object]) -> object:
        try:
            start.wait(timeout=10)
            return deed()
        except Refused as refusal:
            return refusal.sentence
        finally:
            connection.close()

    with ThreadPoolExecutor(len(deeds)) as people:
        return list(people.map(do, deeds))


def test_two_radiologists_who_claim_at_once_get_one_claim(person):
    report = a_report()
    readers = [person("Radiologist"), person("Radiologist")]

    outcomes = at_once(
        *(lambda by=reader: services.claim_study(report, by=by) for reader in readers)
    )

    won = [one for one in outcomes if isinstance(one, Report)]
    assert len(won) == 1
    assert Report.objects.get(pk=report.pk).claimed_by == won[0].claimed_by
    assert [one for one in outcomes if isinstance(one, str) and "reads this study" in one]


def test_two_windows_that_save_at_once_keep_the_first_words(person):
    report, reader = a_report(), person("Radiologist")
    services.claim_study(report, by=reader)
    texts = [Words(findings="One"), Words(findings="Two")]

    outcomes = at_once(
        *(
            lambda words=words: services.save_draft(report, by=reader, words=words, number=0)
            for words in texts
        )
    )

    kept = [one for one in outcomes if isinstance(one, Report)]
    assert len(kept) == 1
    assert Report.objects.get(pk=report.pk).findings == kept[0].findings


def test_two_windows_that_sign_at_once_make_one_version(person):
    report, reader = a_report(), person("Radiologist")

    at_once(*[lambda: services.sign_report(report, by=reader, words=SAID, number=0)] * 2)

    assert ReportVersion.objects.count() == 1


def test_news_that_comes_twice_at_once_makes_one_report():
    study = a_study()

    at_once(*[lambda: services.gather_report(study.pk)] * 4)

    assert Report.objects.get(study=study).status == "READY_TO_READ"
