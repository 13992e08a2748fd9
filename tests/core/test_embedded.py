"""The bundled server: what it does with a directory that it did not write."""

from pathlib import Path

import pytest

from app.core.embedded import MAJOR_VERSION, EmbeddedServer, bin_directory
from app.core.errors import ConfigurationError
from tests.command import failure_of, run_vric


def test_the_client_programs_are_there() -> None:
    for program in ("pg_dump", "pg_restore", "psql"):
        assert (bin_directory() / program).is_file()


def test_the_directory_of_another_version_is_left_alone(data_dir: Path) -> None:
    (data_dir / "postgres").mkdir()
    version = data_dir / "postgres" / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(
        ConfigurationError, match=f"PostgreSQL 17; this release brings {MAJOR_VERSION}"
    ):
        EmbeddedServer.start(data_dir)
    refusal = failure_of(run_vric("db", "check", cwd=data_dir, VRIC_DATA_DIR=str(data_dir)))
    assert "vric db backup" in refusal
    assert [file.name for file in (data_dir / "postgres").iterdir()] == ["PG_VERSION"]
