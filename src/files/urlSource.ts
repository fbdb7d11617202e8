import { fileURLToPath } from 'node:url'
import { NotFoundError, PermissionDeniedError, UnavailableError, messageOf } from '../core/errors.ts'
import { fileSource, type ByteSource } from './byteSource.ts'
import { streamSource } from './streamSource.ts'

/**
 * The bytes behind a URL of `file:`, `http:` or `https:`, as one stream. A reading that goes on elsewhere asks the server
 * for what begins there (a range), and where the server gives all, passes over the bytes before it.
 *
 * @throws (from open) NotFoundError for 404 and 410, PermissionDeniedError for 401 and 403, UnavailableError for every other
 *   failure
 */
export function urlSource(url: URL): ByteSource {
  return url.protocol === 'file:' ? fileSource(fileURLToPath(url)) : new UrlSource(url)
}

class UrlSource implements ByteSource {
  readonly file: string
  readonly #url: URL
  #controller = new AbortController()
  #body: ByteSource | undefined
  /** Where the body at hand goes on. */
  #at = 0
  #ranges = false
  #cancelled = false
  /** The last read that was asked for; it never rejects. */
  #reading: Promise<unknown> = Promise.resolve()

  constructor(url: URL) {
    this.file = url.href
    this.#url = url
  }

  get seekable(): boolean {
    return this.#ranges
  }

  async open(start = 0): Promise<number | undefined> {
    const response = await this.#request(start)
    const { headers, status } = response
    this.#ranges = status === 206 || headers.get('accept-ranges') === 'bytes'
    // The length of a compressed transfer is not that of the bytes.
    const length = headers.get('content-encoding') === null ? headers.get('content-length') : null
    return length === null ? undefined : Number(length) + (status === 206 ? start : 0)
  }

  /** One after the other: a server gives one body at a time, and each of two in turn would let go of the other's. */
  read(into: Uint8Array, at: number, length: number, offset: number): Promise<number> {
    const reading = this.#reading.then(() => this.#read(into, at, length, offset))
    this.#reading = reading.catch(() => undefined)
    return reading
  }

  async #read(into: Uint8Array, at: number, length: number, offset: number): Promise<number> {
    if (this.#ranges && offset !== this.#at) {
      await this.#letGo()
      await this.#request(offset)
    }
    const count = (await this.#body?.read(into, at, length, offset)) ?? 0
    this.#at += count
    return count
  }

  close(): Promise<void> {
    return this.#letGo()
  }

  cancel(): void {
    this.#cancelled = true
    this.#controller.abort()
  }

  async #request(start: number): Promise<Response> {
    this.#controller = new AbortController()
    if (this.#cancelled) this.#controller.abort()
    const response = await request(this.#url, start, this.#controller.signal)
    const stream = response.body
    this.#body = streamSource(() => stream ?? [], this.file)
    await this.#body.open(response.status === 206 ? 0 : start)
    this.#at = start
    return response
  }

  async #letGo(): Promise<void> {
    this.#controller.abort()
    // A body that was cut off says so once more when it is let go.
    await this.#body?.close().catch(() => undefined)
  }
}

async function request(url: URL, start: number, signal: AbortSignal): Promise<Response> {
  const file = url.href
  let response
  try {
    response = await fetch(url, { signal, headers: start === 0 ? {} : { range: `bytes=${start}-` } })
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
    throw new UnavailableError(`cannot open ${file}: ${messageOf(cause)}.`, { file, cause: error })
  }
  // A range that begins at the very end.
  if (response.status === 416) return new Response(null, { status: 206, headers: { 'content-length': '0' } })
  if (response.ok) return response
  await response.body?.cancel()
  throw statusError(response, file)
}

function statusError({ status, statusText }: Response, file: string): Error {
  const message = `cannot open ${file}: the server answered ${status} ${statusText}.`
  if (status === 404 || status === 410) return new NotFoundError(message, { file, hint: 'Check the address.' })
  if (status === 401 || status === 403) return new PermissionDeniedError(message, { file })
  return new UnavailableError(message, { file })
}
