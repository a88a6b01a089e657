"""Reads the tables people bring: orders and rosters of households. It reads; it books nothing.

The way in, in the order it is walked:

- ``infra.tables``: ``open_tables(source, name="", password=None) -> list[Sheet]``; raises ``UnreadableFile(reason, text)``.
- ``domain.community.doors``: ``Roster(settings, rooms, villas)``, ``read_door(text, roster, *, add_doors=False) -> DoorRead``.
- ``.orders``: ``read_orders(sheets, roster, *, add_doors=False, sheet=None) -> OrderReading``;
  raises ``UnreadableTable(reason, text, row)``.
- ``.corrections``: ``corrections_csv(reading) -> bytes``, ``read_corrections(sheets) -> tuple[Correction, ...]``,
  ``apply_corrections(reading, corrections, roster, *, add_doors=False) -> OrderReading``.
- ``.households``: ``read_households(sheets) -> HouseholdReading`` (``.doors``, ``.rows``, ``.unclear``, ``.parts``),
  ``read_pattern(text) -> tuple[(building, room or None), ...]`` (raises ``UnreadablePattern(part, text)``),
  ``read_blocks(sheets) -> dict[block, entrances]``.
"""
