import { Dataset, NdArray, type Scalar } from '../../index.ts'
import { countLabels, noPictures, type Picture, type Pictures } from './pictures.ts'

/** The rows of an idx or npy file as pictures: [height, width] or [height, width, channels]. */
export async function arrayPictures(path: string, labels: string | undefined): Promise<Pictures> {
  const rows = rowsOf(path)
  const first = await rows.first()
  if (!(first instanceof NdArray) || (first.rank !== 2 && !(first.rank === 3 && first.shape[2] <= 4))) {
    throw noPictures(path, 'Its rows must be [height, width] or [height, width, 1 to 4 channels].')
  }
  const labelled = labels === undefined ? undefined : rowsOf(labels)
  return {
    length: await countOf(rows),
    classNames: [],
    async *elements() {
      if (labelled === undefined) {
        for await (const row of rows) yield { image: imageOf(row) }
        return
      }
      const pairs = Dataset.zip([rows, labelled] as const)
      for await (const [row, label] of pairs) yield { image: imageOf(row), label: Number(label) } satisfies Picture
    },
    counts: () => countLabels(numbersOf(labelled)),
  }
}

function rowsOf(path: string): Dataset<NdArray | Scalar> {
  return path.endsWith('.npy') ? Dataset.npy(path) : Dataset.idx<string, NdArray | Scalar>(path)
}

function imageOf(row: NdArray | Scalar): NdArray {
  const array = row as NdArray
  return array.rank === 2 ? array.reshape([...array.shape, 1]) : array
}

async function countOf(rows: Dataset<unknown>): Promise<number> {
  return rows.cardinality() ?? (await rows.reduce(0, (count) => count + 1))
}

async function* numbersOf(labels: Dataset<NdArray | Scalar> | undefined): AsyncIterable<number> {
  for await (const label of labels ?? []) yield Number(label)
}
