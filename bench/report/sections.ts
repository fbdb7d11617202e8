/** A part of the report: the cases whose names begin with its prefix, and what is to be said before their tables. */
export interface Section {
  /** Of the names of its cases, and of its plot's file. */
  readonly prefix: string
  readonly title: string
  readonly intro?: string
}

/** The parts of the report in order. Operations have a table of their own, and the cases of no part come at the end. */
export const sections: readonly Section[] = [
  { prefix: 'B1 ', title: 'B1 Scalar chain' },
  { prefix: 'B2 ', title: 'B2 Arrays in memory, shuffled and batched' },
  {
    prefix: 'B3 ',
    title: 'B3 Reading TFRecords',
    intro:
      'Files of 60,000 records lie in the page cache. Who takes twenty times as long is given 6,000: ArrayRecord, the tar file, ' +
      "and npm's packages, which read one record at a time and have no batches, so that they fill them by hand. " +
      '@roboflow/tfrecords keeps the whole file, and is given 300.',
  },
  {
    prefix: 'B4 ',
    title: 'B4 A folder of pictures to batches',
    intro: 'JPEGs of 500 x 375 pixels and some 57 KB from the page cache, to batches of 32 x 224 x 224 float32.',
  },
  { prefix: 'B5 ', title: 'B5 Workers' },
  {
    prefix: 'B6 ',
    title: 'B6 Training while data is prepared',
    intro:
      'A training step blocks its thread, so the pipeline runs in a worker. The share that waits is what fit() reports of a ' +
      'pass, the start of the pipeline included. A backend that is not installed is left out (npm run native builds tfjs-node).',
  },
  {
    prefix: 'B7 ',
    title: 'B7 Memory',
    intro:
      'Each pipeline runs in a process of its own. A hundred times in all garbage is collected twice, by force, and then the ' +
      'memory is looked at: what the process has of the machine (resident set), and what V8 holds of it (objects and ' +
      'buffers). Growth is the median of the second half of the looks less that of the first half: a leak shows in full, ' +
      'whereas filling a buffer at the start, or a single page more or less, does not. What garbage takes between two ' +
      'collections is not in it; V8 sets its own bound to that. The loop keeps nothing: what it shows is the error of the method.',
  },
  {
    prefix: 'B8 ',
    title: 'B8 Cold start',
    intro:
      'Every measurement is a process of its own, with files in the page cache. The clock starts before the import, after ' +
      'the start of Node or Python itself. What is asked of a first batch includes the import.',
  },
  {
    prefix: 'B9 ',
    title: 'B9 Writing TFRecords',
    intro:
      "Each file is new, and the last one was removed before. npm's packages are given 6,000 Examples, @roboflow/tfrecords 300.",
  },
  {
    prefix: 'B10 ',
    title: 'B10 Going on where a run stopped',
    intro:
      'An iterator has delivered a million elements. Measured is: its state, as JSON and back, a new iterator with it, its ' +
      'first batch of 100, and closing it. That this is the batch which the first iterator gives next is checked before. ' +
      'tf.data writes its checkpoint to a file and reads it again; Grain keeps its state in memory.',
  },
]
