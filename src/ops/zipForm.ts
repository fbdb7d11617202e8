import { wrongArgument } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { isSource, type Source } from '../core/stage.ts'
import { isStructure } from '../ndarray/element.ts'

/** Datasets, one by itself or several in tuples and objects, as parts lie in an element. */
export type SourceStructure = Source | readonly SourceStructure[] | { readonly [key: string]: SourceStructure }

/** Where the elements of the inputs go: the place of an input, or a tuple or an object of such. */
export type ZipForm = number | ZipParts

interface ZipParts {
  readonly tuple: boolean
  readonly keys: readonly string[]
  readonly parts: readonly ZipForm[]
}

/** The datasets of a structure, in the order of their places, and how they lie in it. */
export interface ZipInputs {
  readonly form: ZipForm
  readonly sources: readonly Source[]
  /** What each is called in messages, as in `datasets.x.0`. */
  readonly names: readonly string[]
}

/**
 * Takes a structure apart.
 *
 * @throws InvalidArgumentError where it holds something else, no dataset, or itself
 */
export function zipInputs(structure: unknown): ZipInputs {
  if (!isSource(structure) && !isStructure(structure)) throw noDatasets(structure)
  const sources: Source[] = []
  const names: string[] = []
  const form = formOf(structure, 'datasets', [])
  if (sources.length === 0) throw noDatasets(structure)
  return { form, sources, names }

  function formOf(part: unknown, name: string, outer: readonly unknown[]): ZipForm {
    if (isSource(part)) {
      names.push(name)
      return sources.push(part) - 1
    }
    if (!isStructure(part)) throw wrongArgument('zip', name, 'a Dataset', part)
    if (outer.includes(part)) throw new InvalidArgumentError(`zip: ${name} is a part of itself.`)
    const keys = Object.keys(part)
    const parts = keys.map((key) => {
      return formOf((part as Readonly<Record<string, unknown>>)[key], `${name}.${key}`, [...outer, part])
    })
    return { tuple: Array.isArray(part), keys, parts }
  }
}

function noDatasets(structure: unknown): InvalidArgumentError {
  return wrongArgument('zip', 'datasets', 'a tuple or an object of at least one Dataset', structure)
}

/** What makes one of the parts, one of each input: for a tuple of all of them, the array of the parts itself. */
export function assembler(form: ZipForm): (parts: readonly unknown[]) => unknown {
  const flat = typeof form !== 'number' && form.parts.every((part) => typeof part === 'number')
  return flat && form.tuple ? (parts) => parts : (parts) => assemble(form, parts)
}

function assemble(form: ZipForm, inputs: readonly unknown[]): unknown {
  if (typeof form === 'number') return inputs[form]
  const { tuple, keys, parts } = form
  if (tuple) return parts.map((part) => assemble(part, inputs))
  const object: Record<string, unknown> = {}
  for (let i = 0; i < keys.length; i++) {
    const part = assemble(parts[i], inputs)
    // An assignment to it would set the prototype.
    if (keys[i] === '__proto__') Object.defineProperty(object, keys[i], { value: part, ...ordinary })
    else object[keys[i]] = part
  }
  return object
}

const ordinary = { configurable: true, enumerable: true, writable: true }

/**
 * The form as an argument of the stage: none for a tuple of datasets, `keys` for an object of them, else `structure`, with
 * the place of each input where that lies.
 */
export function formArgs(form: ZipForm, inputs: number): Readonly<Record<string, unknown>> {
  if (typeof form === 'number' || !form.parts.every((part) => typeof part === 'number')) {
    return {
      structure: assemble(
        form,
        Array.from({ length: inputs }, (_, place) => place),
      ),
    }
  }
  return form.tuple ? {} : { keys: form.keys }
}
