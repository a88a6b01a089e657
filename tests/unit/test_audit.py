"""What is made of pip-audit's answers."""

import importlib.util
from pathlib import Path

PATH = Path(__file__).parents[2] / "scripts/audit.py"
spec = importlib.util.spec_from_file_location("audit", PATH)
audit = importlib.util.module_from_spec(spec)
spec.loader.exec_module(audit)

CLEAN = {"name": "idna", "version": "3.20", "vulns": []}
UNKNOWN = {"name": "baogong", "skip_reason": "not found"}
MENDED = {"name": "h11", "version": "0.14", "vulns": [{"id": "GHSA-1", "fix_versions": ["0.16"]}]}
OPEN = {"name": "old", "version": "1", "vulns": [{"id": "GHSA-2", "fix_versions": []}]}


def test_nobody_answering_is_said_and_not_called_clean():
    for answer in ([], [UNKNOWN, UNKNOWN]):
        code, text = audit.verdict(answer)
        assert code == audit.NOT_ASKED
        assert "not asked" in text


def test_a_vulnerability_with_a_newer_version_fails():
    code, text = audit.verdict([CLEAN, MENDED, UNKNOWN])
    assert code == 1
    assert "h11 0.14: GHSA-1, mended in 0.16" in text
    assert "2 packages asked about, 1 unknown" in text


def test_one_that_nobody_can_mend_yet_is_told_only():
    code, text = audit.verdict([CLEAN, OPEN])
    assert code == 0
    assert "GHSA-2" in text


def test_all_is_well():
    assert audit.verdict([CLEAN]) == (0, "1 packages asked about")
