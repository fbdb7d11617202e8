import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { compileKernels, kernelModules } from './compileKernels.ts'

it.each(kernelModules)('$bytes is what the sources compile to', async (module) => {
  expect(await readFile(module.bytes, 'utf8'), 'run npm run build:kernels').toBe(await compileKernels(module))
})
