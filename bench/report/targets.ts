import type { Result } from '../run.ts'

/** Something that is asked of a case. */
export interface Target {
  /** Its name, by which `reasons.ts` says why it is not reached. */
  readonly id: string
  /** In words, as it stands in the report. */
  readonly asked: string
  /** The whole name of the case. */
  readonly case: string
  /** Our sides; the fastest counts. The first side of the case by default. */
  readonly ours?: readonly string[]
  /** Sides that ours is held against; the fastest counts. None: the amount itself is asked for. */
  readonly than?: readonly string[]
  /** How many times our amount the other's is, at least. */
  readonly least?: number
  /** How many times the other's amount ours is, at most; without `than` our amount, in the unit of the case. */
  readonly most?: number
}

const [us, ms] = [1e3, 1e6]
const [chain, slices] = [
  'B1 range, map, filter, batch(128)',
  'B2 60,000 x 784 uint8 in memory, shuffle(60000), batch(128)',
]
const parsed = 'B3 TFRecord: read, check, parse and batch(128) 858-byte Examples'
const read = 'B3 TFRecord: read and check 858-byte records'
const long = 'B3 TFRecord: read and check records of 200 KB'
const images = 'B4 images: read, decode, resize to 224 x 224 float32 and batch(32), JPEGs of 500 x 375'
const tfImages = ['INTEGER_FAST', 'INTEGER_ACCURATE', 'as it is'].map((method) => `tf.data, AUTOTUNE, ${method}`)
const written = 'B9 TFRecord: encode and write Examples of 784 bytes and two integers'
const elements = 'B7 memory: 10 million elements through shuffle, map, batch, prefetch'
const epochs = 'B7 memory: 20 epochs of 60,000 Examples from a TFRecord file through shuffle, map, batch, prefetch'
const place = 'B10 save at element 1,000,000 and go on with the next:'

/** What is asked, by group. Every operation has one more: see `operationTargets`. */
export const targets: readonly Target[] = [
  { id: 'B1 ix', asked: '20 times ix (AsyncIterable)', case: chain, than: ['ix (AsyncIterable)'], least: 20 },
  { id: 'B1 ix, synchronous', asked: '20 times ix (Iterable)', case: chain, than: ['ix (Iterable)'], least: 20 },
  { id: 'B1 tfjs-data', asked: '100 times tfjs-data', case: chain, than: ['tfjs-data'], least: 100 },
  { id: 'B1 tf.data', asked: '1,000 times tf.data', case: chain, than: ['tf.data'], least: 1_000 },
  { id: 'B1 loop', asked: 'within 5 times a hand-written loop', case: chain, than: ['hand-written loop'], most: 5 },
  { id: 'B1 time', asked: 'at most 20 ns a number', case: chain, most: 20 },
  { id: 'B1 further map', asked: 'at most 10 ns for each further map', case: 'B1 one further map of nine', most: 10 },

  { id: 'B2 tf.data', asked: '10 times tf.data', case: slices, than: ['tf.data'], least: 10 },
  { id: 'B2 torch', asked: "12 times torch's DataLoader", case: slices, than: ['torch DataLoader'], least: 12 },
  { id: 'B2 gather', asked: 'within 2.5 times a raw gather', case: slices, than: ['hand-written gather'], most: 2.5 },
  { id: 'B2 time', asked: 'at most 0.5 us a picture', case: slices, most: 0.5 * us },

  {
    id: 'B3 tf.data',
    asked: "parsed into batches: 3.5 times tf.data's fastest form",
    case: parsed,
    than: ['tf.data, batch, map(parse_example, AUTOTUNE), prefetch'],
    least: 3.5,
  },
  {
    id: 'B3 tf.data, usual',
    asked: 'parsed into batches: 30 times its usual form',
    case: parsed,
    than: ['tf.data, map(parse_single_example), batch'],
    least: 30,
  },
  { id: 'B3 time', asked: 'parsed into batches: at most 1.5 us a record', case: parsed, most: 1.5 * us },
  {
    id: 'B3 read',
    asked: 'read and checked: twice tf.data',
    case: read,
    than: ['tf.data, in batches of 1000'],
    least: 2,
  },
  { id: 'B3 read, time', asked: 'read and checked: at most 1.0 us a record', case: read, most: us },
  {
    id: 'B3 long',
    asked: '200 KB: 1.7 times tf.data',
    case: long,
    than: ['tf.data, in batches of 10', 'tf.data, buffer_size 1 MiB, prefetch(4)'],
    least: 1.7,
  },
  {
    id: 'B3 long, at once',
    asked: "200 KB, two files at once: 2.5 times tf.data's bytes a second",
    case: long,
    ours: ['millrace, both files at once'],
    than: ['tf.data, in batches of 10', 'tf.data, buffer_size 1 MiB, prefetch(4)'],
    least: 2.5,
  },
  {
    id: 'B3 long, two files',
    asked: '200 KB, two files at once: 2.5 times tf.data with both at once too',
    case: long,
    ours: ['millrace, both files at once'],
    than: ['tf.data, in batches of 10, both files at once'],
    least: 2.5,
  },

  { id: 'B4 tf.data', asked: '1.2 times tf.data at its fastest', case: images, than: tfImages, least: 1.2 },
  { id: 'B4 default', asked: '1.5 times tf.data as it is', case: images, than: tfImages.slice(2), least: 1.5 },
  {
    id: 'B4 torch',
    asked: '1.4 times torch with OpenCV',
    case: images,
    than: ['torch DataLoader with OpenCV, 2 workers'],
    least: 1.4,
  },
  { id: 'B4 sharp', asked: '4 times sharp alone', case: images, than: ['sharp alone, 4 in flight'], least: 4 },
  {
    id: 'B4 augmentation',
    asked: 'augmentation adds at most 15%',
    case: images,
    ours: ['millrace, random crop, flip, brightness, normalize'],
    than: ['millrace'],
    most: 1.15,
  },
  { id: 'B4 resize', asked: 'resizing alone: at most 0.3 ms', case: 'image resize', most: 0.3 * ms },

  {
    id: 'B5 two workers',
    asked: '5 ms of work: 2 workers 1.9 times one',
    case: 'B5 map of 5 ms of work in 2 workers',
    than: ['1 worker'],
    least: 1.9,
  },
  {
    id: 'B5 kilobyte',
    asked: 'a kilobyte: at most 5 us',
    case: 'B5 a kilobyte through a worker, in blocks of 64',
    most: 5 * us,
  },
  {
    id: 'B5 number',
    asked: 'a number: at most 1.5 us',
    case: 'B5 a number through a worker, in blocks of 256',
    most: 1.5 * us,
  },
  {
    id: 'B5 batch',
    asked: 'a batch of 19 MB handed over in 0.2 ms',
    case: 'B5 handing over a batch of 19 MB',
    most: 0.2 * ms,
  },
  {
    id: 'B5 delay',
    asked: 'event-loop delay of at most 20 ms, 99th percentile',
    case: 'B5 event-loop delay while 2 workers prepare data, 99th percentile',
    most: 20 * ms,
  },
  {
    id: 'B5 overlap',
    asked: 'steps that block, over a pipeline of 80% of a step: 3% longer at most',
    case: 'B5 steps of 50 ms that block, with a pipeline of 40 ms a batch in a worker',
    ours: ['with the pipeline'],
    than: ['steps alone'],
    most: 1.03,
  },
  {
    id: 'B5 pictures',
    asked: "pictures in memory, 2 workers: 3 times torch's DataLoader",
    case: 'B5 60,000 pictures in memory, shuffled and batched by 2 workers',
    than: ['torch DataLoader, 2 workers'],
    least: 3,
  },

  ...['wasm', 'node'].flatMap((backend): Target[] => {
    const name = `B6 share of a pass of 600 steps that waits for data (${backend})`
    return [
      { id: `B6 waiting, ${backend}`, asked: `${backend}: at most 3% waiting`, case: name, most: 3 },
      {
        id: `B6 waiting less, ${backend}`,
        asked: `${backend}, in the examples: at most 2% waiting`,
        case: name,
        most: 2,
      },
    ]
  }),
  {
    id: 'B6 CNN',
    asked: "a step of the CNN on wasm: 2.2 times tfjs-node's at most",
    case: 'B6 training step of the MNIST CNN, batch 100',
    ours: ['wasm'],
    than: ['node'],
    most: 2.2,
  },
  {
    id: 'B6 LSTM',
    asked: 'a step of the LSTM on the best backend: at most 40 ms',
    case: 'B6 training step of an LSTM, 2 layers of 30, 10 steps, batch 32',
    ours: ['ours (wasm)', 'ours (node)'],
    most: 40 * ms,
  },

  { id: 'B7 elements', asked: '10 million elements: growth of at most 16 MB', case: elements, most: 16e6 },
  { id: 'B7 epochs', asked: '20 epochs: growth of at most 16 MB', case: epochs, most: 16e6 },
  {
    id: 'B7 records',
    asked: '10 GB of TFRecords: flat (growth of at most 16 MB)',
    case: 'B7 memory: 10 GB of TFRecords of 200 KB, generated while they are read',
    most: 16e6,
  },
  {
    id: 'B7 decodes',
    asked: '100,000 decodes: growth of at most 50 MB',
    case: 'B7 memory: 100,000 decodes of a JPEG of 500 x 375',
    most: 50e6,
  },

  { id: 'B8 import', asked: 'import in at most 60 ms', case: 'B8 import, in a process of its own', most: 60 * ms },
  {
    id: 'B8 first batch',
    asked: 'first batch after at most 100 ms',
    case: 'B8 import and first batch, in a process of its own',
    most: 100 * ms,
  },
  {
    id: 'B8 workers',
    asked: 'with workers after at most 300 ms',
    case: 'B8 import and first batch with 2 workers, in a process of its own',
    most: 300 * ms,
  },

  {
    id: 'B9 Python',
    asked: '10 times Python',
    case: written,
    than: ['Python: Example, SerializeToString, TFRecordWriter'],
    least: 10,
  },
  { id: 'B9 time', asked: 'at most 2 us a record', case: written, most: 2 * us },

  ...[
    ['rows in memory, shuffled, mapped, batch(100)', 'rows in memory', ['globalShuffle', 'shuffle(10000)']] as const,
    [
      'TFRecords, shuffled, parsed, mapped, batch(100)',
      'TFRecords',
      ['indexed, shuffle(10000)', 'indexed, globalShuffle', 'stream, shuffle(10000)'],
    ] as const,
  ].flatMap(([rest, data, sides]) =>
    sides.map((side): Target => {
      const asked = `${data}, ${side}: at most 100 ms`
      return {
        id: `B10 ${data}, ${side}`,
        asked,
        case: `${place} ${rest}`,
        ours: [`millrace, ${side}`],
        most: 100 * ms,
      }
    }),
  ),
]

/** Beginning of the names of the cases that set an operation beside a loop. */
export const operation = 'operation '

/** What is asked of each operation: three times the loop that does the same work, which is the second side. */
export function operationTargets(results: readonly Result[]): Target[] {
  return results
    .filter(({ name, timings }) => name.startsWith(operation) && timings.length > 1)
    .map(({ name, timings }) => {
      const asked = `${name.slice(operation.length)}: within 3 times the loop`
      return { id: name, asked, case: name, than: [timings[1].name], most: 3 }
    })
}
