"""The worker's part: file what was received. It starts nothing and may run again at any time."""

from studies.ingest.batch import BATCH, file_batch

__all__ = ["BATCH", "file_batch"]
