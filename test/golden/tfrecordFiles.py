"""Writes compressed TFRecords and the orders of interleaved reads with TensorFlow. Running it again gives the same.

    python3 -m venv tf && tf/bin/pip install tensorflow-cpu==2.21.0
    tf/bin/python test/golden/tfrecordFiles.py

tfrecordFiles.json holds
    compressed  files as TFRecordWriter writes them: compression, hex of the file, hex of each record
    interleave  order in which TFRecordDataset(files, num_parallel_reads=...) gives the records `file-number`
"""
import json
import os
import tempfile

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
import tensorflow as tf

HERE = os.path.dirname(os.path.abspath(__file__))
folder = tempfile.mkdtemp()


def write(path, records, options=None):
    with tf.io.TFRecordWriter(path, options) as writer:
        for record in records:
            writer.write(record)


def compressed():
    rows = []
    contents = dict(empty=[], one=[b'one record'], several=[b'', b'a' * 300, bytes(range(256)), b'last'])
    for kind in ('GZIP', 'ZLIB'):
        for name, records in contents.items():
            path = os.path.join(folder, f'{name}.{kind}')
            write(path, records, kind)
            rows.append(dict(name=name, compression=kind, file=open(path, 'rb').read().hex(),
                             records=[record.hex() for record in records]))
    return rows


def interleave():
    rows = []
    for lengths in ([3, 1, 4, 0, 2, 5], [1, 1, 1], [0, 0, 2], [0], [], [5], [2, 0, 0, 0, 3], [4, 4, 4, 4], [1, 5, 1, 5, 2],
                    [0, 3, 0, 3, 1, 0]):
        paths = []
        for i, length in enumerate(lengths):
            paths.append(os.path.join(folder, f'f{len(rows)}-{i}'))
            write(paths[-1], [f'{i}-{k}'.encode() for k in range(length)])
        for reads in (None, 1, 2, 3, 4, 8):
            dataset = tf.data.TFRecordDataset(tf.constant(paths, tf.string), num_parallel_reads=reads)
            order = [record.numpy().decode() for record in dataset]
            rows.append(dict(lengths=lengths, numParallelReads=reads, order=order))
    return rows


with open(f'{HERE}/tfrecordFiles.json', 'w') as file:
    json.dump(dict(compressed=compressed(), interleave=interleave()), file, indent=0)
    file.write('\n')
