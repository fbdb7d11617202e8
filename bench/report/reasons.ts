const decoding =
  "About half of the CPU time of a picture is libjpeg-turbo's own decoding, which the other side pays too; what the rest is " +
  'made of was not measured.'
const recordCosts =
  'Two copies of each byte and its checksum are about half of the time, and the raw limit stands beside it.'

/**
 * Why a target is not reached, by its id in `targets.ts`; an operation's id is the whole name of its case. The report
 * prints a reason only where a run falls short, so that writing it anew keeps them all.
 */
export const reasons: Readonly<Record<string, string>> = {
  'B1 ix, synchronous':
    "ix's Iterable cannot wait for anything, so it does less at each element. Its AsyncIterable, which can wait, is the like " +
    'of a Dataset.',
  'B1 tfjs-data': 'Each operation costs a call, an `instanceof Promise` and a comparison with the end: 3 to 5 ns.',
  'B1 loop':
    'The loop is compiled into one piece; here each operation costs a call, an `instanceof Promise` and a comparison with ' +
    'the end: 3 to 5 ns.',
  'B2 torch':
    'Since 2.13 torch takes the rows of a TensorDataset a batch at a time. The hand-written gather itself is less than five ' +
    'times as fast as that, so that twelve times is beyond what one thread can copy.',
  'B3 tf.data': `${recordCosts} tf.data parses with as many threads as help, where this is one.`,
  'B3 tf.data, usual': recordCosts,
  'B3 read':
    'The copy out of the page cache and the checksum, which no reader can do without, are two thirds of the time.',
  'B3 read, time':
    'The copy out of the page cache and the checksum, which no reader can do without, are two thirds of the time.',
  'B3 long':
    'A record that may be kept needs fresh memory: 50 pages to fault in for each, and a garbage collection for every 32 MB. A ' +
    'reader that lends its records (RecordReader with reuseMemory) does without and is more than twice as fast.',
  'B3 long, two files': 'As with one file: fresh memory for each record. A reader that lends its records does without.',
  'B4 tf.data': decoding,
  'B4 default': `TensorFlow's default is the fast DCT already, so that it is no slower than INTEGER_FAST. ${decoding}`,
  'B4 torch': decoding,
  'B4 sharp': decoding,
  'B6 CNN': 'The processor has AVX-512, which tfjs-node uses and WebAssembly, with its vectors of 128 bits, cannot.',
  'operation groupByWindow, 4 keys of 32':
    'A group costs 17 us more than in the loop: 0.6 us of that is the building of its dataset, a fifth garbage collection.',
  'operation ignoreErrors, one of 100 fails':
    'Each element left out is an error, for which V8 records ten frames of the stack: some 16 us at the depth of a pipeline, 3 ' +
    'to 5 us in the loop.',
}
