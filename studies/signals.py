"""What happens to studies, for whoever stands above."""

from django.dispatch import Signal

study_changed = Signal()
"""Sent inside the transaction when a study is new, becomes ready, or gets more images; `study`."""

commitment_decided = Signal()
"""Sent inside the transaction when it is known which objects of a `commitment` are safe."""

images_reviewed = Signal()
"""Sent inside the transaction when images of a study were rejected or came back; `study`,
`instances` (keys), `is_rejected`."""

transfer_waits = Signal()
"""Sent after the commit when images are to be sent or fetched."""
