import { writeFile } from 'node:fs/promises'
import { compileKernels } from './compileKernels.ts'

/** `npm run build:kernels`: writes the compiled module beside its sources. */
await writeFile(new URL('../../src/kernels/moduleBytes.ts', import.meta.url), await compileKernels())
