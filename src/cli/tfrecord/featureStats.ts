import { decodeExample } from '../../tfrecord/index.ts'

/** What the features of one name have in common. */
export interface FeatureStats {
  /** The kinds that occur: bytes, float, int64, none. */
  readonly kinds: string[]
  /** Number of records that have it. */
  records: number
  /** Fewest and most values in a record. */
  values: [least: number, most: number]
  /** Least and most of the numbers; of the lengths for bytes. Undefined where there is no value. */
  range: [least: number | bigint, most: number | bigint] | undefined
}

/** The features of Examples by name. */
export class ExampleStats {
  readonly features = new Map<string, FeatureStats>()

  /** @throws InvalidArgumentError where the record is no Example */
  add(record: Uint8Array): void {
    for (const [name, feature] of Object.entries(decodeExample(record))) {
      if (feature === undefined) continue
      const { kind, values } = feature
      const stats = this.#statsOf(name, values.length)
      if (!stats.kinds.includes(kind)) stats.kinds.push(kind)
      stats.records++
      stats.values = [Math.min(stats.values[0], values.length), Math.max(stats.values[1], values.length)]
      for (const value of values) widen(stats, typeof value === 'object' ? value.length : value)
    }
  }

  #statsOf(name: string, count: number): FeatureStats {
    let stats = this.features.get(name)
    if (stats === undefined) {
      stats = { kinds: [], records: 0, values: [count, count], range: undefined }
      this.features.set(name, stats)
    }
    return stats
  }
}

function widen(stats: FeatureStats, value: number | bigint): void {
  if (stats.range === undefined) stats.range = [value, value]
  else if (value < stats.range[0]) stats.range[0] = value
  else if (value > stats.range[1]) stats.range[1] = value
}
