import stat

from infra.settings import Settings
from services.wiring import house_at


def test_every_file_of_a_new_data_directory_is_its_owners_alone(tmp_path):
    with house_at(Settings(data=tmp_path / "var")):
        files = [path for path in (tmp_path / "var").rglob("*") if path.is_file()]
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in files}
    assert {"log.db", "read.db", "access.db", "directory.db", "secret"} <= modes.keys()
    assert {name: mode for name, mode in modes.items() if mode != 0o600} == {}
