/** What is read of package.json. */
export interface ReleaseManifest {
  readonly version: string
  readonly repository?: string | { readonly url: string }
}

/**
 * What stands in the way of a release.
 *
 * @param tag `v` and the version
 * @param home address of the repository that the release is made from
 * @param changelog the text of CHANGELOG.md
 * @returns one sentence each; none where all is ready
 */
export function releaseObstacles(tag: string, home: string, manifest: ReleaseManifest, changelog: string): string[] {
  const found: string[] = []
  const { version, repository } = manifest
  if (tag !== `v${version}`) found.push(`The tag is ${tag}, but package.json says version ${version}.`)
  const url = typeof repository === 'object' ? repository.url : repository
  const plain = url?.replace(/^git\+/, '').replace(/\.git$/, '')
  if (plain === undefined) {
    found.push(`package.json has no repository, which provenance needs: { "type": "git", "url": "git+${home}.git" }.`)
  } else if (plain.toLowerCase() !== home.toLowerCase()) {
    found.push(`package.json says that the repository is ${plain}, but the release is made from ${home}.`)
  }
  const section = sectionOf(changelog, version)
  if (section === undefined) found.push(`CHANGELOG.md has no section "## ${version}": rename "## Unreleased".`)
  else if (section.trim() === '') found.push(`The section of ${version} in CHANGELOG.md is empty.`)
  const left = sectionOf(changelog, 'Unreleased') ?? ''
  if (left.trim() !== '') found.push('CHANGELOG.md still has changes under Unreleased.')
  return found
}

/** The text under a heading such as `## 1.2.3` or `## 1.2.3 - 2026-01-31`. */
function sectionOf(changelog: string, version: string): string | undefined {
  const [, ...sections] = changelog.split(/^## /m)
  const section = sections.find((text) => text.split('\n', 1)[0].split(' - ')[0].trim() === version)
  return section?.slice(section.indexOf('\n'))
}
