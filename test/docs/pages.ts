import { readdirSync } from 'node:fs'

const folder = new URL('../../docs/', import.meta.url)

/** The pages of the documentation, from the root of the project. */
export const pages: readonly string[] = [
  'README.md',
  ...readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md') && !path.startsWith('dist'))
    .map((path) => `docs/${path}`)
    .toSorted(),
]
