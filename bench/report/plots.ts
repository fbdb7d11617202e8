import { formatAmount, formatRatio } from '../format.ts'
import type { Result } from '../run.ts'
import { barKind } from './barKind.ts'
import { barPanel, legendPanel, type Bar } from './barPanel.ts'
import { memoryPanel } from './memoryPanel.ts'
import { svgDocument, type Panel } from './svg.ts'
import { operation } from './targets.ts'
import type { Verdict } from './verdict.ts'

/** The cases of a group as one picture: what each side takes beside ours, and memory over time. */
export function casesPlot(title: string, results: readonly Result[], verdicts: readonly Verdict[]): string {
  const panels = results.map((result) => casePanel(result, ofCase(result, verdicts)))
  const withBars = results.some(({ unit }) => unit !== 'bytes')
  return svgDocument(title, withBars ? [...panels, legendPanel()] : panels)
}

function casePanel(result: Result, verdicts: readonly Verdict[]): Panel {
  if (result.unit === 'bytes') return memoryPanel(result, verdicts[0]?.target.most)
  const bars = result.timings.map(({ name, median, ratio }, place): Bar => {
    const times = place === 0 ? '' : `, ${formatRatio(ratio)}x`
    return {
      ...{ label: name, ratio, value: `${formatAmount(median, result.unit)}${times}`, kind: barKind(name, place) },
      marks: verdicts.flatMap(({ mark, state }) => {
        return mark?.side === name ? [{ at: mark.at, reached: state === 'reached' }] : []
      }),
    }
  })
  return barPanel(result.name, 'times the time of the first', bars)
}

/** The operations as one picture: what each takes beside its loop. */
export function operationsPlot(results: readonly Result[], verdicts: readonly Verdict[]): string {
  const bars = results.map((result): Bar => {
    const [ours, loop] = result.timings
    const [verdict] = ofCase(result, verdicts)
    const marks =
      verdict.mark === undefined ? [] : [{ at: verdict.target.most ?? 1, reached: verdict.state === 'reached' }]
    const ratio = 1 / loop.ratio
    const value = `${formatRatio(ratio)}x, ${formatAmount(ours.median, result.unit)}`
    return { label: shortened(result.name.slice(operation.length)), ratio, value, kind: 'ours', marks }
  })
  const panel = barPanel('Operations beside plain loops that do the same work', 'times the time of the loop', bars)
  return svgDocument('Operations beside plain loops', [panel, legendPanel()])
}

function ofCase({ name }: Result, verdicts: readonly Verdict[]): readonly Verdict[] {
  return verdicts.filter(({ target }) => target.case === name)
}

const shortened = (label: string): string => (label.length > 52 ? `${label.slice(0, 50)}...` : label)
