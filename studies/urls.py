"""Pages of studies at /studies/. Fixed words come before the study's own identifier."""

from django.urls import path, register_converter

from studies.views import commitments, pictures, reviews, set_aside, slots, studies


class UidConverter:
    """A DICOM unique identifier: digits and dots, at most 64 (PS3.5 9.1)."""

    regex = r"[0-9][0-9.]{0,63}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(UidConverter, "study_uid")

app_name = "studies"
urlpatterns = [
    path("", studies.study_list, name="list"),
    path("set-aside/", set_aside.set_aside_list, name="set_aside_list"),
    path("set-aside/<int:pk>/", set_aside.set_aside, name="set_aside"),
    path("set-aside/<int:pk>/picture/", pictures.set_aside_picture, name="set_aside_picture"),
    path("set-aside/<int:pk>/retry/", set_aside.retry, name="retry"),
    path("set-aside/<int:pk>/discard/", set_aside.discard, name="discard"),
    path("commitments/", commitments.commitments, name="commitments"),
    path("commitments/<int:pk>/", commitments.commitment, name="commitment"),
    path("commitments/<int:pk>/retry/", commitments.retry_commitment, name="retry_commitment"),
    path("thumbnails/<int:pk>/", pictures.thumbnail, name="thumbnail"),
    path("rejected/", reviews.rejected, name="rejected"),
    path("rejected/export/", reviews.export_rejected, name="export_rejected"),
    path("images/<int:pk>/review/", reviews.review_image, name="review_image"),
    path("images/<int:pk>/key/", reviews.mark_key, name="mark_key"),
    path("objects/<study_uid:uid>/review/", reviews.review_object, name="review_object"),
    path("series/<int:pk>/review/", reviews.review_series, name="review_series"),
    path("of-procedure/<int:pk>/keep/", reviews.keep_all, name="keep_all"),
    path("archives/<int:pk>/retry/", set_aside.retry_archive, name="retry_archive"),
    path("of-patient/<int:pk>/", slots.of_patient, name="of_patient"),
    path("of-procedure/<int:pk>/", slots.of_procedure, name="of_procedure"),
    path("unscheduled/", slots.unscheduled_today, name="unscheduled_today"),
    path("<study_uid:uid>/", studies.study, name="study"),
    path("<study_uid:uid>/key-images/", reviews.key_images, name="key_images"),
    path("<study_uid:uid>/rejected-later/", slots.rejected_later, name="rejected_later"),
    path("<study_uid:uid>/candidates/", studies.candidates, name="candidates"),
    path("<study_uid:uid>/match/<int:procedure_pk>/", studies.match, name="match"),
]
