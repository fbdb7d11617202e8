import type { NodeStats } from './pipelineStats.ts'

/** Operations that call a user's function, several times at once where they are told to. */
const parallel: readonly string[] = ['map', 'interleave']

/** Maps that run as one; each is a map of its own once it has calls in flight. */
const fused: readonly string[] = ['fusedMap', 'mapAndBatch']

/** What to try where an operation is the bottleneck; nothing where no general advice helps. */
export function advice({ name, busyMs, waitingMs, settings, workers }: NodeStats): string[] {
  const { numParallelCalls: calls = 1 } = settings
  if (workers !== undefined) {
    if (workers.utilisation < 0.8) return []
    return [`Its ${workers.workers} workers are ${(100 * workers.utilisation).toFixed(0)}% busy: try more of them.`]
  }
  if (busyMs >= waitingMs) {
    if (!parallel.includes(name) && !fused.includes(name)) return []
    return ['Its function computes on this thread: run it in workers.']
  }
  if (fused.includes(name)) return ['Try numParallelCalls 1 -> 2, or AUTOTUNE, on the map that waits.']
  return parallel.includes(name) ? [`Try numParallelCalls ${calls} -> ${2 * calls}, or AUTOTUNE.`] : []
}
