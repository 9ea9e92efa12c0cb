"""Addresses of DICOMweb below /dicom-web/, as PS3.18 section 10 names them."""

from django.urls import path, register_converter

from gateway.dicomweb import (
    bulkdata,
    commitment,
    frames,
    metadata,
    objects,
    performed,
    rendered,
    thumbnails,
    worklist,
)
from gateway.dicomweb.doors import by_method
from gateway.dicomweb.missing import missing
from gateway.dicomweb.search import views as search
from gateway.dicomweb.store.views import store


class UidConverter:
    """A unique identifier. Anything else in its place is an address that does not exist."""

    regex = "[0-9.]{1,64}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(UidConverter, "uid")

app_name = "dicomweb"

STUDY = "studies/<uid:study>"
SERIES = f"{STUDY}/series/<uid:series>"
INSTANCE = f"{SERIES}/instances/<uid:instance>"
FRAMES = f"{INSTANCE}/frames/<str:frames>"

urlpatterns = [
    # What is asked for most stands first: it is found sooner.
    path(FRAMES, frames.frames, name="frames"),
    path(f"{INSTANCE}/thumbnail", thumbnails.instance, name="instance-thumbnail"),
    path(f"{INSTANCE}/rendered", rendered.instance, name="instance-rendered"),
    path("modality-scheduled-procedure-steps", worklist.scheduled_steps, name="scheduled-steps"),
    path(
        "modality-performed-procedure-steps/<uid:step>",
        by_method(performed.retrieve, performed.report),
        name="performed-step",
    ),
    path(
        "commitment-requests/<uid:transaction>",
        by_method(commitment.check, commitment.ask),
        name="commitment",
    ),
    path("studies", by_method(search.studies, store), name="search-studies"),
    path("series", search.series, name="search-series"),
    path("instances", search.instances, name="search-instances"),
    path(f"{STUDY}/series", search.series, name="search-series-of-study"),
    path(f"{STUDY}/instances", search.instances, name="search-instances-of-study"),
    path(f"{SERIES}/instances", search.instances, name="search-instances-of-series"),
    path(STUDY, by_method(objects.several, store), name="study"),
    path(SERIES, objects.several, name="series"),
    path(INSTANCE, objects.instance, name="instance"),
    path(f"{STUDY}/metadata", metadata.metadata, name="study-metadata"),
    path(f"{SERIES}/metadata", metadata.metadata, name="series-metadata"),
    path(f"{INSTANCE}/metadata", metadata.metadata, name="instance-metadata"),
    path(f"{STUDY}/rendered", rendered.several, name="study-rendered"),
    path(f"{SERIES}/rendered", rendered.several, name="series-rendered"),
    path(f"{STUDY}/thumbnail", thumbnails.several, name="study-thumbnail"),
    path(f"{SERIES}/thumbnail", thumbnails.several, name="series-thumbnail"),
    path(f"{INSTANCE}/frames", frames.frames, name="all-frames"),
    path(f"{FRAMES}/rendered", rendered.frames, name="frames-rendered"),
    path(f"{FRAMES}/thumbnail", thumbnails.frame, name="frame-thumbnail"),
    path(f"{INSTANCE}/bulkdata/<path:tag_path>", bulkdata.bulkdata, name="bulkdata"),
    path("<path:address>", missing, name="missing"),
]
