/**
 * `npm run fuzz`: a million mutated inputs for the frame reader and a million for the parsers of Examples.
 *
 *   npm run fuzz -- --inputs 1000000 --seed 1
 */
import { parseArgs } from 'node:util'
import { fuzzExamples } from './examples.ts'
import { fuzzFrames } from './frames.ts'
import { Outcomes } from './outcomes.ts'

const { values } = parseArgs({
  options: { inputs: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
})
const inputs = Number(values.inputs)
/** Inputs between two looks at the memory. */
const block = 50_000

const targets: readonly ((inputs: number, seed: number, outcomes: Outcomes) => void | Promise<void>)[] = [
  fuzzFrames,
  fuzzExamples,
]

let most = 0
for (const target of targets) {
  const outcomes = new Outcomes()
  const began = performance.now()
  for (let done = 0; done < inputs; done += block) {
    await target(Math.min(block, inputs - done), Number(values.seed) + done, outcomes)
    most = Math.max(most, process.memoryUsage.rss())
  }
  console.log(
    `${target.name}: ${inputs} inputs, seed ${values.seed}, ${((performance.now() - began) / 1000).toFixed(0)} s`,
  )
  for (const [outcome, count] of [...outcomes.counts].sort()) console.log(`  ${outcome}: ${count}`)
}
console.log(`memory: at most ${(most / 1e6).toFixed(0)} MB`)
