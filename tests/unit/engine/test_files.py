"""Attached files on disk: kept once, within limits, or refused without a trace."""

import hashlib
import io
import os

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


def refused(files, content, meanwhile=lambda: None):
    """Receive a file for a command that is refused."""

    def run():
        with files.received("a.txt", io.BytesIO(content), 99):
            meanwhile()
            raise LookupError

    with pytest.raises(LookupError):
        run()


def test_what_a_refused_command_brought_is_gone(folder):
    files = Files(folder)
    refused(files, b"new")
    assert left(folder) == []
    with files.received("a.txt", io.BytesIO(b"kept"), 99) as kept:
        assert (kept.name, kept.media_type, kept.size) == ("a.txt", "text/plain", 4)
    assert left(folder) == [kept.sha256]


def test_what_somebody_else_relies_on_stays(folder):
    """Whether it was there before, or came while the command was being refused."""
    files = Files(folder)
    before = files.save(io.BytesIO(b"before"), 99).sha256
    refused(files, b"before")
    refused(files, b"during", lambda: files.save(io.BytesIO(b"during"), 99))
    with files.open(before) as stored:
        assert stored.read() == b"before"
    with files.open(hashlib.sha256(b"during").hexdigest()) as stored:
        assert stored.read() == b"during"
    assert len(left(folder)) == 2


def test_folders_without_hard_links_will_do(folder, monkeypatch):
    def refuse(*_):
        raise PermissionError

    monkeypatch.setattr(os, "link", refuse)
    files = Files(folder)
    refused(files, b"x")
    stored = files.save(io.BytesIO(b"x"), 99)
    assert left(folder) == [stored.sha256]


def test_the_limit_is_the_last_size_allowed(folder):
    files = Files(folder)
    assert files.save(io.BytesIO(b"12345"), 5).size == 5
    with pytest.raises(FileTooLargeError) as refused:
        files.save(io.BytesIO(b"123456"), 5)
    assert refused.value.params["most"] == 5
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
