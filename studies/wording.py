"""What the limited child says, in the language of the department.

It runs without Django and speaks English. Sentences that never vary are listed here, so that they
get into the catalogues; those that carry numbers or names of elements stay as they are.
"""

from django.utils.translation import gettext, gettext_noop

from studies.facts import NotUsable

SENTENCES = frozenset(
    {
        gettext_noop("It could not be read."),
        gettext_noop("Its parts lie too deep in one another."),
        gettext_noop("Reading it made the reader crash."),
        gettext_noop("Reading it takes more memory than is allowed."),
        gettext_noop("Reading it took too long."),
        gettext_noop("The compressed data set is damaged."),
        gettext_noop("The compressed data set unpacks to more than 1 GiB."),
        gettext_noop("The directory of the medium; its images are taken one by one."),
        gettext_noop("The file ends in the middle of a sequence."),
        gettext_noop("The file ends in the middle of its compressed data set."),
        gettext_noop("The file ends in the middle of its header."),
        gettext_noop("The file is empty."),
        gettext_noop("This directory lists files that lie outside its medium."),
        gettext_noop("This is not a DICOM file."),
    }
)


def sentence_of(why: NotUsable) -> str:
    """Why an object cannot be had, to a technician."""
    return gettext(why.sentence) if why.sentence in SENTENCES else why.sentence
