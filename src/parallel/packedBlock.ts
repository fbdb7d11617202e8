import { isStructure, joinPath } from '../ndarray/element.ts'
import { liesInBuffer, planColumn, readColumn, type PackedColumn } from './columns.ts'
import { align, type Template } from './layout.ts'

/*
 * The elements of a block on their way to another thread: a small message that says what they look like, and one
 * buffer with their values, column after column.
 *
 *   message { count 3, template { x: 0, image: 1 }, columns [numbers at 0, arrays uint8 [28, 28] at 64] }
 *   buffer  | x0 x1 x2 .... | image0 | image1 | image2 |
 */

/** What the message says of a block. */
export interface PackedBlock {
  readonly count: number
  /** The form of every element, with the number of a column at each leaf. */
  readonly template: Template
  readonly columns: readonly PackedColumn[]
}

/** A block, and its buffer: none where all of it is in the message. */
export interface BlockInBuffer {
  readonly block: PackedBlock
  readonly buffer: SharedArrayBuffer | undefined
}

/** Memory to write a block into. */
export interface BlockMemory {
  /** A buffer that is written where it is large enough. */
  readonly buffer: SharedArrayBuffer | undefined
  /** Bytes at its start that are taken: NdArrays that lie in them stay where they are. */
  readonly taken?: number
  /** Bytes up to which it may be written; all by default. What does not fit goes to other memory, and all else with it. */
  readonly end?: number
}

/**
 * Packs elements, each value copied once: into the buffer given, or a new one that is a little larger than needed, for
 * blocks are seldom of one size.
 *
 * @param place names an element in errors
 * @throws InvalidArgumentError naming the part of an element that cannot travel, such as a function
 */
export function packBlock(
  elements: readonly unknown[],
  place: (row: number) => string,
  { buffer, taken = 0, end = buffer?.byteLength ?? 0 }: BlockMemory = { buffer: undefined },
): BlockInBuffer {
  const { template, columns, paths } = columnsOf(elements)
  const plan = (arena?: SharedArrayBuffer) =>
    columns.map((values, i) => planColumn(values, (row) => joinPlace(place(row), paths[i]), arena))
  const inPlace = taken > 0 ? buffer : undefined
  let plans = plan(inPlace)
  let start = align(taken)
  const bytesOf = () => plans.reduce((sum, { bytes }) => sum + align(bytes), start)
  if (inPlace !== undefined && bytesOf() > end) {
    plans = plan()
    start = 0
  }
  const bytes = bytesOf()
  // What is before `taken` may be what is to be copied, or another thread's.
  const mayWrite = buffer !== undefined && start >= taken && bytes <= end
  const target = bytes === 0 || mayWrite ? buffer : allocate(bytes, buffer)
  let offset = start
  const packed = plans.map((column) => {
    const at = offset
    offset += align(column.bytes)
    return column.write(target ?? nothing, at)
  })
  return { block: { count: elements.length, template, columns: packed }, buffer: bytes === 0 ? undefined : target }
}

const nothing = new SharedArrayBuffer(0)

function allocate(bytes: number, former: SharedArrayBuffer | undefined): SharedArrayBuffer {
  return new SharedArrayBuffer(former === undefined ? bytes : align(bytes * 1.25))
}

/** The elements of a block, each made when it is asked for. */
export class BlockReader {
  readonly count: number
  /** Whether elements lie over the buffer, which must not be written anew while they are in use. */
  readonly liesInBuffer: boolean
  readonly #template: Template
  readonly #columns: readonly ((row: number) => unknown)[]

  constructor({ count, template, columns }: PackedBlock, buffer: ArrayBufferLike = nothing) {
    this.count = count
    this.liesInBuffer = columns.some(liesInBuffer)
    this.#template = template
    this.#columns = columns.map((column) => readColumn(column, count, buffer))
  }

  /** The element of a row. */
  at(row: number): unknown {
    return this.#make(this.#template, row)
  }

  #make(template: Template, row: number): unknown {
    if (typeof template === 'number') return this.#columns[template](row)
    if (Array.isArray(template)) return template.map((part: Template) => this.#make(part, row))
    const element: Record<string, unknown> = {}
    for (const key of Object.keys(template)) {
      const value = this.#make((template as Readonly<Record<string, Template>>)[key], row)
      if (key === '__proto__')
        Object.defineProperty(element, key, { value, enumerable: true, writable: true, configurable: true })
      else element[key] = value
    }
    return element
  }
}

interface Columns {
  readonly template: Template
  readonly columns: readonly (readonly unknown[])[]
  /** Where each column lies in an element. */
  readonly paths: readonly string[]
}

/** The values of each leaf; one column of whole elements where they are not all of one form. */
function columnsOf(elements: readonly unknown[]): Columns {
  const paths: string[] = []
  const template = templateOf(elements[0], '', paths)
  if (typeof template === 'number') return { template, columns: [elements], paths }
  const columns: unknown[][] = paths.map(() => [])
  if (elements.every((element) => collect(template, element, columns))) return { template, columns, paths }
  return { template: 0, columns: [elements], paths: [''] }
}

function templateOf(part: unknown, path: string, paths: string[]): Template {
  if (!isStructure(part)) return paths.push(path) - 1
  if (Array.isArray(part)) return part.map((child, i) => templateOf(child, `${path}[${i}]`, paths))
  return Object.fromEntries(
    Object.entries(part).map(([key, child]) => [key, templateOf(child, joinPath(path, key), paths)]),
  )
}

function collect(template: Template, part: unknown, columns: readonly unknown[][]): boolean {
  if (typeof template === 'number') {
    if (isStructure(part)) return false
    columns[template].push(part)
    return true
  }
  if (!isStructure(part) || Array.isArray(template) !== Array.isArray(part)) return false
  const keys = Object.keys(template)
  const own = Object.keys(part)
  if (keys.length !== own.length) return false
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]
    if (own[i] !== key) return false
    const child = (template as Readonly<Record<string, Template>>)[key]
    if (!collect(child, (part as Readonly<Record<string, unknown>>)[key], columns)) return false
  }
  return true
}

function joinPlace(place: string, path: string): string {
  return path === '' || path.startsWith('[') ? place + path : `${place}.${path}`
}
