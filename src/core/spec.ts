import { InvalidArgumentError } from './errors.ts'

/** Element types that an NdArray holds; the first ten are TensorFlow's, `string` is text and `bytes` raw strings. */
export type DType = NumericDType | 'int64' | 'bool' | 'string' | 'bytes'

/** The dtypes whose scalars are JavaScript numbers. */
export type NumericDType = 'float32' | 'float64' | 'int8' | 'int16' | 'int32' | 'uint8' | 'uint16' | 'uint32'

/** Sizes of the axes, outermost first; null where the size varies. */
export type Shape = readonly (number | null)[]

/**
 * Shape and dtype of one leaf of an element (`tf.TensorSpec`). A leaf of shape [] is a plain JavaScript scalar.
 *
 * @example
 * new TensorSpec([28, 28, 1], 'uint8').toString() // 'uint8 [28, 28, 1]'
 */
export class TensorSpec {
  /** Sizes of the axes; null where the size varies, and undefined where even the rank is unknown. */
  readonly shape: Shape | undefined
  readonly dtype: DType

  constructor(shape: Shape | undefined, dtype: DType) {
    this.shape = shape
    this.dtype = dtype
    Object.freeze(this)
  }

  toString(): string {
    return `${this.dtype} ${shapeText(this.shape)}`
  }
}

/** The structure of an element with a TensorSpec at each leaf. */
export type Spec = TensorSpec | readonly Spec[] | { readonly [key: string]: Spec }

/** A shape as it is written in messages: `[?, 28]`. */
export function shapeText(shape: Shape | undefined): string {
  return shape === undefined ? '[...]' : `[${shape.map((size) => size ?? '?').join(', ')}]`
}

/** A spec as it is written in messages and plans: `{image: uint8 [28, 28], label: int32 []}`. */
export function specText(spec: Spec | undefined): string {
  if (spec === undefined) return 'unknown'
  if (spec instanceof TensorSpec) return spec.toString()
  if (isTuple(spec)) return `[${spec.map(specText).join(', ')}]`
  return `{${Object.entries(spec)
    .map(([key, value]) => `${key}: ${specText(value)}`)
    .join(', ')}}`
}

/** Applies `change` to every leaf. */
export function mapSpec(spec: Spec, change: (leaf: TensorSpec, path: string) => TensorSpec, path = ''): Spec {
  if (spec instanceof TensorSpec) return change(spec, path)
  if (isTuple(spec)) return spec.map((part, i) => mapSpec(part, change, `${path}[${i}]`))
  return Object.fromEntries(
    Object.entries(spec).map(([key, value]) => [key, mapSpec(value, change, path === '' ? key : `${path}.${key}`)]),
  )
}

/** The spec that fits both, with null where sizes differ; undefined where structure or dtypes do not agree. */
export function commonSpec(a: Spec | undefined, b: Spec | undefined): Spec | undefined {
  if (a === undefined || b === undefined) return undefined
  if (a instanceof TensorSpec && b instanceof TensorSpec) {
    return a.dtype === b.dtype ? new TensorSpec(commonShape(a.shape, b.shape), a.dtype) : undefined
  }
  if (a instanceof TensorSpec || b instanceof TensorSpec) return undefined
  if (isTuple(a) !== isTuple(b)) return undefined
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length) return undefined
  const parts = keys.map((key) => [key, commonSpec(child(a, key), child(b, key))] as const)
  if (parts.some(([, part]) => part === undefined)) return undefined
  return isTuple(a) ? parts.map(([, part]) => part as Spec) : (Object.fromEntries(parts) as Spec)
}

/**
 * Where a spec does not fit another, at the first leaf that differs, as in `label is string [], not int32 []`; undefined
 * where it fits. Structure and dtypes must be equal; a size, or a rank, that either does not know fits any (TensorFlow's
 * `is_compatible_with`).
 */
export function specMismatch(given: Spec, wanted: Spec, path = ''): string | undefined {
  const differ = (): string => `${path === '' ? 'the element' : path} is ${specText(given)}, not ${specText(wanted)}`
  if (given instanceof TensorSpec || wanted instanceof TensorSpec) {
    const fits =
      given instanceof TensorSpec &&
      wanted instanceof TensorSpec &&
      given.dtype === wanted.dtype &&
      shapesMayAgree(given.shape, wanted.shape)
    return fits ? undefined : differ()
  }
  if (isTuple(given) !== isTuple(wanted)) return differ()
  const keys = Object.keys(wanted)
  const same = keys.length === Object.keys(given).length && keys.every((key) => child(given, key) !== undefined)
  if (!same) return differ()
  for (const key of keys) {
    const part = isTuple(given) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`
    const mismatch = specMismatch(child(given, key) as Spec, child(wanted, key) as Spec, part)
    if (mismatch !== undefined) return mismatch
  }
  return undefined
}

/** Refuses a shape whose sizes are not whole and at least 0. */
export function checkShape(name: string, shape: Shape): void {
  for (const size of shape) {
    if (size !== null && !(Number.isSafeInteger(size) && size >= 0)) {
      throw new InvalidArgumentError(`${name} must hold whole numbers of at least 0, got ${shapeText(shape)}.`)
    }
  }
}

function commonShape(a: Shape | undefined, b: Shape | undefined): Shape | undefined {
  if (a === undefined || b === undefined || a.length !== b.length) return undefined
  return a.map((size, axis) => (size === b[axis] ? size : null))
}

function shapesMayAgree(a: Shape | undefined, b: Shape | undefined): boolean {
  if (a === undefined || b === undefined) return true
  return a.length === b.length && a.every((size, axis) => size === null || b[axis] === null || size === b[axis])
}

function child(spec: Spec, key: string): Spec | undefined {
  return (spec as Readonly<Record<string, Spec>>)[key]
}

function isTuple(spec: Spec): spec is readonly Spec[] {
  return Array.isArray(spec)
}
