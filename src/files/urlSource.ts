import { fileURLToPath } from 'node:url'
import { NotFoundError, PermissionDeniedError, UnavailableError, messageOf } from '../core/errors.ts'
import { fileSource, passOver, type ByteSource } from './byteSource.ts'
import { streamSource } from './streamSource.ts'

/**
 * The bytes behind a URL of `file:`, `http:` or `https:`, as one stream. A reading that begins further on asks the server
 * for that part alone (a range), and passes over the bytes before it where the server gives all of them.
 *
 * @throws (from open) NotFoundError for 404 and 410, PermissionDeniedError for 401 and 403, UnavailableError for every other
 *   failure
 */
export function urlSource(url: URL): ByteSource {
  if (url.protocol === 'file:') return fileSource(fileURLToPath(url))
  const file = url.href
  const controller = new AbortController()
  let body: ByteSource | undefined
  return {
    file,
    seekable: false,
    async open(start = 0) {
      const response = await request(url, start, controller.signal)
      const stream = response.body
      body = streamSource(() => stream ?? [], file)
      await body.open()
      if (response.status !== 206) await passOver(body, start)
      // The length of a compressed transfer is not that of the bytes.
      const length = response.headers.get('content-length')
      const known = length !== null && response.headers.get('content-encoding') === null
      return known ? Number(length) + (response.status === 206 ? start : 0) : undefined
    },
    async read(into, at, length, offset) {
      return (await body?.read(into, at, length, offset)) ?? 0
    },
    async close() {
      controller.abort()
      // A body that was cut off says so once more when it is let go.
      await body?.close().catch(() => undefined)
    },
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
