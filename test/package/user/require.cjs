// CommonJS programs may require the package, on a Node that lets modules be required.
const assert = require('node:assert/strict')
const { Dataset } = require('millrace')

void Dataset.range(4)
  .batch(2)
  .toArray()
  .then((batches) => assert.deepEqual(batches.map(({ data }) => [...data]), [[0, 1], [2, 3]]))
