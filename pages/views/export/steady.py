"""Archives that depend on their content only: the same document twice is the same bytes."""

from __future__ import annotations

import datetime
import io
import re
import zipfile

_TIME = re.compile(rb"(?<=>)\d{4}-\d\d-\d\dT[0-9:.]+Z(?=<)")


def archive(content: bytes, day: datetime.date) -> bytes:
    """Return a ZIP archive with every time stamp set to a day and the members in their order.

    Office formats put members in a meaningful order (``[Content_Types].xml`` first), so that order
    is kept.  An archive inside (the workbook behind a chart) is treated alike, and so are the times
    that the document itself tells.
    """
    kept = io.BytesIO()
    stamp = (max(day.year, 1980), day.month, day.day, 0, 0, 0)
    with (
        zipfile.ZipFile(io.BytesIO(content)) as given,
        zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as made,
    ):
        for item in given.infolist():
            data = given.read(item)
            if item.filename.endswith(".xlsx"):
                data = archive(data, day)
            if item.filename == "docProps/core.xml":
                data = _TIME.sub(f"{day.isoformat()}T00:00:00Z".encode(), data)
            info = zipfile.ZipInfo(item.filename, stamp)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            made.writestr(info, data)
    return kept.getvalue()
