import { open, type FileHandle } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { checkOptions } from '../../core/checks.ts'
import { fileError } from '../../core/errors.ts'
import { makeFolder } from '../../files/makeFolder.ts'
import type { NdArray } from '../../ndarray/ndarray.ts'
import { frameBytes, frameRecord } from '../../records/framing.ts'
import { encodePng } from './encodePng.ts'
import { encodeSummary, encodeVersion, type SummaryValue } from './event.ts'
import { histogramOf } from './histogram.ts'

/** Options of `EventWriter`. */
export interface EventWriterOptions {
  /** Seconds since 1970, asked for each event; the clock by default. */
  readonly wallTime?: () => number
  /** Ends the name of the file; the process's number by default. */
  readonly suffix?: string
}

/**
 * Writes an event file, which TensorBoard reads while it grows (`tf.summary.create_file_writer`): TFRecords of
 * tensorflow.Event. Unlike `TFRecordWriter` it appears at once and is added to; each `flush` writes whole records.
 *
 * @example
 * await using writer = await EventWriter.create('runs/mnist/logs')
 * writer.scalar('loss', 0.5, 100)
 * await writer.flush()
 */
export class EventWriter {
  /** The file. */
  readonly path: string
  readonly #file: FileHandle
  readonly #wallTime: () => number
  #pending: Uint8Array[] = []

  private constructor(path: string, file: FileHandle, wallTime: () => number) {
    this.path = path
    this.#file = file
    this.#wallTime = wallTime
    this.#add(encodeVersion(wallTime()))
  }

  /**
   * Begins a new file in a folder, which is made where it is missing.
   *
   * @throws the named error of the file system where it cannot be made
   */
  static async create(directory: string, options: EventWriterOptions = {}): Promise<EventWriter> {
    checkOptions('EventWriter', options, ['wallTime', 'suffix'])
    const { wallTime = clock, suffix = String(process.pid) } = options
    await makeFolder(directory)
    // A second file of the same second and process gets another name.
    for (let n = 0; ; n++) {
      const name = `events.out.tfevents.${Math.floor(wallTime())}.${hostname()}.${suffix}.${n}`
      const path = join(directory, name)
      try {
        return new EventWriter(path, await open(path, 'ax'), wallTime)
      } catch (error) {
        if ((error as { code?: unknown }).code !== 'EEXIST') throw fileError(error, path, 'cannot create')
      }
    }
  }

  /** Tells a number. */
  scalar(tag: string, value: number, step: number): void {
    this.#tell(step, { tag, scalar: value })
  }

  /** Tells how the values of an array are spread. */
  histogram(tag: string, values: ArrayLike<number>, step: number): void {
    this.#tell(step, { tag, histogram: histogramOf(values) })
  }

  /** Shows a picture: [height, width, 1, 3 or 4], uint8, or float from 0 to 1. */
  image(tag: string, picture: NdArray, step: number): void {
    this.#tell(step, { tag, image: encodePng(picture) })
  }

  /** Writes what was told. */
  async flush(): Promise<void> {
    const pending = Buffer.concat(this.#pending)
    this.#pending = []
    await this.#file.appendFile(pending).catch((error: unknown) => {
      throw fileError(error, this.path, 'cannot write')
    })
  }

  /** Writes what was told, and closes the file. */
  async close(): Promise<void> {
    try {
      await this.flush()
    } finally {
      await this.#file.close()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #tell(step: number, value: SummaryValue): void {
    this.#add(encodeSummary({ wallTime: this.#wallTime(), step }, [value]))
  }

  #add(record: Uint8Array): void {
    const frame = new Uint8Array(record.length + frameBytes)
    frameRecord(record, frame)
    this.#pending.push(frame)
  }
}

function clock(): number {
  return (performance.timeOrigin + performance.now()) / 1000
}
