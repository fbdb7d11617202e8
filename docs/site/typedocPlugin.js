/*
 * What the site needs beyond TypeDoc:
 * - a method of Dataset whose comment says "see {@link ops.map}" gets the comment of that operation, and the modules `ops`
 *   and `sources`, which are not public, leave the reference;
 * - what a class inherits is shown at the class that it is from;
 * - a page is called by its heading, and stands in the group of pages.js.
 */
import { Comment, CommentTag, Converter, ReflectionKind } from 'typedoc'
import { pages } from './pages.js'

/** Modules that are read for their comments alone. */
const internal = ['ops', 'sources']
const groups = new Map(Object.entries(pages).flatMap(([group, paths]) => paths.map((path) => [path, group])))

/** Called by TypeDoc. */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    const modules = project.children ?? []
    const nameOf = (module) => module.name.replace(/\/index$/, '')
    const operations = new Map()
    for (const module of modules.filter((module) => internal.includes(nameOf(module)))) {
      for (const child of module.children ?? []) operations.set(`${nameOf(module)}.${child.name}`, child)
    }
    for (const method of project.getReflectionsByKind(ReflectionKind.Method | ReflectionKind.Accessor)) {
      if (method.inheritedFrom !== undefined) project.removeReflection(method)
      else method.signatures?.forEach((signature, i) => takeComment(signature, operations, i))
    }
    for (const module of [...modules]) {
      if (internal.includes(nameOf(module))) project.removeReflection(module)
      else nameModule(module)
    }
    for (const document of project.documents ?? []) namePage(document)
    // The site shows the name of the project above it.
    const [first] = project.readme ?? []
    if (first !== undefined) first.text = first.text.replace(/^# .*\n+/, '')
    project.readme?.forEach(plainBlocks)
  })
}

/** Names a module as it is imported. */
function nameModule(module) {
  module.name = module.name === 'index' ? 'millrace' : `millrace/${module.name.replace('/index', '')}`
  module.comment ??= new Comment()
  module.comment.blockTags.push(new CommentTag('@group', [{ kind: 'text', text: 'Reference' }]))
}

/** Gives a method the comment of the operation that its own links to. */
function takeComment(signature, operations, i) {
  const link = signature.comment?.summary.find(({ kind, text }) => kind === 'inline-tag' && operations.has(text.trim()))
  if (link === undefined) return
  const { signatures = [] } = operations.get(link.text.trim())
  const comment = (signatures[i]?.comment ?? signatures[0]?.comment)?.clone()
  if (comment === undefined) return
  const known = new Set(signature.parameters?.map(({ name }) => name))
  comment.blockTags = comment.blockTags.filter(({ tag, name }) => tag !== '@param' || known.has(name?.split('.')[0]))
  signature.comment = comment
}

/** Names a page after its heading, and puts it in its group. */
function namePage(document) {
  const [first] = document.content
  const heading = /^# (.+)\n/.exec(first.text)
  const file = document.project.files.getReflectionPath(document) ?? ''
  const path = [...groups.keys()].find((path) => file.endsWith(`/${path}`))
  if (heading === null || path === undefined) throw new Error(`${file} has no heading or no group`)
  document.name = heading[1]
  document.frontmatter.group = groups.get(path)
  document.content.forEach(plainBlocks)
}

/** Says of blocks without a language that they are text, or they would be coloured as code; what follows a language goes. */
function plainBlocks(part) {
  let inside = false
  part.text = part.text.replace(/^( *```)(\w*)(?: .*)?$/gm, (_, fence, language) => {
    inside = !inside
    return inside && language === '' ? `${fence}text` : `${fence}${language}`
  })
}
