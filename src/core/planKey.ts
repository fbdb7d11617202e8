import { createHash } from 'node:crypto'
import { onlyTunes } from './planText.ts'
import { specText } from './spec.ts'
import type { PlanNode } from './stage.ts'

/**
 * A key of 32 hex digits for what a plan gives: of its operations, their arguments, the text of the functions among
 * them, and what sources say of their data (`Stage.identity`). It cannot see what a function calls or closes over, what
 * a generator or a stream gives, and what the environment holds: `code` stands for all that.
 */
export async function planKey(node: PlanNode, code: string): Promise<string> {
  const hash = createHash('sha256')
  for (const line of [code, ...(await planLines(node))]) hash.update(`${line.length}:${line}`)
  return hash.digest('hex').slice(0, 32)
}

async function planLines(node: PlanNode): Promise<string[]> {
  const { name, args, tuning = [], identity } = node.stage
  const lines: string[] = []
  for (const input of node.inputs) lines.push(...(await planLines(input)))
  if (onlyTunes(node.stage)) return lines
  // What a function computes is no matter of speed, though it may be left out of states.
  const entries = Object.entries(args).filter(([key, value]) => !tuning.includes(key) || typeof value === 'function')
  const identified = identity === undefined ? '' : await identity()
  return [...lines, `${name} ${node.inputs.length} ${argText(entries)} ${specText(node.spec)} ${identified}`]
}

/** Arguments as text, with the text of functions and a digest of memory. */
export function argText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === 'function') return `function ${String(part)}`
    if (typeof part === 'bigint') return `bigint ${part}`
    if (typeof part === 'number' && !Number.isFinite(part)) return `number ${part}`
    if (part instanceof RegExp) return `regexp ${String(part)}`
    return ArrayBuffer.isView(part) ? `bytes ${digest(part)}` : part
  })
}

/** The SHA-256 of some memory, in hex. */
export function digest(memory: ArrayBufferView): string {
  const bytes = new Uint8Array(memory.buffer, memory.byteOffset, memory.byteLength)
  return createHash('sha256').update(bytes).digest('hex')
}
