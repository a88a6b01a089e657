"""How facts of earlier shapes are read as those of today."""

from typing import Any

from infra.event_mapper import upcast


@upcast("ScanSetAside", 1)
def scan_set_aside_2(fields: dict[str, Any]) -> dict[str, Any]:
    """Shape 2 knows more reasons; those of shape 1 are among them."""
    return fields


@upcast("ScanSetAside", 2)
def scan_set_aside_3(fields: dict[str, Any]) -> dict[str, Any]:
    """Shape 3 knows one reason more."""
    return fields


@upcast("ScanSetAside", 3)
def scan_set_aside_4(fields: dict[str, Any]) -> dict[str, Any]:
    """Shape 4 knows one reason more."""
    return fields


@upcast("ParcelReported", 1)
def parcel_reported_2(fields: dict[str, Any]) -> dict[str, Any]:
    """Shape 2 knows one problem more."""
    return fields


@upcast("RowsCorrected", 1)
def rows_corrected_2(fields: dict[str, Any]) -> dict[str, Any]:
    """Shape 2 can name another good; those of shape 1 keep the one that was read."""
    return fields
