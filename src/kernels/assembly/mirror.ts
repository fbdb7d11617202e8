/*
 * Copies rows of pixels with the pixels of each row in the opposite order; `pixelBytes` is the length of a pixel. Pixels of
 * 1, 3 and 4 bytes go sixteen bytes at a time, others one by one.
 *
 * Reads up to 16 bytes before and past the input and writes up to 16 past the output: the caller leaves room.
 */
export function mirrorRows(input: usize, pixelBytes: usize, width: i32, rows: i32, output: usize): void {
  const rowBytes = pixelBytes * width
  for (let y = 0; y < rows; y++) {
    if (pixelBytes == 3) mirror3(input, rowBytes, output)
    else if (pixelBytes == 1) mirror1(input, rowBytes, output)
    else if (pixelBytes == 4) mirror4(input, rowBytes, output)
    else mirrorAny(input, rowBytes, pixelBytes, output)
    input += rowBytes
    output += rowBytes
  }
}

/** Five pixels a step, of the sixteen bytes that end where the step's pixels end. */
function mirror3(row: usize, bytes: usize, out: usize): void {
  let from = row + bytes - 16
  const end = out + bytes
  for (; out < end; out += 15) {
    const v = v128.load(from)
    v128.store(out, i8x16.shuffle(v, v, 13, 14, 15, 10, 11, 12, 7, 8, 9, 4, 5, 6, 1, 2, 3, 0))
    from -= 15
  }
}

function mirror1(row: usize, bytes: usize, out: usize): void {
  let from = row + bytes - 16
  const end = out + bytes
  for (; out < end; out += 16) {
    const v = v128.load(from)
    v128.store(out, i8x16.shuffle(v, v, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0))
    from -= 16
  }
}

function mirror4(row: usize, bytes: usize, out: usize): void {
  let from = row + bytes - 16
  const end = out + bytes
  for (; out < end; out += 16) {
    const v = v128.load(from)
    v128.store(out, i8x16.shuffle(v, v, 12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3))
    from -= 16
  }
}

/** A pixel's bytes go by sixteens; what is written too much is overwritten by the next pixel. */
function mirrorAny(row: usize, bytes: usize, pixelBytes: usize, out: usize): void {
  let from = row + bytes
  while (from > row) {
    from -= pixelBytes
    for (let i: usize = 0; i < pixelBytes; i += 16) v128.store(out + i, v128.load(from + i))
    out += pixelBytes
  }
}
