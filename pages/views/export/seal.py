"""The restore code: a scenario as a line of text that survives any office program.

The code stands in every exported file as plain text (in a picture, as a text block of the file), so
that it outlives being opened and saved again by Excel, WPS or LibreOffice, which drop hidden parts.
Reading a file looks for that line only: no document is parsed, so none can mislead a parser.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
import re
import zipfile
import zlib
from collections.abc import Mapping

from PIL import Image

import model
from model.sent_file import PACKINGS

MARK = "ZZTY1"
PICTURE_KEY = "scenario"
LONGEST, CONTENT = 20_000, 200_000
"""Characters of a code and of its content; a scenario has about two thousand."""

LARGEST_FILE, LARGEST_PART = 64 << 20, 32 << 20
_CODE = re.compile(rf"{MARK}\.([A-Za-z0-9_-]{{16,{LONGEST}}})\.([0-9a-f]{{8}})")
_PARTS = re.compile(
    r"(?:word/document|xl/sharedStrings|xl/worksheets/sheet\d+|ppt/notesSlides/notesSlide\d+"
    r"|ppt/slides/slide\d+|content)\.xml"
)
# Without "<" inside, or a part of 32 MB of "<" would take hours.
_TAG = re.compile(r"<[^<>]*>")


def code(parameters: Mapping[str, str]) -> str:
    """Return the restore code of a scenario given as the parameters of its link."""
    text = json.dumps(dict(parameters), ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    packed = zlib.compress(text.encode("ascii"), 9)
    body = base64.urlsafe_b64encode(packed).decode("ascii").rstrip("=")
    return f"{MARK}.{body}.{binascii.crc32(packed):08x}"


def fits(parameters: Mapping[str, str]) -> bool:
    """Return whether a code can hold these parameters."""
    content = json.dumps(dict(parameters), ensure_ascii=True)
    return len(content) <= CONTENT and len(code(parameters)) <= LONGEST


def decode(text: str) -> dict[str, str]:
    """Return the link parameters in the first restore code of a text.

    Raises
    ------
    ModelError
        ``no_code`` when the text holds none, ``damaged_code`` when it was cut or changed.
    """
    if not isinstance(text, str) or MARK not in text:
        raise model.ModelError("No scenario was found in this file.", code="no_code")
    found = _CODE.search(text)
    damaged = model.ModelError(
        "The restore code is incomplete or was changed.", code="damaged_code"
    )
    if not found:
        raise damaged
    body, check = found.groups()
    try:
        packed = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
        if f"{binascii.crc32(packed):08x}" != check:
            raise damaged
        unpacker = zlib.decompressobj()
        content = unpacker.decompress(packed, CONTENT)
        if unpacker.unconsumed_tail:
            raise damaged
        values = json.loads(content)
    except (ValueError, zlib.error, RecursionError) as error:
        raise damaged from error
    if not isinstance(values, dict) or not all(isinstance(v, str) for v in values.values()):
        raise damaged
    return values


def read(content: bytes) -> dict[str, str]:
    """Return the link parameters that an exported PNG, XLSX, PPTX or DOCX carries.

    Raises
    ------
    ModelError
        ``foreign_file`` for another kind of file, ``file_too_large``, ``no_code``,
        ``damaged_code``.
    """
    if len(content) > LARGEST_FILE:
        raise model.ModelError(
            f"The file has {len(content) >> 20} MiB; up to {LARGEST_FILE >> 20} are read.",
            code="file_too_large",
            given=len(content) >> 20,
            high=LARGEST_FILE >> 20,
        )
    if content.startswith(b"\x89PNG"):
        return decode(_picture_text(content))
    if zipfile.is_zipfile(io.BytesIO(content)):
        return decode(_office_text(content))
    raise model.ModelError("The file is neither PNG, XLSX, PPTX nor DOCX.", code="foreign_file")


def _picture_text(content: bytes) -> str:
    try:
        with Image.open(io.BytesIO(content), formats=("PNG",)) as picture:
            return str(picture.info.get(PICTURE_KEY, ""))
    except Exception as error:  # whatever the reader makes of a picture that is none, or a bomb
        raise model.ModelError("The picture cannot be read.", code="foreign_file") from error


def _office_text(content: bytes) -> str:
    texts = []
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            room = LARGEST_PART
            for item in archive.infolist():
                if not _PARTS.fullmatch(item.filename):
                    continue
                if item.compress_type not in PACKINGS:
                    raise zipfile.BadZipFile(item.filename)  # nothing of ours
                with archive.open(item) as part:
                    # What the directory says of a size is not to be believed.
                    data = part.read(room + 1)
                room -= len(data)
                if room < 0:
                    raise model.ModelError(
                        "The file unpacks to more than is read.",
                        code="file_too_large",
                        given=LARGEST_PART >> 20,
                        high=LARGEST_PART >> 20,
                    )
                texts.append(_TAG.sub("", data.decode("utf-8", errors="replace")))
    except model.ModelError:
        raise
    except Exception as error:  # a broken archive fails in a dozen ways, one for each packer
        raise model.ModelError("The file is damaged.", code="foreign_file") from error
    return "\n".join(texts)
