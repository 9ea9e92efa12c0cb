"""The sample files, by what a server should do with them."""

import csv
from pathlib import Path


def listed(samples: Path, *expectations: str) -> list[str]:
    with (samples / "samples.csv").open(newline="") as file:
        return [row["file"] for row in csv.DictReader(file) if row["expect"] in expectations]
