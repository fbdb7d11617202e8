"""Writes image.json: what tf.image makes of small images.

Run with tensorflow-cpu 2.21 in a virtual environment outside the repository:

    python test/golden/image.py

An image is named by dtype, shape, kind and seed, and made by the same generator here and in `image.test.ts`; a result is
its dtype, shape and bytes in base64, or the class of the error.
"""

import base64
import json
import os
import pathlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
import tensorflow as tf

DRAWS = {
    "uint8": lambda s: s >> 24,
    "int8": lambda s: (s >> 24) - 128,
    "uint16": lambda s: s >> 16,
    "int16": lambda s: (s >> 16) - 32768,
    "int32": lambda s: s - 2**31,
    "uint32": lambda s: s,
    "float32": lambda s: (s >> 8) / 2**24,
    "float64": lambda s: (s >> 8) / 2**24,
}
LARGEST = {"uint8": 255, "float32": 1.0}


def image(dtype, shape, kind="noise", seed=1):
    """noise; constant, all one value; gray, the channels of a pixel alike; extremes, 0 and the largest value."""
    state, values = seed, []
    for _ in range(int(np.prod(shape))):
        state = (state * 1664525 + 1013904223) % 2**32
        values.append(state)
    if kind == "constant":
        values = [values[0]] * len(values)
    if kind == "gray":
        values = [values[i - i % shape[-1]] for i in range(len(values))]
    drawn = [DRAWS[dtype](s) for s in values]
    if kind == "extremes":
        drawn = [LARGEST[dtype] if s >= 2**31 else 0 for s in values]
    return tf.constant(np.array(drawn, dtype=dtype).reshape(shape))


cases = []


def case(op, fn, of, *args):
    """`of`: dtype, shape, and where they are not the default kind and seed."""
    entry = {"op": op, "image": of, "args": list(args)}
    try:
        result = fn(image(*of), *args).numpy()
        entry["result"] = [str(result.dtype), list(result.shape), base64.b64encode(result.tobytes()).decode()]
    except (tf.errors.OpError, ValueError) as error:
        entry["error"] = type(error).__name__
    cases.append(entry)


METHODS = ["bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic"]


def resize(x, size, method, antialias, preserve):
    return tf.image.resize(x, size, method=method, antialias=antialias, preserve_aspect_ratio=preserve)


def resizing():
    for method in METHODS:
        for shape, size in (
            ([7, 9, 3], [3, 4]),  # down
            ([5, 4, 3], [11, 9]),  # up
            ([6, 6, 1], [3, 12]),  # whole ratios, down and up
            ([1, 1, 3], [2, 3]),
            ([5, 7, 2], [1, 1]),
            ([3, 5, 4], [3, 5]),  # the same
            ([2, 5, 6, 3], [4, 4]),  # a batch
        ):
            for dtype in ("uint8", "float32"):
                case("resize", resize, [dtype, shape], size, method, False, False)
        for shape, size in (([9, 13, 3], [4, 5]), ([4, 3, 1], [9, 7]), ([23, 17, 1], [3, 2])):
            case("resize", resize, ["uint8", shape], size, method, True, False)
        case("resize", resize, ["float32", [9, 13, 3]], [4, 5], method, True, False)
        case("resize", resize, ["uint8", [5, 6, 3], "constant"], [7, 3], method, False, False)
        for size in ([8, 8], [3, 20], [1, 4]):
            case("resize", resize, ["uint8", [9, 6, 1]], size, method, False, True)
    for dtype in ("int8", "uint16", "int16", "int32", "float64"):
        for method in ("bilinear", "nearest", "bicubic", "area", "gaussian"):
            case("resize", resize, [dtype, [4, 5, 1]], [3, 7], method, False, False)
    for width in (31, 32, 33):
        case("resize", resize, ["uint8", [2, width, 3]], [3, 13], "bilinear", False, False)
    case("resize", resize, ["uint8", [100, 1, 1]], [1, 3], "bilinear", False, True)
    case("resize", resize, ["uint8", [4, 4, 1]], [0, 3], "bilinear", False, False)
    case("resize", resize, ["uint8", [0, 4, 1]], [2, 3], "bilinear", False, False)

    def with_pad(x, height, width, method, antialias):
        return tf.image.resize_with_pad(x, height, width, method=method, antialias=antialias)

    for shape, height, width in (([6, 4, 3], 5, 7), ([3, 8, 3], 5, 5), ([5, 5, 1], 8, 3), ([2, 4, 5, 1], 3, 9), ([4, 4, 1], 0, 3)):
        for method in ("bilinear", "nearest", "area"):
            case("resizeWithPad", with_pad, ["uint8", shape], height, width, method, False)
    case("resizeWithPad", with_pad, ["float32", [6, 4, 3]], 4, 3, "bicubic", True)


def cutting():
    for dtype in ("uint8", "float32"):
        for shape in ([5, 6, 3], [4, 7, 1], [2, 4, 3, 3]):
            for height, width in ((3, 3), (8, 9), (2, 10), (9, 4), (4, 6), (5, 5)):
                case("resizeWithCropOrPad", tf.image.resize_with_crop_or_pad, [dtype, shape], height, width)
            for fraction in (1.0, 0.5, 0.33, 0.875, 0.01):
                case("centralCrop", tf.image.central_crop, [dtype, shape], fraction)
            for box in ((0, 0, 4, 3), (1, 0, 2, 3), (2, 2, 2, 1)):
                case("cropToBoundingBox", tf.image.crop_to_bounding_box, [dtype, shape], *box)
            for box in ((0, 0, 5, 7), (1, 2, 9, 9), (3, 0, 8, 7)):
                case("padToBoundingBox", tf.image.pad_to_bounding_box, [dtype, shape], *box)
    for box in ((-1, 0, 2, 2), (0, 0, 0, 2), (3, 0, 3, 2), (0, 5, 2, 2)):
        case("cropToBoundingBox", tf.image.crop_to_bounding_box, ["uint8", [5, 6, 1]], *box)
    for box in ((-1, 0, 9, 9), (0, 0, 4, 6), (1, 1, 6, 6)):
        case("padToBoundingBox", tf.image.pad_to_bounding_box, ["uint8", [5, 6, 1]], *box)
    for fraction in (0.0, 1.5, -1.0):
        case("centralCrop", tf.image.central_crop, ["uint8", [5, 6, 1]], fraction)

    def crop_and_resize(x, boxes, indices, size, method, extrapolation):
        return tf.image.crop_and_resize(x, boxes, indices, size, method=method, extrapolation_value=extrapolation)

    boxes = [
        [0.0, 0.0, 1.0, 1.0],
        [0.2, 0.3, 0.7, 0.9],
        [-0.3, 0.1, 0.8, 1.4],
        [0.9, 0.8, 0.1, 0.2],
        [0.5, 0.5, 0.5, 0.5],
        [1.2, 1.2, 1.5, 1.5],
    ]
    for dtype in ("uint8", "float32"):
        for method in ("bilinear", "nearest"):
            for size in ([3, 4], [1, 1], [7, 1], [9, 8]):
                case("cropAndResize", crop_and_resize, [dtype, [2, 5, 6, 3]], boxes, [0, 1, 0, 1, 0, 1], size, method, 0.5)
    case("cropAndResize", crop_and_resize, ["uint8", [1, 5, 6, 1]], [[0, 0, 1, 1]], [1], [2, 2], "bilinear", 0)
    case("cropAndResize", crop_and_resize, ["uint8", [1, 1, 1, 1]], [[0, 0, 1, 1]], [0], [2, 2], "bilinear", 0)


def turning():
    for of in (["uint8", [4, 5, 3]], ["float32", [3, 6, 1]], ["int32", [2, 3, 4, 2]], ["uint8", [2, 7, 5, 3]]):
        case("flipLeftRight", tf.image.flip_left_right, of)
        case("flipUpDown", tf.image.flip_up_down, of)
        case("transpose", tf.image.transpose, of)
        for k in (0, 1, 2, 3, 5, -1):
            case("rot90", tf.image.rot90, of, k)


COLOURS = (
    ["uint8", [5, 6, 3]],
    ["float32", [4, 5, 3]],
    ["uint8", [2, 3, 4, 3], "noise", 7],
    ["float32", [2, 3, 4, 3], "noise", 7],
    ["uint8", [3, 4, 3], "gray"],
    ["float32", [3, 4, 3], "extremes"],
    ["uint8", [3, 4, 3], "extremes"],
    ["float32", [2, 2, 3], "constant"],
)


def colouring():
    one = [["uint8", [4, 5, 1]], ["float32", [3, 3, 4]], ["uint16", [3, 4, 3]], ["float64", [3, 4, 3]]]
    for of in (*COLOURS, *one, ["int8", [3, 4, 1]], ["int32", [3, 4, 1]]):
        for delta in (0.1, -0.3, 0.0):
            case("adjustBrightness", tf.image.adjust_brightness, of, delta)
        for factor in (0.5, 2.0, 1.0, -1.0, 0.0):
            case("adjustContrast", tf.image.adjust_contrast, of, factor)
        # Of a negative value a power may be none.
        for gamma, gain in () if of[0].startswith("int") else ((1, 1), (0.5, 1), (2.2, 0.8)):
            case("adjustGamma", tf.image.adjust_gamma, of, gamma, gain)
    for of in (*COLOURS, ["uint16", [3, 4, 3]], ["float64", [3, 4, 3]]):
        for delta in (0.0, 0.1, -0.25, 0.5, 1.0):
            case("adjustHue", tf.image.adjust_hue, of, delta)
        for factor in (0.0, 0.5, 1.0, 3.0, -1.0):
            case("adjustSaturation", tf.image.adjust_saturation, of, factor)
        case("rgbToGrayscale", tf.image.rgb_to_grayscale, of)
        if of[0].startswith("float"):
            case("rgbToHsv", tf.image.rgb_to_hsv, of)
            case("hsvToRgb", tf.image.hsv_to_rgb, of)
    for of in (["uint8", [3, 4, 1]], ["float32", [2, 3, 2, 1]]):
        case("grayscaleToRgb", tf.image.grayscale_to_rgb, of)
    case("adjustHue", tf.image.adjust_hue, ["uint8", [2, 2, 1]], 0.1)
    case("grayscaleToRgb", tf.image.grayscale_to_rgb, ["uint8", [2, 2, 3]])
    case("adjustGamma", tf.image.adjust_gamma, ["uint8", [2, 2, 3]], -1, 1)
    for of in (*COLOURS, ["uint8", [31, 9, 1]], ["int32", [3, 4, 1]], ["uint8", [1, 1, 1]], ["float64", [5, 4, 3]]):
        case("perImageStandardization", tf.image.per_image_standardization, of)


def converting():
    def convert(x, dtype, saturate):
        return tf.image.convert_image_dtype(x, dtype, saturate=saturate)

    dtypes = ("uint8", "uint16", "int8", "int16", "int32", "float32", "float64")
    for source in dtypes:
        for target in dtypes:
            case("convertImageDtype", convert, [source, [3, 4, 1]], target, False)
            if target not in ("float32", "float64"):
                case("convertImageDtype", convert, [source, [3, 4, 1]], target, True)

    def clip(x, low, high):
        return tf.clip_by_value(x, tf.cast(low, x.dtype), tf.cast(high, x.dtype))

    case("clip", clip, ["uint8", [3, 4, 1]], 50, 200)
    case("clip", clip, ["float32", [3, 4, 1]], 0.25, 0.5)
    case("clip", clip, ["int16", [2, 3, 2, 1]], -5, 5)

    def rescale(x, low, high):
        layer = tf.keras.layers.Rescaling((high - low) / 255, offset=low)
        return layer(x)

    for low, high in ((-1, 1), (0, 1), (2, 5)):
        case("rescale", rescale, ["uint8", [3, 4, 3]], low, high)

    def standard(x, mean, deviation):
        return (tf.cast(x, tf.float32) - tf.constant(mean, tf.float32)) / tf.constant(deviation, tf.float32)

    for dtype in ("uint8", "float32"):
        case("standardize", standard, [dtype, [3, 4, 3]], [0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
        case("standardize", standard, [dtype, [2, 3, 4, 3]], [3.0], [2.0])


def drawing():
    def draw(x, boxes, colors):
        return tf.image.draw_bounding_boxes(x, tf.constant(boxes, tf.float32), colors if colors is None else tf.constant(colors, tf.float32))

    inside = [[0.1, 0.2, 0.6, 0.9], [0.0, 0.0, 1.0, 1.0], [0.5, 0.5, 0.5, 0.5]]
    partly = [[-0.3, 0.2, 0.6, 1.4], [0.5, -0.5, 1.5, 0.5], [-1.0, -1.0, 2.0, 2.0]]
    outside = [[1.2, 0.1, 1.5, 0.5], [0.9, 0.1, 0.2, 0.5], [-0.5, -0.5, -0.2, -0.2]]
    colors = [[1.0, 0.0, 0.0, 1.0], [0.25, 0.5, 0.75, 0.5]]
    for depth in (1, 3, 4):
        for boxes in (inside, partly, outside):
            case("drawBoundingBoxes", draw, ["float32", [1, 9, 11, depth]], [boxes], None)
            case("drawBoundingBoxes", draw, ["float32", [1, 9, 11, depth]], [boxes], colors)
    case("drawBoundingBoxes", draw, ["float32", [2, 6, 5, 3]], [inside, partly], colors)
    case("drawBoundingBoxes", draw, ["float32", [1, 6, 5, 3]], [[[i / 20, i / 20, 1.0, 1.0] for i in range(12)]], None)
    case("drawBoundingBoxes", draw, ["float32", [1, 6, 5, 2]], [inside], None)


def main():
    for group in (resizing, cutting, turning, colouring, converting, drawing):
        group()
    text = "[\n" + ",\n".join(json.dumps(one, separators=(",", ":")) for one in cases) + "\n]\n"
    pathlib.Path(__file__).with_name("image.json").write_text(text)
    print(len(cases), "cases,", len(text), "characters")


main()
