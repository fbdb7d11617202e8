import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { compileKernels } from './compileKernels.ts'

it('moduleBytes.ts is what the sources compile to', async () => {
  const committed = await readFile(new URL('../../src/kernels/moduleBytes.ts', import.meta.url), 'utf8')
  expect(committed, 'run npm run build:kernels').toBe(await compileKernels())
})
