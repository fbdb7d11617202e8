/** The code of padding: no character. */
export const padding = 0
/** Begins every line, so that the first character has something to be told from. */
export const lineStart = 1
/** Ends every line. */
export const lineEnd = 2
/** Any character that is not printable ASCII. */
const other = 3
const firstPrintable = 32
const lastPrintable = 126

/** How many codes there are. */
export const codeCount = 4 + lastPrintable - firstPrintable + 1

/** The codes of a line of text, its start and end among them. */
export function encodeLine(line: string): number[] {
  const codes = Array.from(line, (character) => {
    const point = character.codePointAt(0) ?? 0
    return point >= firstPrintable && point <= lastPrintable ? 4 + point - firstPrintable : other
  })
  return [lineStart, ...codes, lineEnd]
}

/** The text of codes. */
export function decodeCodes(codes: readonly number[]): string {
  return codes.map((code) => (code > other ? String.fromCharCode(code - 4 + firstPrintable) : '')).join('')
}
