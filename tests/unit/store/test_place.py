"""Where a database may be."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from turnover.errors import StoreError
from turnover.store.place import file_system, mounts, prepare_file, server_name, server_url

MOUNTS = r"""/dev/sda1 / ext4 rw 0 0
proc /proc proc rw 0 0
nas:/shows /mnt/shows nfs4 rw 0 0
nas:/my\040shows /mnt/my\040shows cifs rw 0 0
/dev/sdb1 /mnt/shows/local xfs rw 0 0
tmpfs /mnt/twice tmpfs rw 0 0
nas:/twice /mnt/twice nfs rw 0 0

short
""".splitlines()


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("/srv", "ext4"),
        ("/mnt/shows", "nfs4"),
        ("/mnt/shows/sq010/db", "nfs4"),
        ("/mnt/showsreel", "ext4"),
        ("/mnt/my shows/db", "cifs"),
        ("/mnt/shows/local/db", "xfs"),
        ("/mnt/twice", "nfs"),
    ],
)
@pytest.mark.platform("linux")
def test_file_system(folder: str, expected: str) -> None:
    """A folder is on what is mounted nearest above it, and last."""
    assert expected == file_system(Path(folder), MOUNTS)


def test_no_mounts() -> None:
    """Where nothing tells what is mounted, nothing is known."""
    assert file_system(Path("/srv"), []) is None


@pytest.mark.platform("linux")
def test_this_machine(tmp_path: Path) -> None:
    """On Linux the system tells of what every folder is on."""
    assert file_system(tmp_path, mounts())


@pytest.mark.platform("linux")
def test_network_file_system(tmp_path: Path) -> None:
    """A folder that other machines share is refused, with the way out, and nothing is made in it."""
    (tmp_path / "link").symlink_to(tmp_path / "data")
    (tmp_path / "data").mkdir()
    shared = [f"nas:/data {os.path.realpath(tmp_path)}/data nfs4 rw 0 0"]
    with pytest.raises(StoreError, match=r"network file system \(nfs4\).*TURNOVER_DATABASE"):
        prepare_file(tmp_path / "link" / "turnover.db", shared)
    assert list((tmp_path / "data").iterdir()) == []


@pytest.mark.platform("linux", "darwin")
def test_rights(tmp_path: Path) -> None:
    """A new file and a new folder are for their owner only; what is there keeps the rights it has."""
    prepare_file(tmp_path / "new" / "turnover.db", [])
    old = tmp_path / "old"
    old.mkdir(mode=0o755)
    (old / "turnover.db").touch(mode=0o640)
    prepare_file(old / "turnover.db", [])
    places = (tmp_path / "new", tmp_path / "new" / "turnover.db", old, old / "turnover.db")
    rights = [stat.S_IMODE(place.stat().st_mode) for place in places]
    assert rights == [0o700, 0o600, 0o755, 0o640]


@pytest.mark.parametrize("place", ["a file/turnover.db", "a folder", "x" * 300])
def test_no_place(tmp_path: Path, place: str) -> None:
    """Where no file can be, the reason and a way out are told."""
    (tmp_path / "a file").touch()
    (tmp_path / "a folder").mkdir()
    with pytest.raises(StoreError, match="TURNOVER_DATA"):
        prepare_file(tmp_path / place, [])


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_server(scheme: str) -> None:
    """Every usual spelling leads to psycopg, and what is shown of it says neither who nor with what password."""
    url = server_url(f"{scheme}://anna:s3cret@db.example:5433/shows?sslmode=require&password=s3cret")
    assert url.drivername == "postgresql+psycopg"
    assert (url.username, url.password, url.query["sslmode"]) == ("anna", "s3cret", "require")
    assert server_name(url) == "postgresql://db.example:5433/shows"


@pytest.mark.parametrize(
    "text", ["mysql://anna:s3cret@db/shows", "sqlite:///x.db", "://s3cret", "postgresql://a:s3cret@b:port/c"]
)
def test_no_server(text: str) -> None:
    """Another database, or what is no address, is refused without showing the password."""
    with pytest.raises(StoreError, match="postgresql://user@host/database") as raised:
        server_url(text)
    assert "s3cret" not in str(raised.value)
