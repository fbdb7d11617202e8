/**
 * How reading goes on after damage: where the next record begins. Three things are tried, from the surest on:
 *
 *   1. the length that the header states, or would with one byte of it changed back, where what follows confirms it
 *   2. every byte after the start of the damaged record, for a header whose checksum matches
 *   3. the end of the file
 *
 * A header is 12 bytes with a checksum of its own, so chance finds a false one in 4 billion bytes of zeros, and fewer of
 * others. Records that hold frames themselves (a TFRecord file in a record) may be taken apart, but only by 2.
 */
import { crc32c, maskCrc } from './crc32c.ts'
import type { FrameScanner } from './frameScanner.ts'
import { frameBytes, headerBytes, readUint32 } from './framing.ts'

/** A part of a file that was passed over because it is damaged. */
export interface SkippedSpan {
  readonly file: string
  /** Number of the damaged record, each span before it counted as one record. */
  readonly record: number
  readonly byteOffset: number
  readonly bytes: number
  /** What is wrong there: the message that `onError: 'throw'` would give. */
  readonly reason: string
}

/** The longest frame that is read on no more than a length in a damaged header. */
const probeBytes = 1 << 26

/**
 * Moves a scanner, which stands before a damaged frame, to the next frame or the end.
 *
 * @param more gives the scanner's window more bytes, at least so many where they are there; false at the end of the file
 */
export async function resync(frames: FrameScanner, more: (bytes: number) => Promise<boolean>): Promise<void> {
  /** Makes the window hold `bytes` from the frame's start; false where the file ends before. */
  const reach = async (bytes: number): Promise<boolean> => {
    while (frames.end - frames.at < bytes) {
      if (!(await more(bytes - (frames.end - frames.at)))) return false
    }
    return true
  }
  frames.record++
  if (await reach(headerBytes)) {
    for (const { length, checked } of likelyLengths(frames)) {
      const frame = length + frameBytes
      if (frame > Math.max(probeBytes, frames.end - frames.at) || !(await reach(frame))) continue
      if (await confirmed(frames, length, checked, reach)) {
        frames.at += frame
        return
      }
    }
  }
  for (let from = 1; ; from = 0) {
    const { at, end } = frames
    for (let p = at + from; p + headerBytes <= end; p++) {
      if (frames.headerAt(p) < 0) continue
      frames.at = p
      return
    }
    frames.at = Math.max(Math.min(at + from, end), end - headerBytes + 1)
    if (await reach(headerBytes)) continue
    frames.at = frames.end
    return
  }
}

/**
 * Whether a frame of this length is what was written: its data is, or a record or the end follows it. A length without a
 * checksum needs both: in a file of equal records many lengths end where a record begins, and any header is 8 bytes with
 * their checksum.
 */
async function confirmed(
  frames: FrameScanner,
  length: number,
  checked: boolean,
  reach: (bytes: number) => Promise<boolean>,
): Promise<boolean> {
  const dataEnd = frames.at + headerBytes + length
  const whole = readUint32(frames.window, dataEnd) === maskCrc(crc32c(frames.window, frames.at + headerBytes, dataEnd))
  if (whole === checked) return whole
  const next = length + frameBytes
  if (await reach(next + headerBytes)) return frames.headerAt(frames.at + next) >= 0
  return frames.end - frames.at === next
}

/** Lengths that the header may have stated, and whether its checksum is right for them. */
function likelyLengths({ window, at }: FrameScanner): { length: number; checked: boolean }[] {
  const header = window.slice(at, at + headerBytes)
  const stored = readUint32(header, 8)
  const lengths: { length: number; checked: boolean }[] = []
  const consider = (): void => {
    const checked = maskCrc(crc32c(header, 0, 8)) === stored
    if (readUint32(header, 4) === 0) lengths.push({ length: readUint32(header, 0), checked })
  }
  consider()
  if (lengths[0]?.checked) return lengths
  for (let i = 0; i < 8; i++) {
    const was = header[i]
    for (let byte = 0; byte < 256; byte++) {
      header[i] = byte
      if (byte !== was && maskCrc(crc32c(header, 0, 8)) === stored) consider()
    }
    header[i] = was
  }
  return lengths
}
