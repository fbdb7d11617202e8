import type { QueueDepth, WorkerUse } from '../core/stageReport.ts'
import { advice } from './advice.ts'

/** What was measured of one operation of the plan as it runs. */
export interface NodeStats {
  /** The operation with those before it; that of an inner dataset begins with the operation that made it. */
  readonly path: string
  readonly name: string
  /** Time it kept this thread busy, without that of its inputs, in milliseconds. */
  readonly busyMs: number
  /** Time it waited for something other than its inputs, in milliseconds. */
  readonly waitingMs: number
  /** Elements it gave. */
  readonly elements: number
  /** Bytes of their values. */
  readonly bytes: number
  /** The numbers among its arguments that change speed alone, as in `{ numParallelCalls: 8 }`; those tuned as they are. */
  readonly settings: Readonly<Record<string, number>>
  /** Of one that works ahead: what is there and in flight now, and how many were there at a pull, on average and at most. */
  readonly queue?: QueueDepth & { readonly mean: number; readonly most: number }
  /** Of one with worker threads: how many, how long they were busy, and which share of their time that is. */
  readonly workers?: WorkerUse & { readonly utilisation: number }
}

/** What was measured of an iteration, and what slows it down. */
export class PipelineStats {
  /** From the first pull to the end, in milliseconds. */
  readonly elapsedMs: number
  /** The part of it in which the consumer did not wait for an element. */
  readonly consumerMs: number
  /** The share of the time in which it did, from 0 to 1. */
  readonly stallShare: number
  /** Each operation, inputs before what is built on them. */
  readonly nodes: readonly NodeStats[]
  /** What took the most time, and what to try. */
  readonly bottleneck: string

  constructor(elapsedMs: number, consumerMs: number, nodes: readonly NodeStats[]) {
    this.elapsedMs = elapsedMs
    this.consumerMs = consumerMs
    this.stallShare = elapsedMs === 0 ? 0 : 1 - consumerMs / elapsedMs
    this.nodes = Object.freeze(nodes.map((node) => Object.freeze(node)))
    this.bottleneck = sentence(elapsedMs, consumerMs, nodes)
    Object.freeze(this)
  }

  /** A table of the operations, and below it the share of the time that the consumer waited, and the bottleneck. */
  toString(): string {
    const { nodes } = this
    const columns = [
      ...always,
      ...(nodes.some(({ queue }) => queue !== undefined) ? [queueColumn] : []),
      ...(nodes.some(({ workers }) => workers !== undefined) ? [workersColumn] : []),
    ]
    const table = [columns.map(({ title }) => title), ...nodes.map((node) => columns.map(({ cell }) => cell(node)))]
    const widths = columns.map((_, column) => Math.max(...table.map((row) => row[column].length)))
    const line = (row: readonly string[]): string =>
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ')
    const stall = `The consumer waited ${percent(this.stallShare)} of the time.`
    return [...table.map(line), stall, this.bottleneck].join('\n')
  }
}

interface Column {
  readonly title: string
  readonly cell: (node: NodeStats) => string
}

const always: readonly Column[] = [
  { title: 'operation', cell: ({ path }) => path },
  { title: 'busy ms', cell: ({ busyMs }) => ms(busyMs) },
  { title: 'waiting ms', cell: ({ waitingMs }) => ms(waitingMs) },
  { title: 'elements', cell: ({ elements }) => String(elements) },
  { title: 'bytes', cell: ({ bytes }) => String(bytes) },
]

const queueColumn: Column = {
  title: 'queue mean/most',
  cell: ({ queue }) => (queue === undefined ? '' : `${queue.mean.toFixed(1)}/${queue.most}`),
}

const workersColumn: Column = {
  title: 'workers',
  cell: ({ workers }) => (workers === undefined ? '' : `${workers.workers}, ${percent(workers.utilisation)} busy`),
}

function sentence(elapsedMs: number, consumerMs: number, nodes: readonly NodeStats[]): string {
  if (elapsedMs === 0) return 'Nothing was measured yet.'
  const waited = elapsedMs - consumerMs
  if (consumerMs > waited) {
    return `The consumer is the bottleneck: it took ${ms(consumerMs)} of ${ms(elapsedMs)} ms, and waited ${ms(waited)} ms for elements.`
  }
  const own = (node: NodeStats): number => node.busyMs + node.waitingMs
  const slowest = nodes.reduce((most, node) => (own(node) > own(most) ? node : most))
  const { path, busyMs, waitingMs } = slowest
  const kind = busyMs >= waitingMs ? `busy on this thread (${ms(busyMs)} ms)` : `waiting (${ms(waitingMs)} ms)`
  const found = `${path} is the bottleneck: it took ${ms(own(slowest))} of ${ms(elapsedMs)} ms, most of it ${kind}.`
  return [found, ...advice(slowest)].join(' ')
}

function ms(time: number): string {
  return time.toFixed(1)
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)}%`
}
