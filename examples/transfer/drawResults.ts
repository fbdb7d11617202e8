import { join } from 'node:path'
import { Dataset, writeAtomically } from 'millrace'
import { contactSheet, encodePng, loadImages } from 'millrace/image'
import type { FitResult } from 'millrace/train'
import { lossCurves } from '../pictures/lossCurves.ts'
import type { RunSummary } from '../training/trainingRun.ts'
import type { HeadTest } from './testHead.ts'

/** Pictures that are shown at most. */
const shown = 30

/**
 * Draws how a head was trained, and the test pictures that were misread, the surest mistakes first.
 *
 * @param tested undefined where the run was interrupted
 * @returns the names of the files
 */
export async function drawResults(
  { folder, model, backend, batch }: RunSummary,
  trained: FitResult,
  tested: HeadTest | undefined,
  { title, classNames, workers }: { title: string; classNames: readonly string[]; workers: number },
): Promise<string[]> {
  await lossCurves(join(folder, 'curves.png'), {
    title,
    subtitle: `${model} on ${backend}, ${batch} pictures a step`,
    lossLabel: 'cross-entropy',
    series: [
      { name: 'training', kind: 'training', measures: trained.training },
      { name: 'validation', kind: 'validation', measures: trained.validation },
    ],
  })
  if (tested === undefined || tested.misread.length === 0) return ['curves.png']
  const pictures = Dataset.fromGenerator(tested.misread.slice(0, shown)).pipe(
    loadImages({ size: [216, 216], fit: 'pad', background: [255, 255, 255], dtype: 'uint8', workers }),
  )
  const sheet = await contactSheet(pictures, {
    count: shown,
    cellSize: 216,
    caption: ({ truth, guess }) => `${classNames[truth]} as ${classNames[guess]}`,
  })
  await writeAtomically(join(folder, 'misread.png'), await encodePng(sheet))
  return ['curves.png', 'misread.png']
}
