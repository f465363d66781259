"""Attached files: bytes on disk under their digest, outside the database."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
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
#: A file that was sent again within this time is kept: a command may be about to name it.
_IDLE_SECONDS: Final = 24 * 3600


class FileTypeError(InvalidError):
    """Files of this kind are not accepted."""

    code = "file_type"
    template = "Expected a file of a kind such as {known}, but got {actual}."


class FileTooLargeError(InvalidError):
    """The upload is larger than allowed."""

    code = "file_too_large"
    template = "Expected a file of at most {megabytes} MB, but it is larger."


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


class ReceivedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A stored upload with the name it came under."""

    name: str
    media_type: str
    size: int
    sha256: str


class StoredFile(msgspec.Struct, frozen=True, kw_only=True):
    """A stored upload."""

    sha256: str
    size: int


class Files:
    """Content-addressed files in a folder; the same content is kept once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextlib.contextmanager
    def received(self, name: str, stream: IO[bytes], limit: int) -> Iterator[ReceivedFile]:
        """Store an upload for a command, whose sender was found to have the right.

        If the command is refused, the bytes go again.

        Args:
            name: As `plain_name` leaves it.
            stream: The content.
            limit: Most bytes.

        Raises:
            FileTypeError, FileTooLargeError, FileEmptyError: Of the content.
            FolderUnwritableError: Disk full, read-only.
        """
        media_type = kind_of(name, stream)
        stored, inode = self._save(stream, limit)
        try:
            yield ReceivedFile(
                name=name, media_type=media_type, size=stored.size, sha256=stored.sha256
            )
        except BaseException:
            if inode is not None:
                self._take_away(stored.sha256, lambda file, _now: file.st_ino == inode)
            raise

    def save(self, stream: IO[bytes], limit: int) -> StoredFile:
        """Store an upload durably under its SHA-256.

        Raises:
            FileTooLargeError, FileEmptyError: Of the content.
            FolderUnwritableError: Disk full, read-only.
        """
        return self._save(stream, limit)[0]

    def _save(self, stream: IO[bytes], limit: int) -> tuple[StoredFile, int | None]:
        """The stored file, and its inode if this content was not there yet."""
        digest, size = hashlib.sha256(), 0
        incoming = self._folder / "incoming" / secrets.token_hex(16)
        try:
            incoming.parent.mkdir(parents=True, exist_ok=True)
            with incoming.open("xb") as target:
                while chunk := stream.read(_CHUNK):
                    size += len(chunk)
                    if size > limit:
                        raise FileTooLargeError(most=limit, megabytes=f"{limit / 2**20:g}")
                    digest.update(chunk)
                    target.write(chunk)
                target.flush()
                os.fsync(target.fileno())
            if size == 0:
                raise FileEmptyError
            final = self._path(digest.hexdigest())
            final.parent.mkdir(parents=True, exist_ok=True)
            inode = _place(incoming, final)
            _make_durable(final.parent)
        except OSError as exc:
            raise FolderUnwritableError(fact=exc.strerror or "it failed") from exc
        finally:
            with contextlib.suppress(OSError):
                incoming.unlink(missing_ok=True)
        return StoredFile(sha256=digest.hexdigest(), size=size), inode

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

    def remove_idle(self, sha256: str) -> None:
        """Throw a file away, unless it was sent again within a day by the disk's clock."""
        self._take_away(sha256, lambda file, now: file.st_mtime < now - _IDLE_SECONDS)

    def _take_away(self, sha256: str, is_meant: Callable[[os.stat_result, float], bool]) -> None:
        """Throw a file away if it is the one that is meant, judged by the disk's clock.

        It is taken aside first: between the look and the end somebody could send it again.
        """
        path, aside = self._path(sha256), self._folder / "incoming" / secrets.token_hex(16)
        with contextlib.suppress(OSError):
            aside.touch()
            now = aside.stat().st_mtime
            try:
                path.replace(aside)
            except OSError:
                aside.unlink()
                return
            if is_meant(aside.stat(), now):
                aside.unlink()
            else:
                aside.replace(path)

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256


def _place(incoming: Path, final: Path) -> int | None:
    """Put a file in its place; its inode if there was none, so that it may go again.

    A file that is there is replaced all the same: whoever put it there and takes it back sees
    by the inode that somebody else relies on it by now.
    """
    with contextlib.suppress(OSError):
        # Fails if it exists, and in folders without hard links.
        os.link(incoming, final)
        return final.stat().st_ino
    incoming.replace(final)
    return None


def _make_durable(folder: Path) -> None:
    """A new name outlives a power cut only once its folder, and the folder above, is on disk."""
    for each in (folder, folder.parent):
        descriptor = os.open(each, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
