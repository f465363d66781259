"""Attached files: bytes on disk under their digest, outside the database."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from pathlib import Path
from typing import IO

import msgspec

from engine.errors import InvalidError, NotFoundError, UnavailableError

_CHUNK = 256 * 1024


class FileTooLargeError(InvalidError):
    """The upload is larger than allowed."""

    code = "file_too_large"
    template = "Expected a file of at most {most} bytes, but it is larger."


class FileEmptyError(InvalidError):
    """The upload has no content."""

    code = "file_empty"
    template = "Expected a file with content, but it is empty."


class FileLostError(NotFoundError):
    """The bytes of an attachment are not in the data folder."""

    code = "file_missing"
    template = "Expected the content of the file in the data folder, but it is not there."


class FolderUnwritableError(UnavailableError):
    """The data folder cannot be written."""

    code = "folder_unwritable"
    template = "Expected the data folder to accept the file, but {fact}."


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """A stored upload."""

    sha256: str
    size: int


class Files:
    """Content-addressed files in a folder; the same content is kept once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, stream: IO[bytes], limit: int) -> StoredFile:
        """Store an upload durably under its SHA-256.

        Raises:
            FileTooLargeError, FileEmptyError: Of the content.
            FolderUnwritableError: Disk full, read-only.
        """
        digest, size = hashlib.sha256(), 0
        incoming = self._folder / "incoming" / secrets.token_hex(16)
        try:
            incoming.parent.mkdir(parents=True, exist_ok=True)
            with incoming.open("xb") as target:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    if size > limit:
                        raise FileTooLargeError(most=limit)
                    digest.update(chunk)
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            if size == 0:
                raise FileEmptyError
            final = self._path(digest.hexdigest())
            final.parent.mkdir(parents=True, exist_ok=True)
            incoming.replace(final)
            _make_durable(final.parent)
        except OSError as exc:
            raise FolderUnwritableError(fact=exc.strerror or "it failed") from exc
        finally:
            with contextlib.suppress(OSError):
                incoming.unlink(missing_ok=True)
        return StoredFile(sha256=digest.hexdigest(), size=size)

    def open(self, sha256: str) -> IO[bytes]:
        """Content of a stored file.

        Raises:
            FileLostError: It is not there.
        """
        try:
            return self._path(sha256).open("rb")
        except OSError as exc:
            raise FileLostError from exc

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256


def _make_durable(folder: Path) -> None:
    """A new name outlives a power cut only once its folder, and the folder above, is on disk."""
    for each in (folder, folder.parent):
        descriptor = os.open(each, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
