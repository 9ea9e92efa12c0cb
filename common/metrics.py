"""Figures for Prometheus: requests of every web process, and what apps measure when asked.

An app registers its gauges when it is ready (`measures`); this one knows none of them. The figures
of all web processes are added up through PROMETHEUS_MULTIPROC_DIR, which `up` sets.
"""

import logging
import os
from collections.abc import Callable, Iterator, Mapping

from django.db import DatabaseError
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

Measure = Callable[[], Mapping[str, float]]
logger = logging.getLogger(__name__)
_measures: list[tuple[str, str, str, Measure]] = []


def measures(name: str, meaning: str, label: str) -> Callable[[Measure], Measure]:
    """Register a function that gives one gauge's values by `label` whenever somebody asks."""

    def register(measure: Measure) -> Measure:
        _measures.append((name, meaning, label, measure))
        return measure

    return register


class Measured:
    """What the apps measure, as one collector. A database that is away leaves its figures out."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Ask every registered function."""
        for name, meaning, label, measure in _measures:
            gauge = GaugeMetricFamily(name, meaning, labels=[label])
            try:
                for value, number in measure().items():
                    gauge.add_metric([value], number)
            except DatabaseError:
                logger.warning("Could not measure %s", name)
                continue
            yield gauge


def exposition() -> bytes:
    """Everything in Prometheus' text format."""
    measured = CollectorRegistry()
    measured.register(Measured())
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        requests = CollectorRegistry()
        MultiProcessCollector(requests)  # type: ignore[no-untyped-call]
    else:
        requests = REGISTRY
    return b"".join(generate_latest(registry) for registry in (requests, measured))
