import { Dataset, Rng } from 'millrace'
import type { Case } from '../measure.ts'

/** Elements of four datasets, drawn by weight. */
export const sampling: Case = {
  name: 'operation sampleFromDatasets of four ranges',
  element: 'number',
  open(quick) {
    const draws = quick ? 100_000 : 1_000_000
    const datasets = weights.map(() => Dataset.range(Infinity))
    const sampled = Dataset.sampleFromDatasets(datasets, { weights, seed: 1 }).take(draws)
    return Promise.resolve({
      sides: [
        { name: 'millrace', run: () => visit(sampled, draws) },
        { name: 'hand-written loop, seeded', run: () => sampleLoop(draws, seeded()) },
        { name: 'hand-written loop, Math.random', run: () => sampleLoop(draws, Math.random) },
      ],
    })
  },
}

/** Elements of two datasets, chosen in turn. */
export const choosing: Case = {
  name: 'operation chooseFromDatasets of two ranges',
  element: 'number',
  open(quick) {
    const choices = quick ? 100_000 : 1_000_000
    const datasets = [Dataset.range(Infinity), Dataset.range(Infinity)]
    const turns = Dataset.range(choices).map((x) => x % 2)
    const chosen = Dataset.chooseFromDatasets(datasets, turns)
    return Promise.resolve({
      sides: [
        { name: 'millrace', run: () => visit(chosen, choices) },
        { name: 'generator functions', run: () => chooseLoop(choices) },
      ],
    })
  },
}

/** Elements of three classes in shares of 5, 3 and 2, resampled to equal ones. */
export const resampling: Case = {
  name: 'operation rejectionResample of three classes',
  element: 'number',
  open(quick) {
    const numbers = quick ? 100_000 : 1_000_000
    const options = { classFunc: classOf, targetDist: [1, 1, 1], initialDist: shares, seed: 1 }
    const resampled = Dataset.range(numbers).rejectionResample(options)
    return Promise.resolve({
      sides: [
        { name: 'millrace', run: () => visit(resampled, numbers) },
        { name: 'hand-written loop, seeded', run: () => resampleLoop(numbers, seeded()) },
        { name: 'hand-written loop, Math.random', run: () => resampleLoop(numbers, Math.random) },
      ],
    })
  },
}

/** The same classes, balanced. */
export const balancing: Case = {
  name: 'operation balance of three classes',
  element: 'number',
  open(quick) {
    const numbers = quick ? 100_000 : 1_000_000
    const balanced = Dataset.range(numbers).balance({ classFunc: classOf, numClasses: 3, seed: 1 })
    return Promise.resolve({
      sides: [
        { name: 'millrace', run: () => visit(balanced, numbers) },
        { name: 'hand-written loop, seeded', run: () => balanceLoop(numbers, seeded()) },
        { name: 'hand-written loop, Math.random', run: () => balanceLoop(numbers, Math.random) },
      ],
    })
  },
}

const weights = [4, 3, 2, 1]
const shares = [5, 3, 2]
const classOf = (x: number): number => (x % 10 < 5 ? 0 : x % 10 < 8 ? 1 : 2)

/** The generator that millrace draws from, as one who wants the same data each time would use it. */
function seeded(): () => number {
  const rng = new Rng({ a: 1, b: 0 })
  return () => rng.uniform()
}

async function visit(dataset: Dataset<unknown>, elements: number): Promise<number> {
  await dataset.forEach(use)
  return elements
}

function sampleLoop(draws: number, random: () => number): number {
  const places = weights.map(() => 0)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  for (let draw = 0; draw < draws; draw++) {
    let place = random() * total
    let chosen = 0
    while (place >= weights[chosen]) place -= weights[chosen++]
    use(places[chosen]++)
  }
  return draws
}

function chooseLoop(choices: number): number {
  const count = function* (stop: number) {
    for (let x = 0; x < stop; x++) yield x
  }
  const inputs = [count(Infinity), count(Infinity)]
  for (const choice of count(choices)) use(inputs[choice % 2].next().value)
  return choices
}

function resampleLoop(numbers: number, random: () => number): number {
  const ratios = shares.map((share) => 10 / 3 / share)
  const least = Math.min(...ratios)
  const most = Math.max(...ratios)
  let original = 0
  let filtered = 0
  while (original < numbers && filtered < numbers) {
    if (random() < least) {
      use([classOf(original), original++])
      continue
    }
    for (; filtered < numbers; filtered++) {
      const found = classOf(filtered)
      if (random() >= (ratios[found] - least) / (most - least)) continue
      use([found, filtered++])
      break
    }
  }
  return numbers
}

function balanceLoop(numbers: number, random: () => number): number {
  const seen = [0, 0, 0]
  for (let x = 0; x < numbers; x++) {
    const times = ++seen[classOf(x)]
    const least = Math.min(...seen)
    if (random() * (times + 1) < least + 1) use(x)
  }
  return numbers
}

/** Keeps results in use, so that no side's work is left out by the compiler. */
let used = 0
function use(element: unknown): void {
  used += element === null ? 0 : 1
}
export const usedSoFar = () => used
