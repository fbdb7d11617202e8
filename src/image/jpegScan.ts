import type { JpegScan } from '../kernels/jpeg.ts'

/*
 * The segments of a baseline JPEG that is decoded by the kernels; `jpegHeader.ts` has the layout of a file.
 *
 *   DQT   DB  tables of: precision and number (4 bits each), 64 bytes
 *   SOF0  C0  precision, height (2), width (2), components: each id, sampling across and down (4 bits each), quantizers
 *   DHT   C4  tables of: DC or AC and number (4 bits each), 16 numbers of codes, their symbols
 *   DRI   DD  units between restarts (2)
 *   SOS   DA  components: each id, DC and AC table (4 bits each); first and last coefficient, bits: 0, 63, 0
 *   APP0  E0  'JFIF\0'     APP14  EE  'Adobe', version (2), flags (2), flags (2), transform
 */

interface Component {
  readonly id: number
  readonly sampling: number
  readonly quantizer: number
}

interface Found {
  readonly quantizers: (number | undefined)[]
  readonly codes: (number | undefined)[]
  interval: number
  jfif: boolean
  /** What an Adobe segment says of colours. */
  transform: number | undefined
  frame: { readonly width: number; readonly height: number; readonly components: readonly Component[] } | undefined
}

/** What the kernels need to decode a JPEG; undefined where it is of a kind that they do not decode, or damaged. */
export function jpegScan(bytes: Uint8Array): JpegScan | undefined {
  const found: Found = {
    quantizers: [undefined, undefined, undefined, undefined],
    codes: [undefined, undefined, undefined, undefined],
    interval: 0,
    jfif: false,
    transform: undefined,
    frame: undefined,
  }
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) return undefined
    const marker = bytes[at + 1]
    const [start, end] = [at + 4, at + 2 + uint16(bytes, at + 2)]
    if (end < start || end > bytes.length) return undefined
    if (marker === 0xda) return scanOf(bytes, start, end, found)
    if (!readSegment(bytes, marker, start, end, found)) return undefined
    at = end
  }
  return undefined
}

/** Takes note of a segment; false where it is none that is known here. */
function readSegment(bytes: Uint8Array, marker: number, start: number, end: number, found: Found): boolean {
  if (marker === 0xdb) return readQuantizers(bytes, start, end, found)
  if (marker === 0xc4) return readCodes(bytes, start, end, found)
  if (marker === 0xc0) return readFrame(bytes, start, end, found)
  if (marker === 0xdd) found.interval = uint16(bytes, start)
  else if (marker === 0xe0) found.jfif ||= end - start >= 14 && hasText(bytes, start, 'JFIF\0')
  else if (marker === 0xee) {
    if (end - start >= 12 && hasText(bytes, start, 'Adobe')) found.transform = bytes[start + 11]
  } else return (marker > 0xe0 && marker <= 0xef) || marker === 0xfe
  return true
}

function readQuantizers(bytes: Uint8Array, start: number, end: number, { quantizers }: Found): boolean {
  for (let at = start; at < end; at += 65) {
    if (bytes[at] > 3 || at + 65 > end) return false
    quantizers[bytes[at]] = at + 1
  }
  return true
}

function readCodes(bytes: Uint8Array, start: number, end: number, { codes }: Found): boolean {
  let at = start
  while (at < end) {
    const number = bytes[at] & 15
    if (bytes[at] > 0x1f || number > 1 || at + 17 > end) return false
    codes[number + (bytes[at] >> 4) * 2] = at + 1
    let symbols = 0
    for (let i = 1; i <= 16; i++) symbols += bytes[at + i]
    at += 17 + symbols
  }
  return at === end
}

function readFrame(bytes: Uint8Array, start: number, end: number, found: Found): boolean {
  const count = bytes[start + 5]
  if (found.frame !== undefined || bytes[start] !== 8 || end - start !== 6 + 3 * count) return false
  const components = Array.from({ length: count }, (_, i) => {
    const at = start + 6 + 3 * i
    return { id: bytes[at], sampling: bytes[at + 1], quantizer: bytes[at + 2] }
  })
  found.frame = { height: uint16(bytes, start + 1), width: uint16(bytes, start + 3), components }
  return true
}

function scanOf(bytes: Uint8Array, start: number, end: number, found: Found): JpegScan | undefined {
  const { frame, quantizers, codes, interval } = found
  const count = bytes[start]
  if (frame === undefined || frame.components.length !== count || end - start !== 4 + 2 * count) return undefined
  if (frame.width === 0 || frame.height === 0) return undefined
  const last = start + 1 + 2 * count
  if (bytes[last] !== 0 || bytes[last + 1] !== 63 || bytes[last + 2] !== 0) return undefined
  const layout = layoutOf(found, frame.width, frame.components)
  if (layout === undefined) return undefined
  let [quantizerNumbers, pairNumbers] = [0, 0]
  for (const [i, { id, quantizer }] of frame.components.entries()) {
    const tables = bytes[start + 2 + 2 * i]
    const [dc, ac] = [tables >> 4, tables & 15]
    if (bytes[start + 1 + 2 * i] !== id || dc > 1 || ac > 1 || quantizer > 3) return undefined
    if (quantizers[quantizer] === undefined || codes[dc] === undefined || codes[2 + ac] === undefined) return undefined
    quantizerNumbers |= quantizer << (2 * i)
    pairNumbers |= (dc + 2 * ac) << (2 * i)
  }
  const { width, height } = frame
  const numbers = { quantizerNumbers, pairNumbers, interval, start: end }
  return { width, height, components: count, ...layout, quantizers, codes, ...numbers }
}

/** How colour is stored, where it is brightness and two differences, in full, or at half the size across or both ways. */
function layoutOf(
  { jfif, transform }: Found,
  width: number,
  components: readonly Component[],
): Pick<JpegScan, 'across' | 'down'> | undefined {
  const [luma, ...others] = components.map(({ sampling }) => sampling)
  if (components.length === 1) return luma === 0x11 ? { across: 1, down: 1 } : undefined
  if (components.length !== 3 || others.some((sampling) => sampling !== 0x11)) return undefined
  const isPlain = jfif || (transform === undefined ? components.every(({ id }, i) => id === i + 1) : transform === 1)
  if (!isPlain) return undefined
  if (luma === 0x11) return { across: 1, down: 1 }
  // Of fewer pixels libjpeg does not mix the differences.
  if (width <= 4) return undefined
  if (luma === 0x21) return { across: 2, down: 1 }
  return luma === 0x22 ? { across: 2, down: 2 } : undefined
}

function uint16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1]
}

function hasText(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false
  return true
}
