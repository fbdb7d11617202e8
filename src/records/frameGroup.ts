/**
 * Checks the data of many frames with one call of the native checksum: for a record of a kilobyte the call alone costs
 * twice what its bytes do. Each stored checksum is replaced, in place, by four bytes that bring the running checksum back
 * to where it began, provided that it was right:
 *
 *   frame          | length 8 | checksum 4 | data ... | checksum 4 |  next frame
 *   running CRC   -1          L           -1          D           -1
 *   stored                     mask(~L)                mask(~D)
 *   in its place               ~L ^ toStart            ~D ^ toStart
 *
 * The checksum over all of them is then that of no bytes, 0. A record whose checksum is wrong leaves the running one wrong,
 * and nothing after it mends that, for each step of a CRC can be undone: damage in one record is found as surely as by its
 * own checksum. Damage in several would have to cancel out, for which chance has one in 2^32, as with every checksum.
 *
 * Nothing but checksums is written to, which are not looked at again; where a group is not right, they are put back.
 */
import { crc32c, maskCrc, unmaskCrc } from './crc32c.ts'
import { footerBytes, headerBytes, readUint32, writeUint32 } from './framing.ts'

/** Bytes of a group, about: its data is still in the processor's cache when it is used. */
const groupBytes = 1 << 16

/** A record of more bytes is checked by itself: to it a call is little. */
const longestGrouped = 1 << 14

/** The four bytes whose checksum is 0: they turn the running checksum of no bytes into itself. */
const toStart = 0x9be09bab

/** Frames that were checked together. */
export interface FrameGroup {
  /** Where they end; where they begin if the first one is not for a group. */
  readonly end: number
  /** Whether all data is right. */
  readonly right: boolean
}

/**
 * Checks the frames from `at` on that are whole before `end`, not longer than `longest`, and whose headers are right.
 */
export function checkGroup(window: Uint8Array, at: number, end: number, longest: number): FrameGroup {
  const most = Math.min(longest, longestGrouped)
  const stop = Math.min(end, at + groupBytes)
  let [knownLength, knownCrc] = [-1, 0]
  let next = at
  while (next + headerBytes <= stop) {
    const length = readUint32(window, next)
    const footer = next + headerBytes + length
    if (length > most || footer + footerBytes > end || readUint32(window, next + 4) !== 0) break
    const stored = readUint32(window, next + 8)
    // Records mostly are as long as the one before.
    if (length !== knownLength || stored !== knownCrc) {
      if (stored !== maskCrc(crc32c(window, next, next + 8))) break
      knownLength = length
      knownCrc = stored
    }
    replace(window, next + 8, stored)
    replace(window, footer, readUint32(window, footer))
    next = footer + footerBytes
  }
  if (crc32c(window, at, next) === 0) return { end: next, right: true }
  for (let frame = at; frame < next;) {
    const footer = frame + headerBytes + readUint32(window, frame)
    putBack(window, frame + 8)
    putBack(window, footer)
    frame = footer + footerBytes
  }
  return { end: next, right: false }
}

function replace(window: Uint8Array, at: number, stored: number): void {
  writeUint32(window, at, unmaskCrc(stored) ^ toStart)
}

function putBack(window: Uint8Array, at: number): void {
  writeUint32(window, at, maskCrc(readUint32(window, at) ^ toStart))
}
