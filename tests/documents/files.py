"""Files that residents send, honest and hostile ones, made on the spot."""

import io
import struct
import zipfile
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pillow_heif import from_pillow
from pypdf import PdfReader, PdfWriter

GPS = 0x8825
ORIENTATION = 0x0112
COMMENT = "Chez Alice, 12 rue des Tilleuls"
TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "heic": "image/heic"}


def upload(content, name, content_type=None):
    """An uploaded file, declared as its extension says unless told otherwise."""
    declared = TYPES.get(name.rpartition(".")[2].lower(), "") if content_type is None else content_type
    return SimpleUploadedFile(name, content, declared)


def pdf(pages=1, password=None, **metadata):
    writer = PdfWriter()
    for _page in range(pages):
        writer.add_blank_page(595, 842)
    if metadata:
        writer.add_metadata({f"/{key}": value for key, value in metadata.items()})
    if password is not None:
        writer.encrypt(user_password=password, owner_password="owner", algorithm="AES-128")
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def picture(mode="RGB", size=(60, 40)):
    """A red picture whose upper left quarter is blue."""
    image = Image.new("RGB", size, (200, 30, 30))
    image.paste((20, 20, 200), (0, 0, size[0] // 2, size[1] // 2))
    return image.convert(mode)


def exif(orientation=1):
    data = Image.Exif()
    data[ORIENTATION] = orientation
    data[0x010F] = "Telephone of Alice"
    data.get_ifd(GPS)[2] = (47.0, 28.0, 0.0)
    return data


def image(kind="JPEG", mode="RGB", size=(60, 40), **options):
    """The bytes of a picture in a format of Pillow, with EXIF, GPS and a comment where the format takes them."""
    if kind in ("JPEG", "WEBP", "PNG"):
        options.setdefault("exif", exif())
    if kind == "JPEG":
        options.setdefault("comment", COMMENT)
    written = io.BytesIO()
    picture(mode, size).save(written, kind, **options)
    return written.getvalue()


def heic(size=(64, 48)):
    written = io.BytesIO()
    heif = from_pillow(picture(size=size))
    heif.info["exif"] = exif().tobytes()
    heif.save(written, quality=80)
    return written.getvalue()


def archive(name="secret.txt"):
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as opened:
        opened.writestr(name, "something hidden")
    return written.getvalue()


def huge_png(width=30_000, height=30_000):
    """A PNG of some hundreds of kilobytes at most, that would take gigabytes once drawn."""

    def chunk(name, data):
        return struct.pack("!I", len(data)) + name + data + struct.pack("!I", zlib.crc32(name + data))

    packer = zlib.compressobj(9)
    # One bit a pixel: 900 megapixels of zeroes.
    line = b"\0" * (1 + (width + 7) // 8)
    lines = b"".join([packer.compress(line * 1000) for _block in range(height // 1000)]) + packer.flush()
    header = struct.pack("!IIBBBBB", width, height, 1, 0, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n"
    return start + chunk(b"IHDR", header) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


def huge_jpeg(side=30_000):
    """A small JPEG whose header says that it is huge."""
    content = bytearray(image(exif=b"", comment=""))
    start = content.index(b"\xff\xc0")
    content[start + 5 : start + 9] = struct.pack("!HH", side, side)
    return bytes(content)


def huge_webp():
    """A small WebP whose header says that it is as large as a WebP can be."""
    written = io.BytesIO()
    picture().save(written, "WEBP")
    content = bytearray(written.getvalue())
    start = content.index(b"\x9d\x01\x2a")
    content[start + 3 : start + 7] = struct.pack("<HH", 16_383, 16_383)
    return bytes(content)


def pdf_bomb(size=1 << 30):
    """A PDF of a megabyte whose table of contents takes a gigabyte once unpacked."""
    packer = zlib.compressobj(9)
    block = b"\0" * (1 << 20)
    packed = b"".join(packer.compress(block) for _block in range(size >> 20)) + packer.flush()
    start = (
        b"%PDF-1.5\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R>>endobj\n"
    )
    table = b"4 0 obj<</Type/XRef/Size %d/W[1 2 1]/Root 1 0 R/Filter/FlateDecode/Length %d>>stream\n"
    end = b"\nendstream endobj\nstartxref\n%d\n%%%%EOF" % len(start)
    return start + table % (size // 4, len(packed)) + packed + end


def animated(kind="WEBP"):
    written = io.BytesIO()
    frames = [picture(), picture().rotate(180)]
    frames[0].save(written, kind, save_all=True, append_images=frames[1:], duration=100)
    return written.getvalue()


def pages_of(content):
    return len(PdfReader(io.BytesIO(content)).pages)
