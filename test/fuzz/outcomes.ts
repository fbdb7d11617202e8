/** Counts what came of the inputs, and describes one that must not have come out as it did. */
export class Outcomes {
  readonly counts = new Map<string, number>()

  count(outcome: string): void {
    this.counts.set(outcome, (this.counts.get(outcome) ?? 0) + 1)
  }

  failure(target: string, input: number, bytes: Uint8Array, what: unknown): Error {
    return new Error(`${target}: input ${input} (${Buffer.from(bytes).toString('hex')}): ${String(what)}`, {
      cause: what,
    })
  }
}
