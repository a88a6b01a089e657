"""How many of something, as English says it on the terminal."""


def counted(number: int, one: str, many: str = "") -> str:
    """1 door, 2 doors; 1 row is, 2 rows are."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"
