const decoding =
  'Decoding takes 0.42 ms of the 0.70 of CPU time of a picture, in WebAssembly, where vectors are half as wide as those of ' +
  'libjpeg-turbo. What remains is resizing (0.10), the copy into the batch (0.06), reading the file (0.03), and what Node ' +
  'itself does.'
const recordCosts =
  'Two copies of each byte and its checksum, which no reader can do without, are a third to a half of the time.'
const memory =
  'The work is that of memory, which a virtual machine shares with others: where the raw copy of B2 takes 0.14 us a picture, ' +
  'and not 0.23 as at other times,'
const modules = 'What is left is reading and compiling the two files that the package is put together in.'
const replay =
  'The draws of the shuffle are played again, 30 ns each, and the elements in its buffer are read again, from the oldest of ' +
  'them on: some 100,000 records, of which all but 10,000 are passed over by their headers.'
const longRecords =
  'The copy out of the page cache, 24 us of CPU time a record, and the checksum, 17 us, run on two threads for one file already, ' +
  'so that a second file adds nothing on two cores, and two threads that share what a core has take half as long again for both. ' +
  'Raw reads of 4 MiB, with a checksum of each record and nothing else, take as long.'

/**
 * Why a target is not reached, by its id in `targets.ts`; an operation's id is the whole name of its case. The report
 * prints a reason only where a run falls short, so that writing it anew keeps them all.
 */
export const reasons: Readonly<Record<string, string>> = {
  'B1 ix, synchronous':
    "ix's Iterable cannot wait for anything, so it does less at each element. Its AsyncIterable, which can wait, is the like " +
    'of a Dataset.',
  'B1 tfjs-data': 'Each operation costs a call, an `instanceof Promise` and a comparison with the end: 2 to 4 ns.',
  'B1 loop':
    'The loop is compiled into one piece; here each operation costs a call, an `instanceof Promise` and a comparison with ' +
    'the end: 2 to 4 ns.',
  'B2 tf.data': `${memory} a picture takes 0.24 us, and tf.data, which computes more than it copies, 12 to 19 times that.`,
  'B2 torch':
    'Since 2.13 torch takes the rows of a TensorDataset a batch at a time, and frees a batch at once where it is dropped. ' +
    `${memory} a picture takes 0.24 us, and torch 12 times that.`,
  'B3 tf.data': `${recordCosts} tf.data parses with as many threads as help, where this is one.`,
  'B3 tf.data, usual': recordCosts,
  'B3 read': 'Half of the time are the copy out of the page cache and the checksum, which no reader can do without.',
  'B3 read, time':
    'Half of the time are the copy out of the page cache and the checksum, which no reader can do without.',
  'B3 long': longRecords,
  'B3 long, two files': longRecords,
  'B4 tf.data': decoding,
  'B4 default': `TensorFlow's default is as fast as INTEGER_FAST here, and its rounds go from 0.54 to 0.62 ms. ${decoding}`,
  'B4 torch': decoding,
  'B4 sharp': decoding,
  'B5 batch': `${memory} it takes 0.19 ms.`,
  'B6 CNN': 'The processor has AVX-512, which tfjs-node uses and WebAssembly, with its vectors of 128 bits, cannot.',
  'B8 import': modules,
  'B8 first batch': modules,
  'B8 workers': modules,
  'B10 rows in memory, shuffle(10000)': replay,
  'B10 TFRecords, indexed, shuffle(10000)': replay,
  'B10 TFRecords, stream, shuffle(10000)': replay,
  'B9 Python':
    'Ten times was asked where Python took 23 us for such an Example; it takes less by now, and what was ' +
    'asked of ours, 2 us, does not depend on Python. A third of ours is the checksum, one native call a record.',
  'operation groupByWindow, 4 keys of 32':
    'Each group is a dataset, whose plan is built, optimized and opened: a quarter of the time of a group of 32 elements, half ' +
    'of which is padding, as in the loop.',
  'operation ignoreErrors, one of 100 fails':
    'Each element left out is an error, for which V8 records the frames of the stack, a microsecond for each two of them: ten at ' +
    'the depth of a pipeline, half as many in the loop.',
}
