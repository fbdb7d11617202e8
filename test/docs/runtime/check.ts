import { format } from 'node:util'
import { Dataset } from 'millrace'
import { show } from './show.js'

/** The numbers of the checks that the program at hand has made. */
export const made = new Set<number>()
/** What did not come out as its comment says. */
export const misfits: string[] = []

/** Checks that a value is written so. */
export async function check(number: number, value: unknown, expected: string): Promise<void> {
  compare(number, await show(value), expected)
}

/** Checks that something throws, when it is called or when the dataset that it gives is read: `Name: message`. */
export async function throws(number: number, call: () => Promise<unknown>, expected: string): Promise<void> {
  const thrown: unknown = await call()
    .then((value) => (value instanceof Dataset ? value.toArray() : undefined))
    .then(() => 'nothing', String)
  compare(number, String(thrown), expected)
}

/** `console.log` that checks what it prints, but for how it is broken into lines. */
export function prints(number: number, expected: string): (...values: unknown[]) => void {
  return (...values) => compare(number, squeezed(format(...values)), squeezed(expected))
}

function compare(number: number, actual: string, expected: string): void {
  made.add(number)
  if (actual !== expected) misfits.push(`it is    ${actual}\nand not  ${expected}`)
}

function squeezed(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
