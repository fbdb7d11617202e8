/*
 * A JPEG file is a row of segments: FF, a marker, and, but for a few markers, two bytes of length (big-endian, themselves
 * included) and content. After a scan's header (SOS) come its coded bytes, in which FF is followed by 00 or by a restart
 * marker, until the next segment.
 *
 *   SOFn  C0..CF but C4, C8, CC   precision, height (2), width (2), number of components
 *   APP1  E1                      'Exif\0\0', then TIFF: its tag 0112 is the orientation
 *   SOS   DA                      scan       EOI  D9  end
 */

/** What the segments before the first scan say. */
export interface JpegHeader {
  readonly width: number
  readonly height: number
  /** 1 (gray), 3 (colour) or 4 (CMYK). */
  readonly components: number
  /** Bits a component. */
  readonly precision: number
  /** As EXIF has it: 1 is upright, 2 to 8 turned or mirrored. */
  readonly orientation: number
  /** Whether an Adobe segment says that CMYK is stored inverted. */
  readonly adobe: boolean
  /** Where the height is stored, two bytes before the width. */
  readonly sizeOffset: number
}

const startOfScan = 0xda
const endOfImage = 0xd9

/** Reads the header of a JPEG; undefined where there is no whole one. */
export function jpegHeader(bytes: Uint8Array): JpegHeader | undefined {
  let orientation = 1
  let adobe = false
  let frame: Omit<JpegHeader, 'orientation' | 'adobe'> | undefined
  for (let at = 2; at + 4 <= bytes.length;) {
    if (bytes[at] !== 0xff) {
      at++
      continue
    }
    const marker = bytes[at + 1]
    if (!hasLength(marker)) {
      at += marker === 0xff ? 1 : 2
      continue
    }
    const end = at + 2 + uint16(bytes, at + 2)
    if (marker === startOfScan) break
    if (end > bytes.length) return undefined
    if (isFrame(marker) && end - at >= 10) frame ??= frameAt(bytes, at + 4)
    else if (marker === 0xe1) orientation = exifOrientation(bytes.subarray(at + 4, end)) ?? orientation
    else if (marker === 0xee && text(bytes, at + 4, 5) === 'Adobe') adobe = true
    at = end
  }
  return frame && { ...frame, orientation, adobe }
}

/** Whether the bytes go on to the end marker; a decoder makes up what is missing of a file that was cut short. */
export function hasJpegEnd(bytes: Uint8Array): boolean {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  let inScan = false
  for (let at = 2; ;) {
    at = buffer.indexOf(0xff, at)
    if (at === -1 || at + 1 >= buffer.length) return false
    const marker = buffer[at + 1]
    if (marker === endOfImage) return true
    if (marker === 0xff) at++
    else if (!hasLength(marker)) at += 2
    else {
      inScan ||= marker === startOfScan
      // Before the first scan nothing but a segment can be meant; within one, a length may be damage as well.
      const length = at + 4 <= buffer.length ? uint16(buffer, at + 2) : 0
      if (length < 2 && !inScan) return false
      at += 2 + length
    }
  }
}

/** Whether a marker begins a segment with a length: all but the ends, restarts, fill bytes and escaped ones. */
function hasLength(marker: number): boolean {
  return marker >= 0xc0 && marker !== 0xff && !(marker >= 0xd0 && marker <= endOfImage)
}

function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}

function frameAt(bytes: Uint8Array, at: number): Omit<JpegHeader, 'orientation' | 'adobe'> {
  return {
    precision: bytes[at],
    height: uint16(bytes, at + 1),
    width: uint16(bytes, at + 3),
    components: bytes[at + 5],
    sizeOffset: at + 1,
  }
}

function exifOrientation(exif: Uint8Array): number | undefined {
  if (text(exif, 0, 6) !== 'Exif\0\0' || exif.length < 14) return undefined
  const view = new DataView(exif.buffer, exif.byteOffset + 6, exif.length - 6)
  const little = view.getUint16(0) === 0x4949
  const directory = view.getUint32(4, little)
  if (directory + 2 > view.byteLength) return undefined
  const count = view.getUint16(directory, little)
  for (let at = directory + 2; at < directory + 2 + 12 * count && at + 12 <= view.byteLength; at += 12) {
    if (view.getUint16(at, little) !== 0x0112) continue
    const value = view.getUint16(at + 8, little)
    return value >= 1 && value <= 8 ? value : undefined
  }
  return undefined
}

function uint16(bytes: Uint8Array, at: number): number {
  return (bytes[at] << 8) | bytes[at + 1]
}

function text(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length))
}
