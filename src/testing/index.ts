/** The public names of `millrace/testing`, one by one. */
export { checkDeterminism, type DeterminismOptions } from './checkDeterminism.ts'
export { checkGolden, type GoldenOptions } from './checkGolden.ts'
export { checkResume, type ResumeOptions } from './checkResume.ts'
export { difference, type Tolerance } from './difference.ts'
export { type ByteFaults, faultyBytes } from './faultyBytes.ts'
export { type Faults, injectFaults } from './injectFaults.ts'
