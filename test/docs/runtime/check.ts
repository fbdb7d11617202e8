import { equal } from 'node:assert/strict'
import { format } from 'node:util'
import { Dataset } from 'millrace'
import { show } from './show.js'

/** The numbers of the checks that the program at hand has made. */
export const made = new Set<number>()

/** Checks that a value is written so. */
export async function check(number: number, value: unknown, expected: string): Promise<void> {
  made.add(number)
  equal(await show(value), expected)
}

/** Checks that something throws, when it is called or when the dataset that it gives is read: `Name: message`. */
export async function throws(number: number, call: () => Promise<unknown>, expected: string): Promise<void> {
  made.add(number)
  const thrown: unknown = await call()
    .then((value) => (value instanceof Dataset ? value.toArray() : undefined))
    .then(() => 'nothing', String)
  equal(thrown, expected)
}

/** `console.log` that checks what it prints, but for how it is broken into lines. */
export function prints(number: number, expected: string): (...values: unknown[]) => void {
  return (...values) => {
    made.add(number)
    equal(squeezed(format(...values)), squeezed(expected))
  }
}

function squeezed(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
