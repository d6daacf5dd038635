"""The audit of the dependencies: it sees what it should, and it was done for the present pins."""

import json
import tomllib

import pytest

from tests import dependencies
from tests.dependencies import PINS, PROJECT, RECORD, against, digest

KNOWN = {
    "jinja2": [{"id": "GHSA-462w", "cve": "CVE-2019-10906", "v": "<2.10.1"}],
    "streamlit": [{"id": "GHSA-a", "cve": None, "v": ">=0.63.0,<0.81.0"}],
    "pillow": [{"id": "GHSA-b", "specs": ["<8.2", ">=9.0,<9.0.1"], "v": "<8.2,>=9.0,<9.0.1"}],
    "trac": [{"id": "GHSA-c", "v": "<0.9-stable"}],
}


@pytest.mark.parametrize(
    "pin, known, skipped",
    [
        (("jinja2", "2.10"), ["jinja2 2.10: GHSA-462w CVE-2019-10906"], []),
        (("jinja2", "2.10.1"), [], []),
        (("streamlit", "0.62.0"), [], []),
        (("streamlit", "0.80.0"), ["streamlit 0.80.0: GHSA-a"], []),
        (("pillow", "9.0.0"), ["pillow 9.0.0: GHSA-b"], []),
        (("trac", "0.8"), [], ["trac: GHSA-c"]),
        (("numpy", "1.0"), [], []),
    ],
)
def test_a_pin_is_told_when_an_advisory_concerns_its_version(pin, known, skipped):
    assert against(KNOWN, [pin]) == (1, known, skipped)


@pytest.mark.parametrize("content", [b"{}", b"[]", b"PK\x03\x04", json.dumps({"a": []}).encode()])
def test_what_knows_nothing_is_no_database(tmp_path, capsys, content):
    before = RECORD.read_bytes()
    copy = tmp_path / "copy.json"
    copy.write_bytes(content)
    assert dependencies.main([str(copy)]) == 2
    assert "is no database" in capsys.readouterr().out
    assert RECORD.read_bytes() == before


def test_the_present_pins_were_audited_and_nothing_is_known_against_them():
    record = tomllib.loads(RECORD.read_text("utf-8"))
    assert record["known_as_of"] <= record["date"]
    for pins in PINS:
        found = record[pins]
        assert (found["result"], found["not_looked_up"], found["known"]) == ("sound", 0, []), pins
        assert found["pins"] == digest(PROJECT / pins), (
            f"{pins} has changed since it was audited: python -m tests.dependencies"
        )
