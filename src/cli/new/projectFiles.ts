import { readFileSync } from 'node:fs'
import { pipelineFile, shapesFile, trainFile } from './sourceFiles.ts'

/** What this package depends on, and at which versions. */
interface Manifest {
  readonly version: string
  readonly peerDependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

/** The files of a project by name, in TypeScript or JavaScript. */
export function projectFiles(folder: string, language: 'ts' | 'js'): Record<string, string> {
  const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as Manifest
  return {
    'package.json': text(packageJson(packageName(folder), language, manifest)),
    ...(language === 'ts' && { 'tsconfig.json': text(tsconfig) }),
    '.gitignore': 'node_modules\ndata\n*.safetensors\n',
    'README.md': readme(packageName(folder), language),
    [`shapes.${language}`]: shapesFile(language),
    [`pipeline.${language}`]: pipelineFile(language),
    [`train.${language}`]: trainFile(language),
  }
}

function packageJson(name: string, language: 'ts' | 'js', { version, peerDependencies, devDependencies }: Manifest) {
  const versions = (from: Readonly<Record<string, string>>, ...names: string[]): Record<string, string> =>
    Object.fromEntries(names.map((of) => [of, from[of]]))
  return {
    name,
    private: true,
    type: 'module',
    engines: { node: '>=20' },
    scripts: {
      start: language === 'ts' ? 'tsx train.ts' : 'node train.js',
      ...(language === 'ts' && { check: 'tsc' }),
      explain: `millrace explain pipeline.${language}`,
      bench: `millrace bench pipeline.${language}`,
    },
    dependencies: {
      ...versions(peerDependencies, '@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'),
      millrace: `^${version}`,
    },
    ...(language === 'ts' && { devDependencies: versions(devDependencies, '@types/node', 'tsx', 'typescript') }),
  }
}

const tsconfig = {
  compilerOptions: {
    target: 'es2023',
    lib: ['esnext'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noEmit: true,
    // Imports name .ts files, as tsx and Node both find them.
    allowImportingTsExtensions: true,
    erasableSyntaxOnly: true,
    verbatimModuleSyntax: true,
    skipLibCheck: true,
  },
  include: ['*.ts'],
}

function readme(name: string, language: 'ts' | 'js'): string {
  const check = language === 'ts' ? 'npm run check    # the types\n' : ''
  return `# ${name}

Tells circles, squares and triangles apart, with millrace and tfjs.

\`\`\`sh
npm install
npm start        # draws the pictures in data/, trains for 10 passes, tests
npm run explain  # what the pipeline does, as written and as it runs
npm run bench    # how fast it is, and what slows it down
${check}\`\`\`

- \`shapes.${language}\` makes the data: a folder of pictures with a folder for each class. Put pictures of your own into
  \`data/\`, and the names of its folders into \`names\`, in the order of the alphabet.
- \`pipeline.${language}\` reads, splits, shuffles and batches them.
- \`train.${language}\` trains on the batches, which a worker thread makes meanwhile. \`npm start -- --epochs 20\` trains
  longer. The first pass waits half a second for that thread to start; the line after each pass says how long it waited.

Where \`npm install @tensorflow/tfjs-node\` works, training runs on that, else on WebAssembly.
`
}

function text(json: unknown): string {
  return `${JSON.stringify(json, null, 2)}\n`
}

/** A name that npm takes, made of that of the folder. */
function packageName(folder: string): string {
  const name = folder
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+/, '')
    .slice(0, 100)
  return name === '' ? 'shapes' : name
}
