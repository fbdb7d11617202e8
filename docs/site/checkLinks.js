/* Fails where a page of the site links to a file or an anchor that is not there: `node docs/site/checkLinks.js FOLDER`. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const root = resolve(process.argv[2])
const anchors = new Map()
const dead = []
let links = 0

for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.html')) continue
  const page = join(root, name)
  for (const [, link] of textOf(page).matchAll(/\s(?:href|src)="([^"]*)"/g)) {
    const target = link.replaceAll('&amp;', '&')
    if (/^(?:https?:|data:|mailto:)/.test(target)) continue
    links++
    const [path, anchor] = target.split('#')
    const file = path === '' ? page : resolve(dirname(page), decodeURIComponent(path.replace(/\?.*/, '')))
    const there = existsSync(file) && statSync(file).isFile() && !relative(root, file).startsWith('..')
    if (!there || (anchor && file.endsWith('.html') && !anchorsOf(file).has(decodeURIComponent(anchor)))) {
      dead.push(`${name}: ${target}`)
    }
  }
}

/** The ids in a page. */
function anchorsOf(page) {
  const known = anchors.get(page) ?? new Set([...textOf(page).matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id))
  anchors.set(page, known)
  return known
}

function textOf(page) {
  return readFileSync(page, 'utf8')
}

console.log(`${links} links, ${dead.length} dead`)
for (const line of dead) console.error(line)
if (dead.length > 0 || links === 0) process.exitCode = 1
