import { pages } from './pages.js'

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  name: 'millrace',
  entryPoints: [
    'index',
    'tfrecord/index',
    'image/index',
    'train/index',
    'testing/index',
    'ops/index',
    'sources/index',
  ].map((name) => `../../src/${name}.ts`),
  tsconfig: '../../src/tsconfig.json',
  out: '../dist/site',
  readme: '../../README.md',
  projectDocuments: Object.values(pages)
    .flat()
    .map((path) => `../../${path}`),
  plugin: ['./typedocPlugin.js'],
  customCss: './site.css',
  sort: ['kind', 'alphabetical-ignoring-documents'],
  groupOrder: [...Object.keys(pages), 'Reference', 'Classes', 'Functions', '*'],
  navigation: { includeGroups: true },
  excludePrivate: true,
  githubPages: false,
  hideGenerator: true,
  searchInDocuments: true,
  disableSources: true,
  highlightLanguages: ['typescript', 'javascript', 'shellscript', 'json', 'console', 'csv'],
  validation: { invalidLink: true, notExported: false, notDocumented: false },
  treatWarningsAsErrors: true,
}
