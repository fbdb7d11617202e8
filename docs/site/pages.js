import { readdirSync } from 'node:fs'

/** The pages in a folder, from the root of the project. */
function pagesIn(folder) {
  const names = readdirSync(new URL(`../../${folder}/`, import.meta.url)).toSorted()
  return names.filter((name) => /^(?!README).*\.md$/.test(name)).map((name) => `${folder}/${name}`)
}

const placed = {
  Guide: ['docs/guide.md', 'docs/recipes.md', 'docs/operations.md'],
  'Coming from': ['docs/coming-from-tf-data.md', 'docs/coming-from-torch.md', 'docs/coming-from-tfjs-data.md'],
  Topics: ['docs/image.md', 'docs/parallel.md', 'docs/tuning.md', 'docs/training.md', 'docs/testing.md'],
  'How it works': [
    'docs/architecture.md',
    'docs/state-format.md',
    'docs/performance.md',
    'docs/decisions/README.md',
    ...pagesIn('docs/decisions'),
  ],
  Project: ['CONTRIBUTING.md', 'CHANGELOG.md'],
}
const others = pagesIn('docs').filter((path) => !Object.values(placed).flat().includes(path))

/** The pages of the site by group, in the order of its sidebar; a page that is in no group yet is a topic. */
export const pages = { ...placed, Topics: [...placed.Topics, ...others] }
