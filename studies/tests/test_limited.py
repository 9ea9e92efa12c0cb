"""The limited child: every sample answered, memory bounded, death survived."""

import concurrent.futures
import csv
import json
import os
import random
import signal
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import psutil  # type: ignore[import-untyped]
import pytest

from studies import limited, limited_child
from studies.facts import InstanceFacts, NotUsable
from studies.limited_process import Broken, LimitedProcess
from studies.tests.made_objects import an_image, ramp, saved

CT = "syntax/ct_1.2.840.10008.1.2.dcm"
SLOWEST = 5.0  # seconds; the real ones take 0.25 alone, tests share the machine
MOST_MEMORY = 600 << 20


@pytest.fixture
def readers(monkeypatch):
    """One child of our own, ended afterwards."""
    own = limited.Readers(1)
    monkeypatch.setattr(limited, "_readers", own)
    yield own
    own.end()


@pytest.fixture
def child():
    made = LimitedProcess()
    yield made
    made.end()


def rows(samples: Path) -> list[dict[str, str]]:
    with (samples / "samples.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def outcome(work, path: Path) -> str:
    """What came back, as a word; how long it took is checked here."""
    started = time.monotonic()
    try:
        found = work(path)
    except NotUsable as why:
        return why.code
    finally:
        assert time.monotonic() - started < SLOWEST, path
    return str(found.kind)


def test_every_sample_is_read_and_answered(samples, readers):
    outcomes = {
        row["file"]: outcome(limited.read_facts, samples / row["file"]) for row in rows(samples)
    }

    expected = {row["file"]: row["expect"] for row in rows(samples)}
    refused = {name: word for name, word in outcomes.items() if word.islower()}
    surprises = {"crashed", "timeout", "unreadable", "out_of_memory"} & set(refused.values())
    assert not surprises
    assert {name for name in expected if expected[name] == "reject"} <= refused.keys()
    accepted = {name: word for name, word in refused.items() if expected[name] == "accept"}
    assert set(accepted.values()) == {"media_directory"}


def test_every_sample_is_drawn_or_given_a_sign(samples, readers):
    outcomes = {row["file"]: outcome(limited.draw, samples / row["file"]) for row in rows(samples)}

    [pid] = readers.pids
    assert psutil.Process(pid).memory_info().rss < MOST_MEMORY
    accepted = {row["file"] for row in rows(samples) if row["expect"] == "accept"}
    answers = {outcomes[name] for name in accepted}
    assert answers == {"MADE", "PICTOGRAM", "media_directory"}
    assert sum(outcomes[name] == "MADE" for name in accepted) > 280


def test_many_are_read_in_order_good_and_bad(samples, readers):
    names = [CT, "bad_made/notdicom/empty.dcm", "pydicom/MR_small.dcm", "no such file", CT] * 6

    found = limited.read_many([samples / name for name in names])

    words = [f.series.modality if isinstance(f, InstanceFacts) else f.code for f in found]
    assert words == ["CT", "empty", "MR", "unreadable", "CT"] * 6


def test_pictures_frames_and_bulk_come_through_the_pipe(samples, readers):
    picture = limited.draw(samples / CT, size=64, image_format="PNG", frame=0)
    frame = limited.decode(samples / "syntax/ct_1.2.840.10008.1.2.4.70.dcm", 0)
    ecg = samples / "made/waveform/ecg_12_leads.dcm"
    header = json.loads(limited.read_facts(ecg).header)
    uri = header["54000100"]["Value"][0]["54001010"]["BulkDataURI"]

    assert (picture.width, picture.height, picture.kind) == (64, 64, "MADE")
    assert picture.data.startswith(b"\x89PNG")
    assert frame.data == limited.decoded_frame(samples / CT, 0)
    assert limited.bulk(ecg, uri.removeprefix("bulkdata/")) in ecg.read_bytes()
    with pytest.raises(NotUsable, match="no such value"):
        limited.bulk(ecg, "54000100/0/54009999")


def test_a_child_killed_while_idle_is_replaced(samples, readers):
    limited.read_facts(samples / CT)
    [first] = readers.pids
    os.kill(first, signal.SIGKILL)

    assert limited.read_facts(samples / CT).series.modality == "CT"
    assert readers.pids != [first]


def test_a_child_killed_in_the_middle_costs_nothing_but_time(samples, readers):
    limited.read_facts(samples / CT)
    [first] = readers.pids
    paths = [samples / CT] * 800
    killer = threading.Timer(0.2, os.kill, (first, signal.SIGKILL))
    killer.start()

    found = limited.read_many(paths)
    killer.join()

    assert all(isinstance(facts, InstanceFacts) for facts in found)
    assert len(found) == 800
    assert first not in readers.pids


def test_a_question_that_hangs_is_answered_in_time(samples, readers, monkeypatch):
    monkeypatch.setattr(limited, "LimitedProcess", lambda: LimitedProcess(seconds=1))
    limited.read_facts(samples / CT)
    [first] = readers.pids
    os.kill(first, signal.SIGSTOP)  # hangs as a decoder in an endless wait would

    with pytest.raises(NotUsable) as refusal:
        limited.read_facts(samples / CT)

    assert refusal.value.code == "timeout"
    assert not refusal.value.refuse
    assert not psutil.pid_exists(first)
    assert limited.read_facts(samples / CT).series.modality == "CT"


def test_a_question_that_crashes_twice_is_blamed_and_the_next_is_answered(
    samples, readers, monkeypatch
):
    send = LimitedProcess.send

    def send_and_crash(child: LimitedProcess, question: dict[str, Any]) -> None:
        if question["path"].endswith("bad"):
            os.kill(child.pid, signal.SIGSEGV)
        send(child, question)

    monkeypatch.setattr(LimitedProcess, "send", send_and_crash)

    with pytest.raises(NotUsable) as refusal:
        limited.read_facts(samples / "bad")

    assert refusal.value.code == "crashed"
    assert limited.read_facts(samples / CT).series.modality == "CT"


def test_memory_that_is_promised_but_not_there_is_not_taken(tmp_path, readers):
    dataset = an_image(ramp(), Rows=11000, Columns=11000)
    path = saved(dataset, tmp_path / "a")

    picture = limited.draw(path)

    assert picture.kind == "PICTOGRAM"
    assert "shorter" in picture.fault


def test_too_much_memory_is_an_answer(tmp_path, readers, monkeypatch):
    little = 96 << 20  # less than the decoders and this frame need
    monkeypatch.setattr(limited, "LimitedProcess", lambda: LimitedProcess(memory_bytes=little))
    pixels = np.zeros((8000, 8000), np.uint16)
    path = saved(an_image(pixels), tmp_path / "a")

    with pytest.raises(NotUsable) as refusal:
        limited.decode(path, 0)

    assert refusal.value.code in {"out_of_memory", "crashed", "unreadable"}
    assert limited.read_facts(path).rows == 8000


def test_files_larger_than_the_memory_limit_are_read(tmp_path, readers, monkeypatch):
    little = 128 << 20
    monkeypatch.setattr(limited, "LimitedProcess", lambda: LimitedProcess(memory_bytes=little))
    path = saved(an_image(np.zeros((8, 8), np.uint16)), tmp_path / "a")
    length = 1 << 30
    head = path.read_bytes()[:-132] + length.to_bytes(4, "little")
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + length)  # a hole, so that the test stays small

    assert limited.read_facts(path).rows == 8


@pytest.mark.parametrize(
    "syntax", ["1.2.4.50", "1.2.4.51", "1.2.4.70", "1.2.4.80", "1.2.4.90", "1.2.5"]
)
def test_damaged_frames_cost_an_answer_and_nothing_else(samples, tmp_path, readers, syntax):
    path = samples / f"syntax/ct_1.2.840.10008.{syntax}.dcm"
    whole = path.read_bytes()
    layout = limited.read_facts(path).pixel_layout or {}
    [[[start, length]]] = layout["frames"]
    chance = random.Random(syntax)  # noqa: S311 - damage, not secrets
    for turn in range(12):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 40)):
            damaged[start + chance.randrange(length)] = chance.randrange(256)
        (tmp_path / f"{turn}").write_bytes(damaged)

        assert outcome(limited.draw, tmp_path / f"{turn}") in {"MADE", "PICTOGRAM", "crashed"}

    assert limited.draw(path).kind == "MADE"


def test_what_decoders_print_does_not_reach_the_answers(samples, readers):
    noisy = samples / "encapsulation/CT0012.fragmented_no_bot_jpeg_baseline.51.dcm"

    assert limited.draw(noisy).kind == "MADE"
    assert limited.read_facts(samples / CT).series.modality == "CT"


def test_threads_share_a_few_children(samples, monkeypatch):
    own = limited.Readers(2)
    monkeypatch.setattr(limited, "_readers", own)
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        found = list(threads.map(limited.read_facts, [samples / CT] * 40))

    assert {facts.sop_uid for facts in found} == {found[0].sop_uid}
    assert 1 <= len(own.pids) <= 2
    own.end()


def test_a_child_outlives_the_thread_that_asked_first(samples, readers):
    thread = threading.Thread(target=limited.read_facts, args=[samples / CT])
    thread.start()
    thread.join()
    [pid] = readers.pids
    time.sleep(0.05)

    limited.read_facts(samples / CT)

    assert readers.pids == [pid]


def test_a_forked_process_starts_its_own_child(samples, readers):
    limited.read_facts(samples / CT)
    before = readers.pids
    pid = os.fork()
    if not pid:
        limited.read_facts(samples / CT)
        same = set(limited._readers.pids) & set(before)
        limited._readers.end()
        os._exit(1 if same else 0)
    _, status = os.waitpid(pid, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert limited.read_facts(samples / CT).series.modality == "CT"
    assert readers.pids == before


def test_a_child_has_served_enough_after_many_questions(samples, readers, monkeypatch):
    monkeypatch.setattr("studies.limited_process.REQUESTS_A_LIFE", 10)

    found = limited.read_many([samples / CT] * 25)

    assert all(isinstance(facts, InstanceFacts) for facts in found)


def test_a_caller_that_was_interrupted_leaves_no_wrong_answers_behind(samples, readers):
    def interrupted() -> None:
        with readers.one() as asked:
            asked.send({"do": "facts", "path": str(samples / CT)})
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert limited.read_facts(samples / "pydicom/MR_small.dcm").series.modality == "MR"


def test_the_child_may_write_no_file_and_leave_no_core(child):
    limits = Path(f"/proc/{child.pid}/limits")
    child.send({"do": "facts", "path": "/nowhere"})
    child.receive()

    told = {line[:26].strip(): line[26:].split()[:2] for line in limits.read_text().splitlines()}
    assert told["Max file size"] == ["0", "0"]
    assert told["Max core file size"] == ["0", "0"]
    assert told["Max address space"][0].isdigit()
    assert told["Max cpu time"][0].isdigit()
    assert psutil.Process(child.pid).nice() >= limited_child.CHILD_NICENESS


def test_the_child_knows_nothing_of_the_parents_environment(child, monkeypatch):
    child.send({"do": "facts", "path": "/nowhere"})
    child.receive()

    assert "SECRET_KEY" not in psutil.Process(child.pid).environ()
    assert "DATABASE_URL" not in psutil.Process(child.pid).environ()


def test_the_child_loads_no_django(samples, child):
    child.send({"do": "draw", "path": str(samples / CT), "order": {}})
    child.receive()

    loaded = Path(f"/proc/{child.pid}/maps").read_text()
    assert "psycopg2" not in loaded


def test_the_child_ends_when_the_pipe_closes(child):
    process = psutil.Process(child.pid)
    child._questions.close()

    assert process.wait(timeout=10) == 0


def test_a_dead_child_is_told_and_not_waited_for(child):
    os.kill(child.pid, signal.SIGKILL)
    child._process.wait()

    def ask() -> None:
        child.send({"do": "facts", "path": "/nowhere"})
        child.receive()

    with pytest.raises(Broken):
        ask()
