import { parseArgs } from 'node:util'

/** What `npm run bench` is told: flags, and parts of the names of the cases to run. */
export function benchOptions() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      python: { type: 'boolean', default: false },
      json: { type: 'string' },
      rounds: { type: 'string' },
    },
  })
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 7))
  return { ...values, rounds, names: positionals }
}
