"""The Native DICOM Model (PS3.19 A.1): against another's writer, there and back, and from liars."""

import json
import subprocess
from io import BytesIO

import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st
from pydicom import Dataset, dcmread
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from gateway.dicomweb.xml_model import NAMESPACE, NotNative, document, model_of


def made():
    """A data set with one of everything that is written differently."""
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.PatientName = "Yamada^Tarou=山田^太郎=やまだ^たろう"
    ds.OtherPatientNames = ["Doe^Jane^^Dr", "A<B>&\"'"]
    ds.PatientID = "A & B < C"
    ds.ImageType = ["ORIGINAL", "", "AXIAL"]
    ds.StudyDate = "20260314"
    ds.PatientWeight = "71.5"
    ds.Rows = 512
    ds.PatientComments = ""
    ds.FrameIncrementPointer = 0x00181063
    step = Dataset()
    step.ScheduledProcedureStepID = "S1"
    ds.RequestAttributesSequence = [step, Dataset()]
    ds.ReferencedStudySequence = []
    ds.EncapsulatedDocument = b"\x00\x01\x02\x03"
    block = ds.private_block(0x0009, "OUR <MAKER>", create=True)
    block.add_new(0x01, "LO", "private")
    return ds


def test_what_is_written_reads_back_the_same():
    model = json.loads(json.dumps(made().to_json_dict()))
    model["00080008"]["Value"][1] = None  # as annex F has it: null, and nothing for no item
    del model["00081110"]["Value"]

    read = model_of(document(model))

    assert read == model
    assert Dataset.from_json(read) == Dataset.from_json(model)


def test_another_program_writes_the_same_elements(dcmtk, tmp_path):
    ds = made()
    del ds[0x0009, 0x1001], ds[0x0009, 0x0010]  # DCMTK tells private keywords in its own way
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.SOPClassUID, ds.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.104.1", "1.2.3"
    file = tmp_path / "made.dcm"
    ds.save_as(file, enforce_file_format=True)
    command = [dcmtk("dcm2xml"), "-nat", "+Eb", str(file)]
    theirs = subprocess.run(command, capture_output=True, check=True, timeout=30).stdout

    ours = document(dcmread(file).to_json_dict())

    # DCMTK splits no empty value from its neighbours and writes numbers as they stand in the file.
    skipped = {"00080008", "00101030"}
    assert told(ours, skipped) == told(theirs, skipped)


def told(xml, skipped):
    """Every attribute of a document, in a form that does not care for namespaces and order."""
    root = ElementTree.parse(BytesIO(xml)).getroot()
    return {
        node.get("tag"): shape(node)
        for node in root
        if node.get("tag") not in skipped and node.get("tag", "")[:4] != "0002"
    }


def shape(node):
    kind = node.tag.removeprefix(f"{{{NAMESPACE}}}")
    return kind, dict(node.attrib), (node.text or "").strip(), [shape(child) for child in node]


def test_private_attributes_say_whose_they_are():
    root = ElementTree.fromstring(document(made().to_json_dict()))

    whose = {node.get("tag"): node.get("privateCreator") for node in root}

    assert whose["00091001"] == "OUR <MAKER>"
    assert whose["00100010"] is None


def test_bulk_is_named_and_not_carried():
    model = {"7FE00010": {"vr": "OW", "BulkDataURI": "http://here/frames?a=1&b=2"}}

    assert b'<BulkData uri="http://here/frames?a=1&amp;b=2"/>' in document(model)
    assert model_of(document(model)) == model


def test_what_xml_cannot_say_is_replaced_and_a_line_break_kept():
    read = model_of(document({"00104000": {"vr": "LT", "Value": ["one\r\ntwo\x1b\ud800"]}}))

    assert read["00104000"]["Value"] == ["one\r\ntwo\ufffd\ufffd"]


@given(st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=3))
def test_every_text_makes_a_document_that_can_be_read(values):
    xml = document({"00081030": {"vr": "LO", "Value": values}})

    assert len(model_of(xml)["00081030"]["Value"]) == len(values)


NUMBERLESS = '<DicomAttribute tag="00100020" vr="LO"><Value number="x">x</Value></DicomAttribute>'
ATTRIBUTE = '<DicomAttribute tag="00100020" vr="LO"><Value number="1">x</Value></DicomAttribute>'


@pytest.mark.parametrize(
    "xml",
    [
        "",
        "<NativeDicomModel>",
        "<Other/>",
        '<!DOCTYPE x [<!ENTITY a "b">]><NativeDicomModel/>',
        '<NativeDicomModel><DicomAttribute tag="0010002" vr="LO"/></NativeDicomModel>',
        '<NativeDicomModel><DicomAttribute tag="00100020"/></NativeDicomModel>',
        f"<NativeDicomModel>{ATTRIBUTE.replace('LO', 'SQ')}</NativeDicomModel>",
        f"<NativeDicomModel>{NUMBERLESS}</NativeDicomModel>",
        "<NativeDicomModel>"
        + '<DicomAttribute tag="00400275" vr="SQ"><Item number="1">' * 40
        + "</Item></DicomAttribute>" * 40
        + "</NativeDicomModel>",
    ],
)
def test_what_is_no_data_set_is_refused(xml):
    with pytest.raises(NotNative):
        model_of(xml.encode())


def test_the_namespace_may_be_missing_and_values_in_any_order():
    values = '<Value number="2">B</Value><Value number="1">A</Value>'
    attribute = f'<DicomAttribute tag="00080008" vr="CS">{values}</DicomAttribute>'

    read = model_of(f"<NativeDicomModel>{attribute}</NativeDicomModel>".encode())

    assert read == {"00080008": {"vr": "CS", "Value": ["A", "B"]}}
