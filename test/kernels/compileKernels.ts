import { readdir, readFile } from 'node:fs/promises'
import * as asc from 'assemblyscript/asc'

/** A module of kernels: where its sources lie, where its bytes go, and what it needs of the compiler. */
export interface KernelsModule {
  readonly sources: URL
  readonly bytes: URL
  readonly flags: readonly string[]
}

const src = new URL('../../src/', import.meta.url)

/** The kernels of pictures have a memory of their own; those of training work in the shared one of the wasm backend. */
export const kernelModules: readonly KernelsModule[] = [
  { sources: new URL('kernels/assembly/', src), bytes: new URL('kernels/moduleBytes.ts', src), flags: [] },
  {
    sources: new URL('train/backend/wasm/assembly/', src),
    bytes: new URL('train/backend/wasm/heapBytes.ts', src),
    flags: [
      '--importMemory',
      '--sharedMemory',
      '--initialMemory',
      '1',
      '--maximumMemory',
      '65536',
      '--enable',
      'threads',
    ],
  },
]

/** Compiles the AssemblyScript sources of a module; gives the text of the file that holds it. */
export async function compileKernels({ sources: folder, flags }: KernelsModule): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort()
  const sources = new Map<string, string>()
  for (const name of names) sources.set(name, await readFile(new URL(name, folder), 'utf8'))
  const options = ['--runtime', 'stub', '--noAssert', '-O3', '--converge', '--enable', 'simd', ...flags]
  let compiled: Uint8Array | undefined
  let messages = ''
  const { error } = await asc.main([...names, '--outFile', 'kernels.wasm', ...options], {
    readFile: (name) => sources.get(name) ?? null,
    writeFile: (_name, contents) => {
      compiled = contents as Uint8Array
    },
    listFiles: () => [],
    stderr: {
      write: (text) => {
        messages += String(text)
      },
    },
  })
  if (error !== null || compiled === undefined) throw new Error(`the kernels do not compile: ${messages}`)
  return [
    '/** The WebAssembly module of the kernels in base64, written by `npm run build:kernels` from `assembly`. */',
    `export const moduleBytes =\n  '${Buffer.from(compiled).toString('base64')}'`,
    '',
  ].join('\n')
}
