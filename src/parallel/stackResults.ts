import { specFromJson } from '../core/specJson.ts'
import type { BlockReply, BlockTask } from './messages.ts'
import { packBlock } from './packedBlock.ts'
import { packError } from './packedError.ts'
import type { StackArena } from './stackArena.ts'

/** A reply without results, or with none yet. */
export const noResults = {
  kind: 'done',
  results: packBlock([], () => '').block,
  buffer: undefined,
  errors: [],
  busyMs: 0,
} as const satisfies BlockReply

/** Stacks the results of a block in the memory they travel in; where they do not fit, an error at offset -1. */
export function stackResults(
  results: readonly unknown[],
  firstIndex: number,
  { path, output, stack }: Pick<BlockTask, 'path' | 'output' | 'stack'>,
  arena: StackArena,
): BlockReply & { readonly kind: 'done' } {
  let batch
  try {
    const spec = stack === undefined || stack.spec === null ? undefined : specFromJson(stack.spec)
    batch = arena.stack(results, spec, firstIndex)
  } catch (error) {
    return { ...noResults, errors: [[-1, packError(error)]] }
  }
  const { block, buffer } = packBlock([batch], () => `${path}: the batch from element ${firstIndex} on`, arena)
  return { ...noResults, results: block, buffer: nameOf(buffer, output) }
}

/** Memory that was given is not sent back: it would come as another object. */
export function nameOf(buffer: SharedArrayBuffer | undefined, given: SharedArrayBuffer | undefined) {
  return buffer !== undefined && buffer === given ? 'given' : buffer
}
