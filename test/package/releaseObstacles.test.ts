import { describe, expect, it } from 'vitest'
import { releaseObstacles, type ReleaseManifest } from './releaseObstacles.ts'

const home = 'https://github.com/owner/name'
const manifest = { version: '1.2.3', repository: { type: 'git', url: `git+${home}.git` } }
const changelog =
  '# Changelog\n\n## Unreleased\n\n## 1.2.3 - 2026-01-31\n\n- A change.\n\n## 1.2.2\n\n- An older one.\n'

describe('a release', () => {
  it('is ready with the version of the tag, the repository, and a section in the changelog', () => {
    expect(releaseObstacles('v1.2.3', home, manifest, changelog)).toEqual([])
    expect(releaseObstacles('v1.2.3', home, { ...manifest, repository: `${home}.git` }, changelog)).toEqual([])
  })

  it.each([
    [{ tag: 'v1.2.4' }, 'The tag is v1.2.4, but package.json says version 1.2.3.'],
    [
      { manifest: { version: '1.2.3' } },
      `package.json has no repository, which provenance needs: { "type": "git", "url": "git+${home}.git" }.`,
    ],
    [
      { home: 'https://github.com/other/name' },
      `package.json says that the repository is ${home}, but the release is made from https://github.com/other/name.`,
    ],
    [{ changelog: '# Changelog\n' }, 'CHANGELOG.md has no section "## 1.2.3": rename "## Unreleased".'],
    [{ changelog: '# Changelog\n\n## 1.2.3\n\n## 1.2.2\n' }, 'The section of 1.2.3 in CHANGELOG.md is empty.'],
    [
      { changelog: changelog.replace('Unreleased\n', 'Unreleased\n\n- Not yet.\n') },
      'CHANGELOG.md still has changes under Unreleased.',
    ],
  ])('is not with %j', (change, sentence) => {
    const given = { tag: 'v1.2.3', home, manifest: manifest as ReleaseManifest, changelog, ...change }
    expect(releaseObstacles(given.tag, given.home, given.manifest, given.changelog)).toEqual([sentence])
  })
})
