"""Style, scripts and pictures: one digest over all of them, kept by browsers for ever.

What every page needs is sent as two files, ``app.css`` and ``app.js``: the parts in
``static/css`` and ``static/js`` one after the other. Everything else is sent as it lies there.
"""

from __future__ import annotations

import hashlib
from functools import cache
from mimetypes import guess_type
from pathlib import Path
from typing import Final

from flask import Flask, Response
from flask_compress import Compress
from werkzeug.exceptions import NotFound

STATIC: Final = Path(__file__).parent / "static"
#: File sent to its parts, in order.
BUNDLES: Final[dict[str, tuple[Path, str]]] = {
    "app.css": (STATIC / "css", "*.css"),
    "app.js": (STATIC / "js", "*.js"),
}
_FOREVER: Final = "public, max-age=31536000, immutable"
_TEXT: Final = ("text/css", "text/html", "text/javascript", "image/svg+xml", "application/json")


def register(app: Flask) -> None:
    """Serve the files and give templates ``asset('app.css')``."""
    digest = _digest()
    kept: dict[str, tuple[bytes, str]] = {}

    def asset(name: str) -> str:
        return f"/static/{digest}/{name}"

    def send(digest: str, name: str) -> Response:
        del digest  # any: a page from before an upgrade may still ask with an older one
        if name not in kept:
            kept[name] = _read(name)
        body, kind = kept[name]
        return Response(body, content_type=kind, headers={"Cache-Control": _FOREVER})

    app.add_url_rule("/static/<digest>/<path:name>", "assets.send", send)
    app.jinja_env.globals["asset"] = asset
    app.config.update(
        COMPRESS_MIMETYPES=list(_TEXT),
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_BR_LEVEL=4,
        COMPRESS_LEVEL=5,
        COMPRESS_MIN_SIZE=1000,
    )
    Compress(app)


@cache
def _listed() -> dict[str, Path]:
    """What may be sent, by name; a name is never joined to a path."""
    return {
        file.relative_to(STATIC).as_posix(): file
        for file in sorted(STATIC.rglob("*"))
        if file.is_file()
    }


def _read(name: str) -> tuple[bytes, str]:
    if name in BUNDLES:
        folder, pattern = BUNDLES[name]
        parts = sorted(folder.glob(pattern))
        body = b"\n".join(part.read_bytes() for part in parts)
    elif name in _listed():
        body = _listed()[name].read_bytes()
    else:
        raise NotFound
    kind = guess_type(name)[0] or "application/octet-stream"
    return body, f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _digest() -> str:
    total = hashlib.sha256()
    for name, file in _listed().items():
        total.update(name.encode())
        total.update(file.read_bytes())
    return total.hexdigest()[:12]
