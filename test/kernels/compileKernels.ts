import { readdir, readFile } from 'node:fs/promises'
import * as asc from 'assemblyscript/asc'

const folder = new URL('../../src/kernels/assembly/', import.meta.url)

/** Compiles the AssemblyScript sources; gives the text of `src/kernels/moduleBytes.ts`. */
export async function compileKernels(): Promise<string> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.ts')).sort()
  const sources = new Map<string, string>()
  for (const name of names) sources.set(name, await readFile(new URL(name, folder), 'utf8'))
  let compiled: Uint8Array | undefined
  let messages = ''
  const { error } = await asc.main(
    [...names, '--outFile', 'kernels.wasm', '--runtime', 'stub', '--noAssert', '-O3', '--converge', '--enable', 'simd'],
    {
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
    },
  )
  if (error !== null || compiled === undefined) throw new Error(`the kernels do not compile: ${messages}`)
  return [
    '/** The WebAssembly module of the kernels in base64, written by `npm run build:kernels` from `assembly`. */',
    `export const moduleBytes =\n  '${Buffer.from(compiled).toString('base64')}'`,
    '',
  ].join('\n')
}
