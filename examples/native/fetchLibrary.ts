import { existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { partialFolder } from './partial.ts'
import { versions, type Places } from './places.ts'
import { run, step } from './run.ts'

/** Takes the two libraries and the headers of the C interface out of a wheel: arguments are its folder and the target. */
const unpack = `
import glob, os, shutil, sys, zipfile
folder, target = sys.argv[1:]
headers = ('tensorflow/c/', 'tensorflow/core/platform/', 'tsl/platform/', 'xla/tsl/c/')
wanted = ('tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2')
wanted += tuple('tensorflow/include/' + name for name in headers)
wheel = zipfile.ZipFile(glob.glob(os.path.join(folder, '*.whl'))[0])
for info in wheel.infolist():
    if info.filename.startswith(wanted) and not info.is_dir():
        path = os.path.join(target, info.filename[len('tensorflow/'):])
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with wheel.open(info) as source, open(path, 'wb') as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
`

const python = 'python3'

/** Fetches the C library of TensorFlow from its Python wheel (274 MB, 850 MB unpacked), unless it is there. */
export async function fetchLibrary({ cache, library }: Places): Promise<void> {
  if (existsSync(library)) return
  const wheel = await partialFolder(cache, 'wheel')
  const partial = await partialFolder(cache, 'tensorflow')
  const missing = `There is no ${python}. Install Python 3 with pip (Debian: apt install python3 python3-pip).`
  await step(`downloading tensorflow-cpu ${versions.tensorflow} (274 MB)`, () =>
    run({
      command: python,
      args: ['-m', 'pip', 'download', ...pipOptions(), '--dest', wheel, `tensorflow-cpu==${versions.tensorflow}`],
      cwd: cache,
      missing,
      failed:
        'pip could not download tensorflow-cpu. Check that pip is there and that PyPI, or a mirror of it, is in reach.',
    }),
  )
  await step('unpacking its C library', () =>
    run({
      command: python,
      args: ['-c', unpack, wheel, partial],
      cwd: cache,
      missing,
      failed: 'The wheel does not unpack. Check that 1.2 GB are free here, and run this again.',
    }),
  )
  await rename(partial, library)
}

/** The wheel of this kind of machine for one version of Python, whichever version runs pip. */
function pipOptions(): string[] {
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64'
  const platform = ['--platform', `manylinux_2_27_${machine}`, '--python-version', '3.11']
  return ['--no-deps', '--only-binary=:all:', '--quiet', '--disable-pip-version-check', ...platform]
}
