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
}

/** What was measured of an iteration, and what slows it down. */
export class PipelineStats {
  /** From the first pull to the end, in milliseconds. */
  readonly elapsedMs: number
  /** The part of it in which the consumer did not wait for an element. */
  readonly consumerMs: number
  /** Each operation, inputs before what is built on them. */
  readonly nodes: readonly NodeStats[]
  /** One sentence: what took the most time. */
  readonly bottleneck: string

  constructor(elapsedMs: number, consumerMs: number, nodes: readonly NodeStats[]) {
    this.elapsedMs = elapsedMs
    this.consumerMs = consumerMs
    this.nodes = Object.freeze(nodes.map((node) => Object.freeze(node)))
    this.bottleneck = sentence(elapsedMs, consumerMs, nodes)
    Object.freeze(this)
  }

  /** A table of the operations, and the sentence below it. */
  toString(): string {
    const rows = this.nodes.map(({ path, busyMs, waitingMs, elements, bytes }) => [
      path,
      ms(busyMs),
      ms(waitingMs),
      String(elements),
      String(bytes),
    ])
    const table = [['operation', 'busy ms', 'waiting ms', 'elements', 'bytes'], ...rows]
    const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)))
    const line = (row: readonly string[]): string =>
      row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ')
    return [...table.map(line), this.bottleneck].join('\n')
  }
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
  return `${path} is the bottleneck: it took ${ms(own(slowest))} of ${ms(elapsedMs)} ms, most of it ${kind}.`
}

function ms(time: number): string {
  return time.toFixed(1)
}
