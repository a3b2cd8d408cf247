"""The tables: one YAML file per dialect, and a few that several dialects share."""


def read_table(name: str) -> str:
    """The text of the table `name`, without its ending. Raises `OSError` for one that does not exist."""
    file = f"{__file__.rpartition('__init__')[0]}{name}.yaml"
    with open(file, encoding="utf-8") as opened:  # noqa: PTH123  Loading `pathlib` takes as long as this does.
        return opened.read()
