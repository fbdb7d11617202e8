import { after, askAll, closeAll } from './cursor.ts'
import { InvalidArgumentError } from './errors.ts'
import { unwatched, upstreamsOf, type PlanNode, type Run, type Upstream } from './stage.ts'

/** The elements of a stage by index, each made without those before it. Calls may overlap, also while one is pending. */
export interface RandomAccess<out T> {
  /** Number of elements; may be Infinity. */
  readonly length: number
  /** The element at an index from 0 to `length - 1`: the one that a cursor gives at that place. */
  at(index: number): T | Promise<T>
  /** The elements at several indices as one batch, where that is faster than making each of them. */
  gather?(indices: readonly number[]): unknown
  close(): void | Promise<void>
}

/** Whether the elements of a plan can be read by index. */
export function isRandomAccess(node: PlanNode): boolean {
  return sequentialIn(node) === undefined
}

/**
 * Refuses a plan whose elements cannot be read by index.
 *
 * @param hint what to do instead, given the operation that stands in the way
 * @throws InvalidArgumentError naming that operation
 */
export function checkRandomAccess(operation: string, node: PlanNode, hint: (sequential: string) => string): void {
  const sequential = sequentialIn(node)
  if (sequential === undefined) return
  throw new InvalidArgumentError(`${operation}: the elements of ${sequential.path} cannot be read by index.`, {
    hint: hint(sequential.stage.name),
  })
}

/** Opens the elements of a plan by index. */
export function openRandomAccess<T>(node: PlanNode<T>, run: Run): RandomAccess<T> | Promise<RandomAccess<T>> {
  const { stage } = node
  if (stage.randomAccess === undefined) throw new InvalidArgumentError(`${node.path} cannot be read by index.`)
  const context = unwatched(node, run)
  return stage.randomAccess(upstreamsOf(node, context), context)
}

/** The elements of an input as `make` turns them into others; the input is closed with them. */
export function mapRandomAccess<In, Out>(
  upstream: Upstream<In>,
  make: (input: RandomAccess<In>) => Omit<RandomAccess<Out>, 'close'>,
): RandomAccess<Out> | Promise<RandomAccess<Out>> {
  return after(upstream.openRandomAccess(), (input) => ({ ...make(input), close: () => input.close() }))
}

/** The first operation, from the end, whose elements cannot be read by index. */
function sequentialIn(node: PlanNode): PlanNode | undefined {
  if (node.stage.randomAccess === undefined) return node
  for (const input of node.inputs) {
    const sequential = sequentialIn(input)
    if (sequential !== undefined) return sequential
  }
  return undefined
}

/** Opens several inputs; where one of them fails, those that opened are closed. */
export function openInputs<T>(
  upstreams: readonly Upstream<T>[],
): readonly RandomAccess<T>[] | Promise<readonly RandomAccess<T>[]> {
  const opened: RandomAccess<T>[] = []
  const inputs = askAll(upstreams, (upstream) =>
    after(upstream.openRandomAccess(), (input) => {
      opened.push(input)
      return input
    }),
  )
  if (!(inputs instanceof Promise)) return inputs
  return inputs.catch(async (error: unknown) => {
    await closeAll(opened)
    throw error
  })
}
