import { wrongArgument } from '../../core/checks.ts'
import { InvalidArgumentError } from '../../core/errors.ts'
import type { Callback } from './callback.ts'

const hooks = {
  onTrainBegin: true,
  onEpochBegin: true,
  onBatchEnd: true,
  onValidationEnd: true,
  onEpochEnd: true,
  onTrainEnd: true,
  close: true,
  save: true,
  restore: true,
} as const satisfies Required<Record<keyof Callback, true>>
const hookNames = Object.keys(hooks)

/** A function whose name begins so, or is a few letters from such a hook's, is meant as one; others are the callback's own. */
const likeHook = /^on[A-Z_]/
const fewLetters = 2

/**
 * Refuses callbacks that a run would not call as they are meant: a hook that is no function, and a function named like a
 * hook that there is none of, `onEpochEnds` or Keras's `on_epoch_end`, also in a class.
 *
 * @throws InvalidArgumentError naming the callback, its function, and the hook whose name is nearest
 */
export function checkCallbacks(operation: string, callbacks: unknown): void {
  if (!Array.isArray(callbacks)) throw wrongArgument(operation, 'callbacks', 'an array', callbacks)
  callbacks.forEach((callback: unknown, i) => {
    const name = `callbacks[${i}]`
    if (typeof callback !== 'object' || callback === null) {
      throw wrongArgument(operation, name, 'an object with hooks', callback)
    }
    const members = callback as Readonly<Record<string, unknown>>
    for (const member of memberNames(callback)) {
      if (hookNames.includes(member)) checkHook(operation, `${name}.${member}`, members[member])
      else if (typeof members[member] === 'function') checkOwn(operation, name, member)
    }
  })
}

function checkHook(operation: string, name: string, hook: unknown): void {
  if (hook !== undefined && typeof hook !== 'function') throw wrongArgument(operation, name, 'a function', hook)
}

function checkOwn(operation: string, name: string, member: string): void {
  const { hook, distance } = nearest(member)
  if (!likeHook.test(member) && !(distance <= fewLetters && likeHook.test(hook))) return
  throw new InvalidArgumentError(`${operation}: ${name} has a function ${member}, which is no hook.`, {
    hint: `Did you mean ${hook}? The hooks are ${hookNames.join(', ')}.`,
  })
}

/** The names of an object's members, its classes' among them. */
function memberNames(value: object): Set<string> {
  const names = new Set<string>()
  for (let part = value; part !== Object.prototype;) {
    for (const name of Object.getOwnPropertyNames(part)) names.add(name)
    const next = Object.getPrototypeOf(part) as object | null
    if (next === null) break
    part = next
  }
  return names
}

/** The hook with the fewest letters to change, whether words are parted by case or by underscores. */
function nearest(name: string): { readonly hook: string; readonly distance: number } {
  const plain = (text: string): string => text.replaceAll('_', '').toLowerCase()
  const distances = hookNames.map((hook) => editDistance(plain(name), plain(hook)))
  const distance = Math.min(...distances)
  return { hook: hookNames[distances.indexOf(distance)], distance }
}

/** How many letters must be put in, taken out or changed to make one word of the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const changed = row[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(changed, row[j] + 1, next[j - 1] + 1))
    }
    row = next
  }
  return row[to.length]
}
