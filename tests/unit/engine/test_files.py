"""Attached files on disk: kept once, within limits, or refused without a trace."""

import hashlib
import io

import pytest

from engine.files import (
    FileEmptyError,
    FileLostError,
    Files,
    FileTooLargeError,
    FolderUnwritableError,
)


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "files"


def left(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_the_same_content_is_kept_once(folder):
    files, content = Files(folder), b"a plan" * 100_000
    first = files.save(io.BytesIO(content), 10**6)
    second = files.save(io.BytesIO(content), 10**6)
    assert first == second
    assert (first.sha256, first.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert left(folder) == [first.sha256]
    with files.open(first.sha256) as stored:
        assert stored.read() == content


def test_the_limit_is_the_last_size_allowed(folder):
    files = Files(folder)
    assert files.save(io.BytesIO(b"12345"), 5).size == 5
    with pytest.raises(FileTooLargeError) as refused:
        files.save(io.BytesIO(b"123456"), 5)
    assert refused.value.params == {"most": 5}
    with pytest.raises(FileEmptyError):
        files.save(io.BytesIO(b""), 5)
    assert len(left(folder)) == 1


def test_a_lost_file_is_told(folder):
    with pytest.raises(FileLostError):
        Files(folder).open("ab" * 32)


def test_a_folder_that_cannot_be_written_is_told(folder):
    """Permissions do not stop root; a file where the folder should be stops everybody."""
    folder.write_text("in the way")
    with pytest.raises(FolderUnwritableError):
        Files(folder).save(io.BytesIO(b"x"), 5)


def test_a_full_disk_leaves_nothing_half_done(folder):
    class Full(io.BytesIO):
        def read(self, size=-1):
            if self.tell():
                raise OSError(28, "No space left on device")
            return super().read(size)

    with pytest.raises(FolderUnwritableError, match="No space left"):
        Files(folder).save(Full(b"x" * 300_000), 10**6)
    assert left(folder) == []
