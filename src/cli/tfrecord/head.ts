import { InvalidArgumentError } from '../../index.ts'
import { decodeExample, tfrecords, type DecodedFeature } from '../../tfrecord/index.ts'
import { printLine, type Terminal } from '../terminal.ts'
import type { HeadOptions } from './command.ts'
import { plain } from './info.ts'

/** Values and bytes of a feature that are shown. */
const shown = 8

/** Prints the first records of a file: the features of Examples, the bytes of others. */
export async function head(file: string, options: HeadOptions, terminal: Terminal): Promise<void> {
  await tfrecords(file)
    .take(options.records)
    .forEach((record, i) => {
      const features = featuresOf(record)
      if (options.json) {
        printLine(terminal, JSON.stringify(features === undefined ? { bytes: hex(record) } : jsonOf(features), plain))
        return
      }
      printLine(terminal, `record ${i}, ${record.length} bytes`)
      if (features === undefined) printLine(terminal, `  ${abbreviate(record)}`)
      for (const [name, feature] of Object.entries(features ?? {})) {
        printLine(terminal, `  ${name}: ${feature.kind} ${textOf(feature)}`)
      }
    })
}

type DecodedFeatures = Readonly<Record<string, DecodedFeature>>

function featuresOf(record: Uint8Array): DecodedFeatures | undefined {
  try {
    return decodeExample(record) as DecodedFeatures
  } catch (error) {
    if (error instanceof InvalidArgumentError) return undefined
    throw error
  }
}

/** Everything, byte strings as text where they are UTF-8 and in hex where they are not. */
function jsonOf(features: DecodedFeatures): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(features).map(([name, { kind, values }]) => [
      name,
      kind === 'bytes' ? values.map((value) => text(value) ?? { hex: hex(value) }) : [...values],
    ]),
  )
}

function textOf({ kind, values }: DecodedFeature): string {
  const parts: string[] =
    kind === 'bytes' ? values.slice(0, shown).map(bytesText) : Array.from(values.slice(0, shown), String)
  return `[${parts.join(', ')}${values.length > shown ? `, ... ${values.length} in all` : ''}]`
}

function bytesText(value: Uint8Array): string {
  const found = value.length <= 80 ? text(value) : undefined
  return found === undefined ? abbreviate(value) : JSON.stringify(found)
}

function abbreviate(bytes: Uint8Array): string {
  return bytes.length <= shown ? `<${hex(bytes)}>` : `<${hex(bytes.subarray(0, shown))}... ${bytes.length} bytes>`
}

/** The text that bytes are in UTF-8, where they are and hold nothing but what can be printed. */
function text(bytes: Uint8Array): string | undefined {
  try {
    const found = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    // eslint-disable-next-line no-control-regex -- control characters are what it looks for
    return /[\u0000-\u0008\u000e-\u001f]/.test(found) ? undefined : found
  } catch {
    return undefined
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')
}
