import { readdirSync } from 'node:fs'

const decisions = readdirSync(new URL('../decisions/', import.meta.url)).filter((name) => /^\d/.test(name))

/** The pages of the site by group, in the order of its sidebar; paths from the root of the project. */
export const pages = {
  Guide: ['docs/guide.md', 'docs/recipes.md', 'docs/operations.md'],
  'Coming from': ['docs/coming-from-tf-data.md', 'docs/coming-from-torch.md', 'docs/coming-from-tfjs-data.md'],
  Topics: ['docs/image.md', 'docs/parallel.md', 'docs/tuning.md', 'docs/training.md', 'docs/testing.md', 'docs/cli.md'],
  'How it works': [
    'docs/architecture.md',
    'docs/state-format.md',
    'docs/performance.md',
    'docs/benchmarks.md',
    'docs/decisions/README.md',
  ],
  Decisions: decisions.toSorted().map((name) => `docs/decisions/${name}`),
  Project: ['CONTRIBUTING.md', 'CHANGELOG.md'],
}
