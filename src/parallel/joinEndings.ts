import type { BlockReply, BlockTask } from './messages.ts'
import { BlockReader } from './packedBlock.ts'
import { StackArena } from './stackArena.ts'
import { noResults, stackResults } from './stackResults.ts'

/** How a block, or a thread's part of it, ended: with a reply, or a death, at an offset where the thread had come to it. */
export type Ending = { readonly reply: BlockReply } | Death

interface Death {
  readonly death: unknown
  readonly offset: number | undefined
}

type Done = BlockReply & { readonly kind: 'done' }

/**
 * What became of a block that one thread made, or several together: then its batch is as one of them would have made it.
 *
 * @returns undefined where a thread died and its results are missing
 */
export function joinEndings(
  endings: readonly Ending[],
  parts: readonly BlockTask[],
  indices: readonly number[],
): BlockReply | undefined {
  const replies = endings.flatMap((ending) => ('reply' in ending ? [ending.reply] : []))
  if (parts.length === 1) return replies.at(0)
  const done: Done[] = []
  for (const reply of replies) {
    if (reply.kind !== 'done') return reply
    done.push(reply)
  }
  const busyMs = done.reduce((sum, reply) => sum + reply.busyMs, 0)
  // Rows are taken in their order, so that all before the first that failed are there, but for one that a thread died at.
  const error = done
    .flatMap(({ errors }) => errors)
    .sort(([a], [b]) => a - b)
    .at(0)
  if (error !== undefined) {
    const diedBefore = (firstDeath(endings)?.offset ?? Infinity) < error[0]
    return diedBefore ? undefined : { ...noResults, errors: [error], busyMs }
  }
  const [task] = parts
  const made = new Map<number, unknown>()
  for (const { results, buffer, rows = [] } of done) {
    const reader = new BlockReader(results, buffer === 'given' ? task.output : buffer)
    rows.forEach((row, i) => made.set(row, reader.at(i)))
  }
  if (made.size < indices.length) return undefined
  const rows = indices.map((_, row) => made.get(row))
  const arena = new StackArena(task.output, rows.length, task.share?.leaf)
  return { ...stackResults(rows, indices[0], task, arena), busyMs }
}

/** The death at the first element, or any where no thread had come to one; undefined where none died. */
export function firstDeath(endings: readonly Ending[]): Death | undefined {
  const deaths = endings.flatMap((ending) => ('reply' in ending ? [] : [ending]))
  return deaths.sort((a, b) => (a.offset ?? Infinity) - (b.offset ?? Infinity)).at(0)
}
