import { formatAmount, formatRatio } from '../format.ts'
import type { Result } from '../run.ts'

/** The sides of a case as a Markdown table. Growth of memory can be nothing or less, so it has no ratio. */
export function caseTable({ element, unit, timings }: Result): string {
  const withRatio = unit !== 'bytes'
  const head = ['', `${heads[unit]} ${element}`, 'least to most', ...(withRatio ? ['times ours'] : [])]
  const rows = timings.map(({ name, median, least, most, ratio }) => [
    name,
    formatAmount(median, unit),
    least === most ? '' : `${formatAmount(least, unit)} to ${formatAmount(most, unit)}`,
    ...(withRatio ? [formatRatio(ratio)] : []),
  ])
  return markdownTable([head, ...rows])
}

const heads = { nanoseconds: 'time per', bytes: 'growth over the', percent: 'share of the' } as const

/** Rows of cells, the first one the head. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const [head, ...body] = rows.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
  return [head, `|${rows[0].map(() => '---').join('|')}|`, ...body]
    .map((line) => line.replaceAll('|  |', '| |'))
    .join('\n')
}
