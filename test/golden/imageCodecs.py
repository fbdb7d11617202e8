"""Writes imageCodecs.json: what TensorFlow decodes of small pictures, whole, odd and damaged.

Run with tensorflow-cpu 2.21 and Pillow in a virtual environment outside the repository:

    python test/golden/imageCodecs.py

A picture is drawn here and kept as base64 under its name. A case has the picture, the operation, its arguments, and what
comes out: shape and bytes in base64, or the name of TensorFlow's error. An error that crashes the process is left out.
"""

import base64
import io
import json
import os
import pathlib
import struct
import zlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np
import tensorflow as tf
from PIL import Image

random = np.random.default_rng(7)


def drawn(height, width, channels=3):
    """A ramp, a disc and some noise: edges, smooth parts and all values."""
    y, x = np.mgrid[0:height, 0:width]
    planes = [x * 255 / max(1, width - 1), y * 255 / max(1, height - 1), 255 - (x + y) * 255 / (width + height), 40 + x * 9 % 216]
    image = np.stack(planes[:channels], -1)
    image[(y - height / 2) ** 2 + (x - width / 2) ** 2 < (min(height, width) / 3) ** 2] = [230, 30, 90, 128][:channels]
    return np.clip(image + random.normal(0, 9, image.shape), 0, 255).astype(np.uint8)


def saved(image, form, mode=None, **options):
    picture = Image.fromarray(image.squeeze() if image.shape[-1] == 1 else image, None)
    if mode is not None:
        picture = picture.convert(mode)
    out = io.BytesIO()
    picture.save(out, form, **options)
    return out.getvalue()


def png(values, color, depth, palette=b"", transparency=b"", interlaced=False):
    """A PNG file as the format has it, for the kinds that Pillow does not write; one filter a row in turn."""
    height, width = values.shape[:2]
    rows = []
    for row in values:
        if depth == 16:
            rows.append(row.astype(">u2").tobytes())
        elif depth == 8:
            rows.append(row.astype(np.uint8).tobytes())
        else:
            bits = np.unpackbits(row.reshape(-1, 1).astype(np.uint8), axis=1)[:, 8 - depth :].reshape(-1)
            rows.append(np.packbits(bits).tobytes())
    raw = b"".join(b"\0" + row for row in rows)

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, int(interlaced))
    parts = [chunk(b"IHDR", head)]
    if palette:
        parts.append(chunk(b"PLTE", palette))
    if transparency:
        parts.append(chunk(b"tRNS", transparency))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def rotated(jpeg, orientation):
    """The JPEG with an EXIF orientation."""
    tiff = b"MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)
    exif = b"Exif\0\0" + tiff
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


def bmp(values, bits, top_down=False):
    """An uncompressed BMP of 8 (gray), 24 or 32 bits."""
    height, width, channels = values.shape
    rows = []
    for row in values if top_down else values[::-1]:
        pixels = row if channels == 1 else row[:, [2, 1, 0, 3][:channels]]
        line = pixels.astype(np.uint8).tobytes()
        rows.append(line + b"\0" * (-len(line) % 4))
    data = b"".join(rows)
    colors = b"".join(bytes([i, i, i, 0]) for i in range(256)) if bits == 8 else b""
    offset = 54 + len(colors)
    head = struct.pack("<2sIHHI", b"BM", offset + len(data), 0, 0, offset)
    info = struct.pack("<IiiHHIIiiII", 40, width, -height if top_down else height, 1, bits, 0, len(data), 0, 0, 0, 0)
    return head + info + colors + data


photo = drawn(19, 22)
gray = drawn(13, 9, 1)
wide = (drawn(11, 7, 4).astype(np.uint16) << 8) + drawn(11, 7, 4)
palette = bytes(range(0, 192, 4))
frames = [Image.fromarray(drawn(8, 10)) for _ in range(3)]
moving = io.BytesIO()
frames[0].save(moving, "GIF", save_all=True, append_images=frames[1:], duration=50)
jpeg = saved(photo, "JPEG", quality=85)

pictures = {
    "420.jpg": jpeg,
    "444.jpg": saved(photo, "JPEG", quality=95, subsampling=0),
    "422.jpg": saved(photo, "JPEG", quality=70, subsampling=1),
    "progressive.jpg": saved(photo, "JPEG", quality=80, progressive=True),
    "gray.jpg": saved(gray, "JPEG", quality=80),
    "cmyk.jpg": saved(photo, "JPEG", "CMYK", quality=90),
    "rotated.jpg": rotated(jpeg, 6),
    "one.jpg": saved(drawn(1, 1), "JPEG"),
    "restarts.jpg": saved(photo, "JPEG", quality=85, restart_marker_blocks=1),
    "trailing.jpg": jpeg + b"what follows",
    "rgb.png": saved(photo, "PNG"),
    "rgba.png": saved(drawn(6, 5, 4), "PNG"),
    "gray.png": saved(gray, "PNG"),
    "one.png": saved(drawn(1, 1), "PNG"),
    "grayAlpha.png": png(drawn(5, 6, 2), 4, 8),
    "rgb16.png": png(wide[..., :3], 2, 16),
    "rgba16.png": png(wide, 6, 16),
    "gray16.png": png(wide[..., :1], 0, 16),
    "grayAlpha16.png": png(wide[..., :2], 4, 16),
    "gray1.png": png(drawn(5, 11, 1) & 1, 0, 1),
    "gray2.png": png(drawn(5, 11, 1) & 3, 0, 2),
    "gray4.png": png(drawn(5, 11, 1) & 15, 0, 4),
    "palette8.png": png(drawn(5, 6, 1) % 64, 3, 8, palette * 4),
    "palette2.png": png(drawn(5, 6, 1) & 3, 3, 2, palette[:12]),
    "paletteAlpha.png": png(drawn(5, 6, 1) & 15, 3, 8, palette, bytes(range(0, 160, 10))),
    "rgbKeyed.png": png(drawn(4, 4) & 0xF0, 2, 8, b"", struct.pack(">HHH", 0xF0, 0x10, 0x50)),
    "still.gif": saved(photo, "GIF"),
    "moving.gif": moving.getvalue(),
    "rgb.bmp": bmp(drawn(5, 7), 24),
    "rgba.bmp": bmp(drawn(5, 7, 4), 32),
    "gray.bmp": bmp(drawn(5, 7, 1), 8),
    "down.bmp": bmp(drawn(4, 3), 24, True),
    "lossless.webp": saved(photo, "WEBP", lossless=True),
    "alpha.webp": saved(drawn(6, 5, 4), "WEBP", lossless=True),
}

cases = []


def run(picture, operation, content, function, **options):
    case = {"picture": picture, "operation": operation, "options": {key: value for key, value in options.items()}}
    if "dtype" in options:
        options["dtype"] = getattr(tf, options["dtype"])
    try:
        out = function(content, **options).numpy()
        case["shape"] = list(out.shape)
        case["dtype"] = out.dtype.name
        case["data"] = base64.b64encode(out.tobytes()).decode()
    except (tf.errors.OpError, ValueError) as error:
        case["error"] = type(error).__name__
    cases.append(case)


for name, content in pictures.items():
    if name.endswith(".jpg"):
        for ratio in (1, 2, 4, 8):
            for dct in ("INTEGER_FAST", "INTEGER_ACCURATE"):
                for channels in (0, 1, 3):
                    if ratio == 1 or (channels == 0 and dct == "INTEGER_FAST") or (channels == 3 and name == "420.jpg"):
                        run(name, "decodeJpeg", content, tf.io.decode_jpeg, channels=channels, ratio=ratio, dct_method=dct)
    if name.endswith(".png"):
        for channels in (0, 1, 3, 4):
            for dtype in ("uint8", "uint16"):
                run(name, "decodePng", content, tf.io.decode_png, channels=channels, dtype=dtype)
    for channels in (0, 1, 3, 4):
        for dtype in ("uint8", "uint16", "float32"):
            small = name in ("one.png", "rgba.png", "rgb16.png", "one.jpg", "moving.gif", "rgb.bmp", "alpha.webp")
            if dtype == "uint8" or (channels == 0 and small):
                run(name, "decodeImage", content, tf.io.decode_image, channels=channels, dtype=dtype)
    run(name, "decodeImage", content, tf.io.decode_image, channels=0, expand_animations=False)

for cut in list(range(0, len(jpeg), 37)) + [len(jpeg) - 2, len(jpeg) - 1]:
    run(f"420.jpg:{cut}", "decodeJpeg", jpeg[:cut], tf.io.decode_jpeg, channels=0, dct_method="INTEGER_FAST")
whole = pictures["rgb.png"]
for cut in list(range(0, len(whole), 97)) + [len(whole) - 12, len(whole) - 1]:
    run(f"rgb.png:{cut}", "decodePng", whole[:cut], tf.io.decode_png, channels=0)

# Encoded and decoded again; this picture is raw pixels.
pixels = photo.tobytes()
pictures["photo.raw"] = pixels
for quality in (0, 1, 30, 75, 95, 100):
    for dtype in ("uint8", "float32"):
        image = tf.image.convert_image_dtype(tf.constant(photo), getattr(tf, dtype))
        out = tf.image.adjust_jpeg_quality(image, quality).numpy()
        data = base64.b64encode(out.tobytes()).decode()
        options = {"quality": quality, "dtype": dtype}
        case = {"picture": "photo.raw", "operation": "adjustJpegQuality", "options": options}
        cases.append({**case, "shape": list(out.shape), "dtype": dtype, "data": data})

encoded = {name: base64.b64encode(content).decode() for name, content in pictures.items()}
path = pathlib.Path(__file__).with_name("imageCodecs.json")
lines = ",\n".join(json.dumps(case) for case in cases)
path.write_text('{"pictures": ' + json.dumps(encoded, indent=0) + ',\n"cases": [\n' + lines + "\n]}\n")
errors = [case for case in cases if "error" in case]
print(len(cases), "cases", len(errors), "errors")
for case in errors:
    print(case["picture"], case["operation"], case["options"], case["error"])
