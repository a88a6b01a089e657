"""Asks for known vulnerabilities of what is installed, where somebody answers.

Ends with 0 when nothing is known, 1 for a vulnerability that a newer version mends, 75 when nobody could be asked.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

SERVICES: Final = ("pypi", "osv")
QUIET: Final = ("--format", "json", "--progress-spinner", "off", "--skip-editable", "--local", "--timeout", "10")
PATIENCE: Final = 240
"""Seconds."""
NOT_ASKED: Final = 75
BIN: Final = Path(sys.executable).parent


def dependencies_by(service: str) -> list[dict[str, Any]]:
    """Each installed package as pip-audit tells it; none where the service does not answer."""
    command = (BIN / "pip-audit", "--vulnerability-service", service, *QUIET)
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)
        told: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError, KeyError):
        return []
    return told


def verdict(dependencies: list[dict[str, Any]]) -> tuple[int, str]:
    """A package that the index does not know was not asked about; pip-audit itself would call that "none found"."""
    asked = [each for each in dependencies if "skip_reason" not in each]
    if not asked:
        return NOT_ASKED, "not asked: no service of vulnerabilities answers from here"
    found = [(each, known) for each in asked for known in each["vulns"]]
    lines = [
        f"{each['name']} {each['version']}: {known['id']}, mended in {', '.join(known['fix_versions']) or 'no version yet'}"
        for each, known in found
    ]
    unknown = len(dependencies) - len(asked)
    lines.append(f"{len(asked)} packages asked about" + (f", {unknown} unknown to the service" if unknown else ""))
    return int(any(known["fix_versions"] for _, known in found)), "\n".join(lines)


def main() -> int:
    code, text = NOT_ASKED, ""
    for service in SERVICES:
        code, text = verdict(dependencies_by(service))
        if code != NOT_ASKED:
            break
    print(text)
    return code


if __name__ == "__main__":
    sys.exit(main())
