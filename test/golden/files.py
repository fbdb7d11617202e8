"""Writes files.json: what TensorFlow reads from small files of text, CSV and fixed-length records, at the edges.

Run with tensorflow-cpu 2.21 in a virtual environment outside the repository:

    python test/golden/files.py

A case has the bytes of the file (as latin1 text), the arguments, and what each pull gives: a value, or "error" for a pull
that fails. Floats that JSON cannot hold are text, and so are 64-bit integers.
"""

import json
import math
import os
import pathlib
import random
import tempfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import tensorflow as tf

PATH = os.path.join(tempfile.mkdtemp(), "file")

LINES = [
    b"", b"a", b"a\n", b"a\nb", b"\n", b"\n\n", b"\n\na", b"a\r\nb\r\n", b"a\rb\n", b"a\r", b"\r", b"\r\r", b"a\r\r\n",
    b"a\r\n\r", b"a\n\rb", b"\r\n", b"\xef\xbb\xbfa\nb", b"a\0b\n", "\u00e9\n\u4e2d\U0001f600\r\n".encode(), b" a \n\tb",
]

REQUIRED = {"int32": tf.int32, "int64": tf.int64, "float32": tf.float32, "float64": tf.float64, "string": tf.string}

INTS = ["int32", "int32"]
TEXTS = ["string", "string"]
FLOATS = ["float32", "float64"]
DEFAULTS = [["int32", 5], ["int32", 6]]

CSV = [
    (b"1,2\n3,4", INTS, {}), (b"1,2\r\n3,4\r\n", INTS, {}), (b"1,2\r3,4\r", INTS, {}), (b"1,2\n\n3,4\n", INTS, {}),
    (b"1,2\n\r\n3,4\n", DEFAULTS, {}), (b"\n\na\n\nb\n", ["string"], {}), (b"\n\na\n\nb\n", [["string", "x"]], {}),
    (b"", ["string"], {}), (b"", TEXTS, {}), (b"\n", TEXTS, {}), (b"a,", [["string", "q"], ["string", "w"]], {}),
    (b'"a","b""c"\n"x\ny","z"\n', TEXTS, {}), (b'"a\r\nb",c\n', TEXTS, {}), (b'"a\rb",c\n', TEXTS, {}),
    (b'"""",""""""\n', TEXTS, {}), (b'"a,b","c"', TEXTS, {}), (b'a,"b"\r', TEXTS, {}), (b"a,b\r", TEXTS, {}),
    (b'a"b,c\nd,e\n', TEXTS, {}), (b'a,b"\nd,e\n', TEXTS, {}), (b'a, "b"\nd,e\n', TEXTS, {}),
    (b'"a"b,c\nd,e\n', TEXTS, {}), (b'"a,c\n', TEXTS, {}), (b'a,b\n"', TEXTS, {}), (b'a,b\n",', TEXTS, {}),
    (b'a"b,"c"\n', TEXTS, {"use_quote_delim": False}), (b'"a,b"\n', TEXTS, {"use_quote_delim": False}),
    (b" 1,2 \n", INTS, {}), (b'" 1 ",\t2\t\n', INTS, {}), (b" ,1\n", DEFAULTS, {}), (b"+1,-2\n", INTS, {}),
    (b"1.0,2\n", INTS, {}), (b"0x10,2\n", INTS, {}), (b"1e3,2\n", INTS, {}), (b"-,2\n", INTS, {}), (b"--1,2\n", INTS, {}),
    (b"1 2,2\n", INTS, {}), (b"2147483647,2147483648\n", INTS, {}), (b"-2147483648,-2147483649\n", INTS, {}),
    (b"-2147483648,2147483647\n", INTS, {}), (b"00012,-0\n", INTS, {}),
    (b"9223372036854775807,-9223372036854775808\n9223372036854775808,1\n", ["int64", "int64"], {}),
    (b"9007199254740993,+007\n", ["int64", "int64"], {}), (b"99999999999999999999,1\n", ["int64", "int64"], {}),
    (b"inf,nan\n-inf,+inf\nInfinity,NaN\nINF,nAn\n-nan,infinity\n", FLOATS, {}), (b"1e400,1e-400\n1e39,3\n", FLOATS, {}),
    (b".5,5.\n-0,+0.0\n1E5,1e+05\n", FLOATS, {}), (b"0x1p3,0x10\n", FLOATS, {}), (b"1_0,2\n", FLOATS, {}),
    (b"1e,2\n", FLOATS, {}), (b"1f,2\n", FLOATS, {}), (b".,2\n", FLOATS, {}), (b"-,2\n", FLOATS, {}), (b"1d5,1\n", FLOATS, {}),
    (b"1.2.3,1\n", FLOATS, {}), (b"16777217,0.1\n3.4028236e38,1e-46\n", FLOATS, {}),
    (b",2\n1,\n,\n", DEFAULTS, {}), (b"1,\n2,3\n", INTS, {}), (b'"",\n', [["string", "d"], ["string", "e"]], {}),
    (b'"",x\n', TEXTS, {}), (b"NA,1\n", DEFAULTS, {"na_value": "NA"}), (b'"NA",1\n', DEFAULTS, {"na_value": "NA"}),
    (b",1\n", DEFAULTS, {"na_value": "NA"}), (b"NA,1\nNAN,2\n", [["string", "q"], ["int32", 6]], {"na_value": "NA"}),
    (b"1,2,3\n4,5\n", INTS, {}), (b"1\n2,3\n", INTS, {}), (b"1,2,\n", INTS, {}),
    (b"1,2,3\n", INTS, {"select_cols": [0, 2]}), (b"1,x,3\n", INTS, {"select_cols": [0, 2]}),
    (b"1,2\n3,4,5\n", INTS, {"select_cols": [0, 2]}), (b"1,2,3,4\n", INTS, {"select_cols": [0, 2]}),
    (b'1,a"b,5\n3,4,6', INTS, {"select_cols": [0, 2]}), (b'1,"a\n,""b",5\n3,4,6', INTS, {"select_cols": [0, 2]}),
    (b"a,b\n1,2\n", INTS, {"header": True}), (b'h1,"h\n2"\n1,2\n', INTS, {"header": True}), (b"a\n", ["string"], {"header": True}),
    (b"", ["string"], {"header": True}), (b"a;b,c\n", TEXTS, {"field_delim": ";"}), (b"1\t2\n", INTS, {"field_delim": "\t"}),
    (b"1 2\n", INTS, {"field_delim": " "}), (b"\xef\xbb\xbf1,2\n3,4\n", INTS, {}), ("\u00e9,\u4e2d\n".encode(), TEXTS, {}),
]

FIXED = [
    (b"", 2, 0, 0), (b"abcd", 2, 0, 0), (b"abcde", 2, 0, 0), (b"Habcd", 2, 1, 0), (b"HabcdF", 2, 1, 1), (b"H", 2, 1, 1),
    (b"HF", 2, 1, 1), (b"", 2, 1, 0), (b"abcF", 3, 0, 1), (b"abFFF", 2, 0, 3), (b"a", 1, 0, 0),
]


def plain(value):
    value = value.numpy()
    if isinstance(value, bytes):
        return value.decode()
    if value.dtype.kind == "f":
        value = float(value)
        return value if math.isfinite(value) and not (value == 0 and math.copysign(1, value) < 0) else str(value)
    return str(value) if value.dtype.itemsize == 8 else int(value)


def pulls(make, show):
    """What each pull gives, up to the end, or to an error that repeats for ever."""
    got = []
    try:
        iterator = iter(make())
    except tf.errors.OpError:
        return ["error"]
    while got[-4:] != ["error"] * 4:
        try:
            got.append(show(next(iterator)))
        except StopIteration:
            return got
        except tf.errors.OpError:
            got.append("error")
    return got


def write(content):
    with open(PATH, "wb") as file:
        file.write(content)


def lines(content):
    write(content)
    return {"bytes": content.decode("latin1"), "pulls": pulls(lambda: tf.data.TextLineDataset(PATH), plain)}


def csv(content, columns, options):
    write(content)
    defaults = [
        tf.constant([], REQUIRED[column]) if isinstance(column, str) else tf.constant([column[1]], REQUIRED[column[0]])
        for column in columns
    ]
    make = lambda: tf.data.experimental.CsvDataset(PATH, defaults, **options)
    got = pulls(make, lambda row: [plain(value) for value in row])
    return {"bytes": content.decode("latin1"), "columns": columns, "options": options, "pulls": got}


def fixed(content, record, header, footer):
    write(content)
    make = lambda: tf.data.FixedLengthRecordDataset(PATH, record, header_bytes=header, footer_bytes=footer)
    return {"bytes": content.decode("latin1"), "sizes": [record, header, footer], "pulls": pulls(make, plain)}


def numbers():
    """Many numbers in one file: of all lengths, with and without fractions and exponents."""
    random.seed(7)
    rows = []
    for _ in range(400):
        digits = "".join(random.choice("0123456789") for _ in range(random.randint(1, 21)))
        place = random.randint(0, len(digits))
        text = random.choice(["", "-", "+"]) + digits[:place] + random.choice(["", "."]) + digits[place:]
        if random.random() < 0.3:
            text += random.choice("eE") + str(random.randint(-45, 40))
        rows.append(text)
    return csv("".join(f"{text},{text}\n" for text in rows).encode(), FLOATS, {})


cases = {
    "lines": [lines(content) for content in LINES],
    "csv": [csv(*case) for case in CSV] + [numbers()],
    "fixed": [fixed(*case) for case in FIXED],
}
pathlib.Path(__file__).with_name("files.json").write_text(json.dumps(cases, indent=1, ensure_ascii=True) + "\n")
