/** Every source of elements, one line each. */
export * from './counter.ts'
export * from './fromWorkers.ts'
export * from './generator.ts'
export * from './load.ts'
export * from './random.ts'
export * from './range.ts'
export * from './tensorSlices.ts'
export * from './tensors.ts'
