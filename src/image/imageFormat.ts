/** Formats that are told by their first bytes. */
export type ImageFormat = 'avif' | 'bmp' | 'gif' | 'heif' | 'jpeg' | 'png' | 'tiff' | 'webp'

const signatures: readonly (readonly [ImageFormat, number, string])[] = [
  ['jpeg', 0, '\xff\xd8\xff'],
  ['png', 0, '\x89PNG\r\n\x1a\n'],
  ['gif', 0, 'GIF8'],
  ['bmp', 0, 'BM'],
  ['webp', 8, 'WEBP'],
  ['tiff', 0, 'II*\0'],
  ['tiff', 0, 'MM\0*'],
  ['tiff', 0, 'II+\0'],
  ['tiff', 0, 'MM\0+'],
  ['avif', 4, 'ftypavif'],
  ['avif', 4, 'ftypavis'],
  ['heif', 4, 'ftyp'],
]

/**
 * The format of a picture, told by its first bytes and never by its name.
 *
 * @returns undefined where the bytes begin as none of them
 */
export function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  return signatures.find(([, at, text]) => startsWith(bytes, at, text))?.[0]
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false
  return true
}
