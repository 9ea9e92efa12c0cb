"""Good samples in by STOW-RS and out by WADO-RS, and bodies that nobody would send on purpose."""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.dicomweb.xml_model import model_of
from gateway.tests.asking import address, ask, body_of, parts_of
from gateway.tests.storing import BOUNDARY, FAILED, OTHERS, RELATED, STORED, outcomes, store
from gateway.tests.storing import body_of as sent_body
from studies.ingest import file_batch
from studies.models import IncomingFile, Instance
from studies.tests.crowd import Crowd
from studies.tests.sample_files import listed

pytestmark = pytest.mark.django_db

AT_ONCE = 50
EMPTIED = "dose/PX-Im-NewTom_Go.dcm"  # whoever published it took the pixels out
URI = re.compile(rb'"BulkDataURI":"http://testserver([^"]+)"')


@pytest.fixture
def technician(client, person):
    client.force_login(person("Technician"))
    return client


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_good_sample_comes_back_bit_for_bit_with_all_that_its_metadata_name(
    technician, samples
):
    names = [
        name
        for name in listed(samples, "accept")
        if "DICOMDIR" not in name and not name.endswith(".zip")
    ]
    crowd = Crowd()
    sent = [crowd.admit(samples / name) for name in names]

    for first in range(0, len(sent), AT_ONCE):
        answer = store(technician, *sent[first : first + AT_ONCE])
        assert answer.status_code == 200, (outcomes(answer, FAILED), outcomes(answer, OTHERS))
    while file_batch():
        pass

    filed = {row.sop_instance_uid: row for row in Instance.objects.select_related("series__study")}
    rows = IncomingFile.objects.order_by("pk")
    wrong, dumb = {}, {}
    for name, content, row in zip(names, sent, rows, strict=True):
        assert row.status == "FILED", (name, row.status, row.reason)
        path = address(filed[row.sop_instance_uid])
        answer, came = ask(technician, path, "application/dicom; transfer-syntax=*")
        if came != content:
            wrong[name] = answer.status_code
        told, in_json = ask(technician, f"{path}/metadata")
        in_xml = parts_of(*ask(technician, f"{path}/metadata", "application/dicom+xml"))
        assert told.status_code == 200
        assert model_of(in_xml[0][1]).keys() == json.loads(in_json)[0].keys(), name
        for uri in URI.findall(in_json):
            status = technician.get(uri.decode()).status_code
            if status != 200 and name != EMPTIED:
                dumb[f"{name} {uri.decode()[-40:]}"] = status
    assert wrong == {}
    assert dumb == {}


def small_object(samples):
    return (samples / "pydicom" / "rtplan.dcm").read_bytes()


pieces = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([b"\r\n", b"--", b"\r\n--", BOUNDARY.encode(), f"--{BOUNDARY}\r\n".encode()]),
    st.sampled_from(
        [f"\r\n--{BOUNDARY}--\r\n".encode(), b"Content-Type: application/dicom\r\n\r\n"]
    ),
)


@settings(
    max_examples=120,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(body=st.lists(pieces, max_size=12).map(b"".join), cut=st.integers(0, 4000))
def test_whatever_the_body_it_is_answered_and_leaves_nothing_behind(
    technician, settings, tmp_path_factory, body, cut
):
    whole = sent_body([b"DICM" * 300, body])

    answers = [
        technician.post("/dicom-web/studies", data, content_type=RELATED)
        for data in (body, whole[:cut], whole[cut:], whole)
    ]

    assert {answer.status_code for answer in answers} <= {400, 409, 415}
    assert all(answer.json() for answer in answers)
    assert list(settings.HALF_WRITTEN.iterdir()) == []
    assert not IncomingFile.objects.exists()


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    content_type=st.one_of(
        st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=80),
        st.text('";=bondary multipart/related; type', max_size=40).map(
            "multipart/related; ".__add__
        ),
    )
)
def test_whatever_the_content_type_it_is_answered(technician, content_type):
    answer = technician.post(
        "/dicom-web/studies", b"--x\r\n\r\n\r\n--x--", content_type=content_type
    )

    assert answer.status_code in {400, 409, 415}


def test_what_a_streamed_answer_says_is_what_a_whole_one_says(technician, samples):
    answer = store(technician, (samples / "volume_mr_adc").iterdir().__next__().read_bytes())
    while file_batch():
        pass
    [stored] = outcomes(answer, STORED)
    path = stored["00081190"].removeprefix("http://testserver")

    for rest in ("", "/metadata", "/frames/1", "/rendered", "/thumbnail"):
        whole, head = technician.get(path + rest), technician.head(path + rest)
        assert head.status_code == whole.status_code == 200
        assert body_of(head) == b""
        assert {"ETag", "Content-Type"} & set(head.headers) <= set(whole.headers)
