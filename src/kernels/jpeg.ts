/**
 * Baseline JPEGs with the kernels: the file is copied once into their memory, and its pixels stay there, where another
 * kernel reads them.
 */
import { placeAreas, roomBytes } from './kernelMemory.ts'
import { kernelModule, type KernelExports } from './kernelModule.ts'
import type { LinearSampling } from './linearSampling.ts'

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

/** A file, what it says before its scan, and whether the exact DCT is meant. */
export interface JpegSource {
  readonly bytes: Uint8Array
  readonly scan: JpegScan
  readonly accurate: boolean
}

/** Which rows of a picture become pixels, and where they lie. */
export interface WantedRows {
  /** The rows that are read afterwards; all by default. */
  readonly read?: LinearSampling
  /** How many rows there is memory for: all, or `ringRows`, where a row takes the place of the one as many before it. */
  readonly kept: number
}

/** As many rows hold those of a row of units, and the last before them. */
export const ringRows = 32

/** A picture that comes into the memory of the kernels by and by. */
export interface JpegRows {
  /** Where the pixels lie, and a mask of numbers of rows, as `KernelImage` has them. */
  readonly place: number
  readonly mask: number
  /** Places of other areas that were asked for. */
  readonly others: readonly number[]
  /** Decodes more, and says how many rows there are; or gives undefined where anything is out of the ordinary. */
  next(): number | undefined
  /** Decodes all that is left, and says whether nothing was out of the ordinary. */
  finish(): boolean
}

/**
 * Decodes with the fast DCT, or the exact one, to the bits of libjpeg-turbo.
 *
 * @returns the pixels, in memory that the next call of a kernel writes anew; undefined where the kernels do not load or
 *   anything is out of the ordinary, which says nothing of what is wrong
 */
export function decodeBaseline(source: JpegSource): Uint8Array | undefined {
  const kernels = kernelModule()
  if (kernels === null) return undefined
  const { width, height, components } = source.scan
  const rows = openJpeg(kernels, source, { kept: height }, [])
  if (rows?.finish() !== true) return undefined
  return new Uint8Array(kernels.memory.buffer, rows.place, width * height * components)
}

/**
 * Begins to decode. The memory of the kernels is taken until the last row is there.
 *
 * @param others bytes of other areas that are needed
 */
export function openJpeg(
  kernels: KernelExports,
  { bytes, scan, accurate }: JpegSource,
  { read, kept }: WantedRows,
  others: readonly number[],
): JpegRows | undefined {
  const { width, height, components, across, down } = scan
  const unitsAcross = Math.ceil(width / (8 * across))
  const planeRows = kernels.jpegPlaneRows.value
  const luma = (unitsAcross * across * 8 + 16) * down * planeRows
  const colour = 2 * (unitsAcross * 8 + 16) * planeRows
  const scratch = 4 * (width + 128)
  const sizes = [width * kept * components, luma + colour, scratch, bytes.length + unreadBytes, height, ...others]
  if (sizes.reduce((sum, size) => sum + size, bytes.length) > mostBytes) return undefined
  const places = placeAreas(kernels, bytes, sizes)
  if (places === undefined) return undefined
  const { input } = places
  const [pixels, planes, sums, turned, wanted, ...otherPlaces] = places.others
  if (read !== undefined) writeWanted(new Uint8Array(kernels.memory.buffer, wanted, height), read)
  for (const [number, offset] of scan.quantizers.entries()) {
    if (offset !== undefined) kernels.jpegQuantizers(number, input + offset, accurate ? 1 : 0)
  }
  for (let i = 0; i < components; i++) {
    const pair = (scan.pairNumbers >> (2 * i)) & 3
    const [dc, ac] = [scan.codes[pair & 1], scan.codes[2 + (pair >> 1)]]
    if (dc === undefined || ac === undefined || kernels.jpegHuffman(pair, input + dc, input + ac) === 0)
      return undefined
  }
  kernels.jpegOpen(
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
    read === undefined ? 0 : wanted,
    planes,
    sums,
    turned + unreadBytes + bytes.length,
  )
  const mask = kept < height ? kept - 1 : -1
  let there = 0
  const next = (): number | undefined => {
    there = kernels.jpegRows(pixels, mask)
    return there < 0 ? undefined : there
  }
  const finish = (): boolean => {
    while (there >= 0 && there < height) next()
    return there === height
  }
  return { place: pixels, mask, others: otherPlaces, next, finish }
}

/** Sets the rows that are read to 1, and others to 0. */
function writeWanted(wanted: Uint8Array, { lower, upper }: LinearSampling): void {
  wanted.fill(0)
  for (let i = 0; i < lower.length; i++) {
    wanted[lower[i]] = 1
    wanted[upper[i]] = 1
  }
}

/** The most memory that a picture may take here, for that of the kernels never shrinks. */
const mostBytes = 64 * 2 ** 20

/** Bytes before the turned ones that damaged data may read. */
const unreadBytes = 8192 + roomBytes
