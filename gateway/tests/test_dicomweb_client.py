"""A client that others wrote, dicomweb-client, on a real server."""

import numpy as np
import pytest
from dicomweb_client import DICOMwebClient
from dicomweb_client.session_utils import create_session
from pydicom import Dataset, dcmread
from requests import HTTPError

from staff.models import ApiToken
from studies.tests.filing import filed, renamed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def archive(live_server, person):
    """The client, signed in with a technician's token."""
    secret = ApiToken.new_secret()
    digest = ApiToken.digest_of(secret)
    ApiToken.objects.create(user=person("Technician"), digest=digest, label="test")
    session = create_session()
    session.headers["Authorization"] = f"Bearer {secret}"
    yield DICOMwebClient(f"{live_server.url}/dicom-web", session=session)
    session.close()  # the server's threads then let go of the database


@pytest.fixture
def series(samples, tmp_path):
    """Three slices of a phantom's head, and where their files lie."""
    sources = sorted((samples / "volume_ct_head_phantom").iterdir())[:3]
    copies = renamed(sources, tmp_path)
    return filed(*copies, with_pictures=True), copies


def uids_of(instance):
    series = instance.series
    return (
        series.study.study_instance_uid,
        series.series_instance_uid,
        instance.sop_instance_uid,
    )


def test_it_searches_at_every_level(archive, series):
    instances, _copies = series
    study, serial, _sop = uids_of(instances[0])

    studies = archive.search_for_studies(search_filters={"PatientName": "phantom*"})
    of_study = archive.search_for_series(study, fields=["BodyPartExamined"])
    of_series = archive.search_for_instances(study, serial, limit=2)
    misspelt = archive.search_for_studies(
        fuzzymatching=True, search_filters={"PatientName": "Fantom^Test"}
    )
    rest = archive.search_for_instances(study, serial, offset=2, fields=["00080008"])

    assert [Dataset.from_json(told).StudyInstanceUID for told in studies] == [study]
    assert Dataset.from_json(studies[0]).NumberOfStudyRelatedInstances == 3
    assert [Dataset.from_json(told).SeriesInstanceUID for told in of_study] == [serial]
    assert [Dataset.from_json(told).InstanceNumber for told in of_series] == [1, 2]
    assert [Dataset.from_json(told).StudyInstanceUID for told in misspelt] == [study]
    assert [Dataset.from_json(told).InstanceNumber for told in rest] == [3]
    assert Dataset.from_json(rest[0]).ImageType


def test_it_retrieves_what_was_sent(archive, series):
    instances, copies = series
    study, serial, sop = uids_of(instances[1])

    whole = archive.retrieve_study(study)
    one = archive.retrieve_instance(study, serial, sop)
    told = archive.retrieve_series_metadata(study, serial)

    sent = [dcmread(copy) for copy in copies]
    assert [ds.PixelData for ds in whole] == [ds.PixelData for ds in sent]
    assert one.SOPInstanceUID == sop
    assert [item["00080018"]["Value"][0] for item in told] == [ds.SOPInstanceUID for ds in sent]


def test_it_retrieves_frames_in_every_way_it_knows(archive, series):
    instances, copies = series
    names = uids_of(instances[0])
    expected = dcmread(copies[0]).PixelData

    usual = archive.retrieve_instance_frames(*names, frame_numbers=[1])
    octets = archive.retrieve_instance_frames(
        *names,
        frame_numbers=[1],
        media_types=(("application/octet-stream", "1.2.840.10008.1.2.1"),),
    )
    any_syntax = archive.retrieve_instance_frames(
        *names, frame_numbers=[1], media_types=(("application/octet-stream", "*"),)
    )

    assert usual == octets == any_syntax == [expected]


def test_it_retrieves_compressed_frames(archive, samples, tmp_path):
    [copy] = renamed([samples / "syntax/ct_1.2.840.10008.1.2.4.80.dcm"], tmp_path)
    [instance] = filed(copy)
    names = uids_of(instance)

    stored = archive.retrieve_instance_frames(
        *names, frame_numbers=[1], media_types=(("image/jls", "1.2.840.10008.1.2.4.80"),)
    )
    decoded = archive.retrieve_instance_frames(
        *names, frame_numbers=[1], media_types=("application/octet-stream",)
    )

    assert stored[0].startswith(b"\xff\xd8")
    pixels = np.frombuffer(decoded[0], "<i2").reshape(512, 512)
    assert (pixels == dcmread(copy).pixel_array).all()


def test_it_retrieves_pictures_and_documents(archive, series, samples):
    instances, _copies = series
    study, serial, sop = uids_of(instances[0])
    [document] = filed(samples / "made/document/pdf_2_pages.dcm")

    jpeg = archive.retrieve_instance_rendered(study, serial, sop, media_types=("image/jpeg",))
    png = archive.retrieve_instance_frames_rendered(
        study, serial, sop, frame_numbers=[1], media_types=("image/png",)
    )
    of_series = archive.retrieve_series_rendered(study, serial, media_types=("image/jpeg",))
    pdf = archive.retrieve_instance_rendered(*uids_of(document), media_types=("application/pdf",))
    url = f"{archive.base_url}/studies/{{}}/series/{{}}/instances/{{}}/bulkdata/00420011"
    bulk = archive.retrieve_bulkdata(url.format(*uids_of(document)))

    assert jpeg.startswith(b"\xff\xd8")
    assert of_series.startswith(b"\xff\xd8")
    assert png.startswith(b"\x89PNG")
    assert pdf.startswith(b"%PDF-")
    assert bulk[0].startswith(b"%PDF-")


def test_it_is_told_what_is_not_there(archive, series):
    study, serial, sop = uids_of(series[0][0])

    with pytest.raises(HTTPError, match="404"):
        archive.retrieve_instance_frames(study, serial, sop, frame_numbers=[9])
    with pytest.raises(HTTPError, match="404"):
        archive.retrieve_study("1.2.3")
    assert archive.search_for_series("1.2.3") == []
