import { formatAmount, formatRatio } from '../format.ts'
import type { Result, Run } from '../run.ts'
import { caseTable, markdownTable } from './caseTable.ts'
import { casesPlot, operationsPlot } from './plots.ts'
import { reasons } from './reasons.ts'
import { sections } from './sections.ts'
import { operation, operationTargets, targets } from './targets.ts'
import { verdictOf, type Verdict } from './verdict.ts'

/** A report: its Markdown, and its plots by the names of their files. */
export interface Report {
  readonly markdown: string
  readonly plots: ReadonlyMap<string, string>
  readonly verdicts: readonly Verdict[]
}

/**
 * Makes the report of a run.
 *
 * @param plotFolder where the Markdown will find the plots
 */
export function makeReport(run: Run, plotFolder: string): Report {
  const { results } = run
  const verdicts = [...targets, ...operationTargets(results)].map((target) => verdictOf(target, results))
  const plots = new Map<string, string>()
  const picture = (title: string, name: string, svg: string): string => {
    plots.set(`bench-${name}.svg`, svg)
    return `![${title}](${plotFolder}/bench-${name}.svg)`
  }
  const parts = sections.map(({ prefix, title, intro }) => {
    const cases = results.filter(({ name }) => name.startsWith(prefix))
    if (cases.length === 0) return ''
    const plot = picture(title, prefix.trim().toLowerCase(), casesPlot(title, cases, verdicts))
    return [`## ${title}`, ...(intro === undefined ? [] : [intro]), plot, ...cases.map(caseText)].join('\n\n')
  })
  const operations = results.filter(({ name, timings }) => name.startsWith(operation) && timings.length > 1)
  if (operations.length > 0) {
    const plot = picture('Operations beside plain loops', 'operations', operationsPlot(operations, verdicts))
    parts.push(['## Operations', operationsIntro, plot, operationsTable(operations)].join('\n\n'))
  }
  const others = results.filter(
    ({ name }) => !name.startsWith(operation) && !sections.some(({ prefix }) => name.startsWith(prefix)),
  )
  if (others.length > 0) {
    const plot = picture('Text, pictures, tuning', 'others', casesPlot('Text, pictures, tuning', others, verdicts))
    parts.push(['## Text, pictures, tuning', plot, ...others.map(caseText)].join('\n\n'))
  }
  const markdown = [head(run), asked(verdicts, !run.quick), ...parts.filter((part) => part !== '')].join('\n\n')
  return { markdown: `${markdown}\n`, plots, verdicts }
}

const caseText = (result: Result): string => `### ${result.name}\n\n${caseTable(result)}`

function head({ quick, complete, rounds, names, machine, notes }: Run): string {
  const { date, cpu, cores, memoryBytes, os, versions } = machine
  const warnings = [
    ...(quick
      ? ['**A quick run: one short round without warm-up, to see that everything runs. It compares nothing.**']
      : []),
    ...(complete ? [] : ['**The run did not come to its end: what is missing was not measured.**']),
    ...(names.length > 0
      ? [`**Only the cases whose names contain ${names.map((name) => `\`${name}\``).join(' or ')}.**`]
      : []),
  ]
  const about: (readonly [string, string])[] = [
    ['', ''],
    ['begun', date.replace('T', ' ').replace('Z', ' UTC')],
    ['machine', `${cores} x ${cpu}, ${(memoryBytes / 2 ** 30).toFixed(0)} GiB, ${os}`],
    ['rounds', String(rounds)],
    [
      'versions',
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
  ]
  return [
    '# Benchmarks',
    `<!-- Made by npm run bench:report: change bench/report, not this file. -->`,
    ...warnings,
    'Everything here is of one run, made by `npm run bench:report`. [performance.md](performance.md) says what the limits are ' +
      'and how far each path is from them.',
    markdownTable(about),
    method,
    ...(notes.length > 0 ? [['Of this run is to be said:', '', ...notes.map((note) => `- ${note}`)].join('\n')] : []),
  ].join('\n\n')
}

const method = `The sides of a case take turns, so that a machine that slows down does so for all of them. In each round garbage is
collected first; then a side is run once without the clock, and then again and again for at least 150 ms. The figures are
the median over the rounds of the time of one element, and the least and the most. *Times ours* is the median over the
rounds of this side's time divided by that of the first side in the same round: **this is the figure to compare**, since
absolute times hold for one machine at one moment. Groups of cases run in a process each, with \`NODE_ENV=production\`.
What is in Python runs in a process of its own that stays up, so that neither its start nor the making of its data is timed.`

/**
 * The table of what is asked, and the reasons for what is not reached.
 *
 * @param explain false where the figures mean too little to give reasons for them
 */
function asked(verdicts: readonly Verdict[], explain: boolean): string {
  const count = (state: Verdict['state']): number => verdicts.filter((verdict) => verdict.state === state).length
  const rows = verdicts
    .filter(({ target, state }) => !target.id.startsWith(operation) || state === 'short')
    .map(({ target, state, here }) => [group(target.id), target.asked, here, marks[state]])
  const short = verdicts.filter(({ state }) => state === 'short')
  const explained = short.map(({ target, here }) => {
    return `- **${group(target.id)}: ${target.asked}** (here ${here}). ${reasons[target.id] ?? missingReason}`
  })
  return [
    '## What is asked, and what is reached',
    `${count('reached')} reached, ${count('short')} short, ${count('not measured')} not measured. Operations stand here only ` +
      'where they fall short.',
    markdownTable([['', 'asked', 'here', ''], ...rows]),
    ...(explain && short.length > 0 ? ['### Why some fall short', explained.join('\n')] : []),
  ].join('\n\n')
}

const marks = { reached: '✓ reached', short: '✗ short', 'not measured': 'not measured' } as const
const missingReason = 'The reason is not known yet.'
const group = (id: string): string => (id.startsWith(operation) ? 'operation' : id.split(' ', 1)[0])

const operationsIntro =
  'Rows are of 32 float32 values, sequences of 1 to 64 numbers. In brackets how many times the time of the loop ours is; ' +
  'three times at most is asked. Of several loops the first one does the same work, and is the one that counts: it draws its ' +
  'numbers from a seed where ours are drawn from one, and says of what it leaves out where and why it failed.'

function operationsTable(results: readonly Result[]): string {
  const rows = results.map(({ name, element, unit, timings: [ours, ...others] }) => {
    const beside = others.map((other) => {
      const times = formatRatio(1 / other.ratio)
      return `${other.name} ${formatAmount(other.median, unit)} (${times} times)`
    })
    return [name.slice(operation.length), `${formatAmount(ours.median, unit)} per ${element}`, beside.join('; ')]
  })
  return markdownTable([['operation', 'millrace', 'beside it'], ...rows])
}
