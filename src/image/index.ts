/** The public names of `millrace/image`, one by one. */
export { kernelInput } from '../kernels/kernelMemory.ts'
export type { Image } from './imageShape.ts'
export { resize, type ResizeMethod, type ResizeOptions, type Resized } from './resize.ts'
