"""Attached files: bytes on disk under their digest, outside the database."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import IO, Final

import msgspec

from engine.errors import InvalidError, NotFoundError, UnavailableError

_CHUNK = 256 * 1024
#: Endings that may be attached, and the type they are served as: never what the caller claimed.
TYPES: Final[Mapping[str, str]] = {
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".txt": "text/plain; charset=utf-8",
    ".log": "text/plain; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".doc": "application/msword",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xls": "application/vnd.ms-excel",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".ppt": "application/vnd.ms-powerpoint",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".wps": "application/vnd.ms-works",
    ".et": "application/octet-stream",
    ".ofd": "application/ofd",
    ".zip": "application/zip",
    ".7z": "application/x-7z-compressed",
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".mp4": "video/mp4",
    ".eml": "application/octet-stream",
    ".msg": "application/octet-stream",
}
#: How the content of some types begins; a file that begins otherwise is not what it says.
_BEGINNINGS: Final[Mapping[str, tuple[bytes, ...]]] = {
    ".pdf": (b"%PDF-",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".gif": (b"GIF87a", b"GIF89a"),
    ".docx": (b"PK\x03\x04",),
    ".xlsx": (b"PK\x03\x04",),
    ".pptx": (b"PK\x03\x04",),
    ".zip": (b"PK\x03\x04", b"PK\x05\x06"),
}
_LONGEST: Final = 16


class FileTypeError(InvalidError):
    """Files of this kind are not accepted."""

    code = "file_type"
    template = "Expected a file of a kind such as {known}, but got {actual}."


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


def kind_of(name: str, stream: IO[bytes]) -> str:
    """Media type of an upload, by the ending of its name and not by what the sender claims.

    Raises:
        FileTypeError: Files of this kind are not accepted, or it is not what its name says.
    """
    ending = PurePosixPath(name).suffix.lower()
    beginning = stream.read(_LONGEST)
    stream.seek(0)
    if ending not in TYPES or not beginning.startswith(_BEGINNINGS.get(ending, (b"",))):
        raise FileTypeError(known=", ".join(TYPES), actual=ending or "no ending")
    return TYPES[ending].partition(";")[0]


def plain_name(name: str | None) -> str:
    """The last part of a file name, whatever system it comes from.

    Without what is not seen: line breaks end headers, and marks that turn the direction of
    writing let ``x\u202efdp.exe`` look like ``xexe.pdf``.
    """
    seen = "".join(sign for sign in name or "" if sign.isprintable())
    return PureWindowsPath(PurePosixPath(seen).name).name


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

    def remove(self, sha256: str) -> None:
        """Throw a file away; nothing happens if it is gone already."""
        with contextlib.suppress(OSError):
            self._path(sha256).unlink()

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
