import { cpSync, readdirSync, rmSync } from 'node:fs'

/*
 * Makes the JavaScript of the package, in dist, out of the modules that tsc wrote to dist/.modules. What is imported
 * together lies in one file: a program that imports millrace reads two files instead of two hundred, in a quarter of the
 * time. Names and comments stay as they are.
 *
 *   index.js, tfrecord/index.js, image/index.js, testing/index.js, train/index.js   what users import, out of
 *   core.js, tfrecord.js, image.js, testing.js, train.js                            rooms of src, put together
 *   workerEntry.js, loadWorker.js     what threads run; the code that starts threads finds them beside itself
 *   cli/                              file by file, for each command loads what it needs
 */

const modules = 'dist/.modules'

const input = {
  index: `${modules}/index.js`,
  'tfrecord/index': `${modules}/tfrecord/index.js`,
  'image/index': `${modules}/image/index.js`,
  'testing/index': `${modules}/testing/index.js`,
  'train/index': `${modules}/train/entry.js`,
  workerEntry: `${modules}/parallel/workerEntry.js`,
  loadWorker: `${modules}/image/loadWorker.js`,
}

/** The file of a room; those that are not named go into core.js. */
const files = { tfrecord: 'tfrecord', image: 'image', kernels: 'image', testing: 'testing', train: 'train' }

function fileOf(id) {
  const [, path] = id.replaceAll('\\', '/').split(`/${modules}/`)
  if (Object.values(input).includes(`${modules}/${path}`)) return undefined
  return files[path.split('/')[0]] ?? 'core'
}

/** Copies the command line, and removes what a former build left. */
const others = {
  name: 'others',
  writeBundle(_, bundle) {
    for (const file of readdirSync('dist', { recursive: true })) {
      const path = file.replaceAll('\\', '/')
      if (/\.(js|map)$/.test(path) && !path.startsWith('.modules/') && !(path in bundle)) rmSync(`dist/${path}`)
    }
    cpSync(`${modules}/cli`, 'dist/cli', { recursive: true })
  },
}

export default {
  input,
  external: (id) => /^(node:|@|[a-z])/.test(id) && !/^[a-z]:[\\/]/i.test(id),
  plugins: [others],
  output: {
    dir: 'dist',
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    manualChunks: fileOf,
    hoistTransitiveImports: false,
    minifyInternalExports: false,
  },
}
