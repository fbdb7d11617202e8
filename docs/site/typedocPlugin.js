/**
 * What the site needs beyond TypeDoc:
 * - a method of Dataset whose comment says "see {@link ops.map}" gets the comment of that operation, and the modules `ops`
 *   and `sources`, which are not public, leave the reference;
 * - what a class inherits is shown at the class that has it;
 * - a page is called by its heading, and stands in the group that `pages` puts it in.
 */
import { Converter, ReflectionKind } from 'typedoc'
import { pageGroups } from './pageGroups.js'

/** Modules that are read for their comments alone. */
const internal = ['ops', 'sources']

export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    const operations = new Map()
    for (const module of project.children ?? []) {
      if (!internal.includes(module.name)) continue
      for (const child of module.children ?? []) operations.set(`${module.name}.${child.name}`, child)
    }
    for (const method of project.getReflectionsByKind(ReflectionKind.Method)) {
      const { parent } = method
      if (method.inheritedFrom !== undefined && parent !== project) project.removeReflection(method)
      else method.signatures?.forEach((signature, i) => takeComment(signature, operations, i))
    }
    for (const module of [...(project.children ?? [])]) {
      if (internal.includes(module.name)) project.removeReflection(module)
      else module.name = module.name === 'index' ? 'millrace' : `millrace/${module.name}`
    }
    for (const document of project.documents ?? []) namePage(document)
  })
}

function takeComment(signature, operations, i) {
  const link = signature.comment?.summary.find(({ kind, text }) => kind === 'inline-tag' && operations.has(text.trim()))
  if (link === undefined) return
  const { signatures = [] } = operations.get(link.text.trim())
  const comment = (signatures[i] ?? signatures[0])?.comment ?? signatures[0]?.comment
  if (comment !== undefined) signature.comment = comment.clone()
}

/** A page's heading is its name, and leaves its text, which the site puts it above. */
function namePage(document) {
  const [first] = document.content
  const heading = /^# (.+)\n+/.exec(first.text)
  if (heading === null) return
  first.text = first.text.slice(heading[0].length)
  const file = document.sources?.[0]?.fileName ?? document.name
  document.name = heading[1]
  for (const [group, names] of Object.entries(pageGroups)) {
    if (names.includes(file)) document.comment?.blockTags.push(group)
  }
}
