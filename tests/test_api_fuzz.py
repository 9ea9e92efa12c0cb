"""A stranger's program tries the whole API with right, wrong and absurd requests, as each role.

schemathesis reads the description and asks every operation with right and wrong values by chance.
No answer may be a 500, or one that the description does
not know. To keep six roles within minutes, each role tries what it may do; what it may not do is
answered by 403 before anything is read, whatever was sent.
"""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Entry
from equipment.tests.factories import BlockFactory, EntryFactory, NodeFactory, PlanFactory
from imaging_dept.api_pages import Door, doors
from patients.models import Correction, Identifier
from patients.tests.factories import AlertFactory
from reports.models import PreliminaryNote
from reports.tests.factories import ReportTemplateFactory, a_report, an_image_of, step_of
from staff.models import ApiToken, User
from staff.roles import ROLES
from worklist.models import Discrepancy, Proposal
from worklist.tests.factories import (
    ContrastAgentFactory,
    OrderFactory,
    QuestionFactory,
    ScheduledProcedureFactory,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(300),
]
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance"
FLAGS = [
    *("--phases", "examples,fuzzing", "--checks", f"{CHECKS},response_schema_conformance"),
    *("--seed", "11", "--max-examples", "4", "--workers", "1", "--no-shrink", "--warnings", "off"),
    *("--continue-on-failure", "--generation-database", "none", "--request-timeout", "20"),
]


@pytest.fixture
def nouns(person: Any) -> dict[str, list[int]]:
    """A department with some of everything: the keys by path."""
    referrer = person("Referrer")
    reports = [a_report(ordered_by=referrer) for _ in range(2)]
    studies = [one.study for one in reports]
    images = [an_image_of(one) for one in studies]
    patient = studies[0].patient
    alert = AlertFactory.create(patient=patient)
    identifier = Identifier.objects.create(patient=patient, kind="NATIONAL", value="756", issuer="")
    correction = Correction.objects.create(
        patient=patient, by=referrer, reason="Slip", changes={"sex": ["F", "M"]}
    )
    waiting: list[Any] = [ScheduledProcedureFactory.create() for _ in range(2)]
    begun = ScheduledProcedureFactory.create(status="IN_PROGRESS")
    order = OrderFactory.create(status="PLACED", ordered_by=referrer)
    work: list[Any] = [EntryFactory.create() for _ in range(2)]
    devices = [one.device for one in (*waiting, *work)]
    proposal = Proposal.objects.create(
        procedure=waiting[1], outcome="NO_SHOW", because="Nobody came."
    )
    discrepancy = Discrepancy.objects.create(
        procedure=begun, kind="NOT_ARRIVED", sentence="Began without arrival."
    )
    note = PreliminaryNote.objects.create(
        procedure=step_of(studies[0]), by=referrer, verdict="NORMAL"
    )
    entry = Entry.objects.create(
        verb="study.viewed",
        subject_type="studies.study",
        subject_id=str(studies[0].pk),
        actor=referrer,
        at=timezone.now(),
    )
    rows: dict[str, Any] = {
        "patients": [patient],
        "alerts": [alert],
        "identifiers": [identifier],
        "corrections": [correction],
        "procedures": [*waiting, begun],
        "orders": [order],
        "procedure-types": [order.procedure_type],
        "proposals": [proposal],
        "discrepancies": [discrepancy],
        "studies": studies,
        "instances": images,
        "reports": reports,
        "preliminary-notes": [note],
        "devices": devices,
        "rooms": [one.room for one in devices],
        "downtimes": [BlockFactory.create()],
        "maintenance": work,
        "maintenance-plans": [PlanFactory.create()],
        "audit-entries": [entry],
        "nodes": [NodeFactory.create()],
        "people": [referrer],
        "contrast-agents": [ContrastAgentFactory.create()],
        "questionnaires": [QuestionFactory.create().questionnaire],
        "report-templates": [ReportTemplateFactory.create()],
    }
    return {noun: [row.pk for row in some] for noun, some in rows.items()}


def written_down(nouns: dict[str, list[int]], path: Path) -> Path:
    """The keys that exist, for schemathesis: most requests shall meet a record."""
    lines = []
    for noun, keys in nouns.items():
        lines += [f'[dictionaries."{noun}"]', f"values = {keys}"]
    for noun in nouns:
        lines += [
            "[[operations]]",
            f"include-path-regex = '^/api/{noun}/[{{]id'",
            f'parameters = {{ "path.id" = {{ dictionary = "{noun}", probability = 0.8 }} }}',
        ]
    path.write_text("\n".join(lines) + "\n")
    return path


def token_of(user: User) -> str:
    secret = ApiToken.new_secret()
    ApiToken.objects.create(user=user, digest=ApiToken.digest_of(secret), label="test")
    return secret


def may(user: User, door: Door) -> bool:
    needed = (door.permission,) if isinstance(door.permission, str) else door.permission
    return any(not one or user.has_perm(one) for one in needed)


@pytest.mark.parametrize("role", ROLES)
def test_nothing_a_program_sends_breaks_the_api(
    role: str, live_server: Any, person: Any, nouns: Any, broker: Any, tmp_path: Path
) -> None:
    user = User.objects.get(groups__name=role) if role == "Referrer" else person(role)
    allowed = [door for door in doors() if may(user, door)]
    names = [f"--include-name={door.method} {door.path}" for door in allowed]

    said = tmp_path / "said.txt"
    keys = written_down(nouns, tmp_path / "schemathesis.toml")
    with said.open("w") as out:
        tried = subprocess.run(
            [
                *(SCHEMATHESIS, "--config-file", keys, "--no-color"),
                *("run", f"{live_server.url}/api/schema/", *FLAGS, *names),
                *("--header", f"Authorization: Bearer {token_of(user)}"),
            ],
            cwd=tmp_path,
            stdout=out,
            stderr=subprocess.STDOUT,
            check=False,
        )

    assert tried.returncode == 0, said.read_text()[-20000:]
