import { writeFile } from 'node:fs/promises'
import { compileKernels, kernelModules } from './compileKernels.ts'

/** `npm run build:kernels`: writes each compiled module beside its sources. */
for (const module of kernelModules) await writeFile(module.bytes, await compileKernels(module))
