/**
 * Baseline JPEGs with the kernels: the file is copied once into their memory, and its pixels stay there, where a kernel that
 * is called next reads them.
 */
import { placeAreas, roomBytes } from './kernelMemory.ts'
import { kernelModule } from './kernelModule.ts'

/** What a baseline JPEG with one scan says before it; offsets are those of tables in the file. */
export interface JpegScan {
  readonly width: number
  readonly height: number
  /** 1 or 3: brightness, or that and two differences of colour. */
  readonly components: number
  /** How many blocks of brightness one of colour stands for, across and down. */
  readonly across: 1 | 2
  readonly down: 1 | 2
  /** Of tables of 64 bytes, by number. */
  readonly quantizers: readonly (number | undefined)[]
  /** Of 16 numbers of codes and their symbols, by number: two of DC, then two of AC. */
  readonly codes: readonly (number | undefined)[]
  /** Numbers of the components' quantizers, two bits each. */
  readonly quantizerNumbers: number
  /** The same of their codes: the number of those of DC, and twice that of those of AC. */
  readonly pairNumbers: number
  /** Units between restarts; 0 for none. */
  readonly interval: number
  /** Where the coded bytes begin. */
  readonly start: number
}

/**
 * Decodes with the fast DCT, or the exact one, to the bits of libjpeg-turbo.
 *
 * @returns the pixels, in memory that the next call of a kernel writes anew; undefined where the kernels do not load or
 *   anything is out of the ordinary, which says nothing of what is wrong
 */
export function decodeBaseline(bytes: Uint8Array, scan: JpegScan, accurate: boolean): Uint8Array | undefined {
  const kernels = kernelModule()
  if (kernels === null) return undefined
  const { width, height, components, across, down } = scan
  const unitsAcross = Math.ceil(width / (8 * across))
  const luma = (unitsAcross * across * 8 + 16) * down * 16
  const colour = 2 * (unitsAcross * 8 + 16) * 16
  const scratch = 4 * (width + 128)
  const sizes = [width * height * components, luma + colour, scratch, bytes.length + unreadBytes]
  if (sizes.reduce((sum, size) => sum + size, bytes.length) > mostBytes) return undefined
  const places = placeAreas(kernels, bytes, sizes)
  if (places === undefined) return undefined
  const { input } = places
  const [output, planes, sums, turned] = places.others
  for (const [number, offset] of scan.quantizers.entries()) {
    if (offset !== undefined) kernels.jpegQuantizers(number, input + offset, accurate ? 1 : 0)
  }
  for (let i = 0; i < components; i++) {
    const pair = (scan.pairNumbers >> (2 * i)) & 3
    for (const isDc of [0, 1]) {
      const offset = scan.codes[isDc === 1 ? pair & 1 : 2 + (pair >> 1)]
      if (offset === undefined || kernels.jpegHuffman(pair, isDc, input + offset) === 0) return undefined
    }
  }
  const isWhole = kernels.jpegScan(
    input + scan.start,
    input + bytes.length,
    width,
    height,
    components,
    across,
    down,
    scan.quantizerNumbers,
    scan.pairNumbers,
    scan.interval,
    accurate ? 1 : 0,
    planes,
    sums,
    turned + unreadBytes + bytes.length,
    output,
  )
  return isWhole === 0 ? undefined : new Uint8Array(kernels.memory.buffer, output, sizes[0])
}

/** The most memory that a picture may take here, for that of the kernels never shrinks. */
const mostBytes = 64 * 2 ** 20

/** Bytes before the turned ones that damaged data may read. */
const unreadBytes = 8192 + roomBytes
