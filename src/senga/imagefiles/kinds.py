"""What a file is that is no picture senga reads: told by its first bytes, so that a refusal can say the mend."""

import re
from pathlib import PurePosixPath

KINDS: tuple[tuple[bytes, str], ...] = (
    (rb"8BPS\0\x01", "a Photoshop document (PSD)"),
    (rb"8BPS\0\x02", "a large Photoshop document (PSB)"),
    (rb"....ftyp(heic|heix|hevc|heim|heis|mif1|msf1)", "a HEIF picture (.heic)"),
    (rb"....ftyp(avif|avis)", "an AVIF picture"),
    (rb"....ftyp(crx )", "a camera's raw file"),
    (rb"....ftyp", "a video"),
    (rb"\0\0\0\x0cJXL |\xff\x0a", "a JPEG XL picture"),
    (rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (rb"\xff\xd8\xff\xf7", "a JPEG-LS picture"),
    (rb"II\xbc", "a JPEG XR picture"),
    (rb"(II|MM)(RO|RS|U\0|\0U)|FUJIFILMCCD-RAW|\0MRM", "a camera's raw file"),
    (rb"%PDF", "a PDF file"),
    (rb"%!PS|\xc5\xd0\xd3\xc6", "a PostScript file (EPS)"),
    (rb"gimp xcf", "a document of GIMP (.xcf)"),
    (rb"CSFCHUNK", "a document of Clip Studio Paint (.clip)"),
    (rb"SAI-CANVAS", "a document of PaintTool SAI (.sai2)"),
    (rb"mdipack", "a document of FireAlpaca or MediBang (.mdp)"),
    (rb"PDN3", "a document of paint.NET (.pdn)"),
    (rb"\0\xffKA", "a document of Affinity (.afphoto, .afdesign)"),
    (rb"PK\x03\x04.{26}(Document\.archive|[0-9A-F-]{36}/|QuickLook/)", "a document of Procreate (.procreate)"),
    (rb"SQLite format 3", "a database, as Clip Studio Paint's and others' files are"),
    (rb"PK\x03\x04.{26}mimetypeimage/openraster", "an OpenRaster document (.ora)"),
    (rb"PK\x03\x04.{26}mimetypeapplication/x-krita", "a Krita document (.kra)"),
    (rb"PK\x03\x04", "a ZIP archive"),
    (rb"Rar!", "a RAR archive"),
    (rb"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (rb"v/1\x01", "an OpenEXR picture"),
    (rb"#\?(RADIANCE|RGBE)", "a Radiance picture (.hdr)"),
    (rb"DDS ", "a DDS texture"),
    (rb"\0\0[\x01\x02]\0[^\0]\0", "an icon (.ico, .cur)"),
    (rb"icns", "an icon (.icns)"),
    (rb"qoif", "a QOI picture"),
    (rb"P[1-7fF][\s#]", "a Netpbm picture (.pbm, .pgm, .ppm)"),
    (rb"\x0a[\0-\x05]\x01[\x01\x02\x04\x08]", "a PCX picture"),
    (rb"\x01\xda[\0\x01][\x01\x02]", "an SGI picture"),
    (rb"SIMPLE  =", "a FITS picture"),
    (rb"AT&TFORM", "a DjVu document"),
    (rb"RIFF....(AVI |WAVE)", "a video or a sound"),
    (rb"\x1a\x45\xdf\xa3", "a video"),
    (rb"\xd7\xcd\xc6\x9a|\x01\0\0\0.{36} EMF", "a Windows metafile (.wmf, .emf)"),
    (rb"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)?(<!DOCTYPE svg[^>]*>\s*)?<svg", "an SVG drawing"),
    (rb"\s*(<!doctype html|<html)", "a web page, as sites send it in the place of a picture"),
    (rb"version https://git-lfs", "a pointer to a file in git LFS, not the file"),
)
"""First bytes, as patterns, and what they are of; the first that fits tells it."""

ENDINGS = {".sai": "a document of PaintTool SAI (.sai)", ".lip": "a document of Clip Studio Paint (.lip)"}
ENDINGS |= {".procreate": "a document of Procreate (.procreate)"}
"""What has no mark of its own at its beginning, by its name."""

_SEEN = 4096


def kind_of(content: bytes, file: str = "") -> str:
    """What a file is, in a person's words with its article; "" if nobody knows. `file`: its name."""
    if named := ENDINGS.get(PurePosixPath(file).suffix.lower()):
        return named
    head = content[:_SEEN]
    for pattern, name in KINDS:
        if re.match(pattern, head, re.DOTALL | (re.IGNORECASE if "page" in name else 0)):
            return name
    if head and not any(head):
        return "a file of zeros, as broken downloads and disks leave it"
    return _text(head)


def _text(head: bytes) -> str:
    """A text, with how it begins: a link that a checkout wrote as a file, the answer of a site."""
    text = head.decode(errors="ignore")
    if len(text.encode()) < len(head) - 3 or not all(c.isprintable() or c in "\t\r\n\ufeff" for c in text):
        return ""
    start = " ".join(text.strip("\ufeff").split())[:40]
    return f"a text, '{start}'" if start else ""
