import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

/*
 * What users can name: every declaration that an entry point of the package exports, as the built declaration files have
 * it, without comments and without what is private.
 */

const root = new URL('../../', import.meta.url)
/** With `/` between names on every system, as the compiler has them. */
const builtFolder = fileURLToPath(new URL('dist/', root)).replaceAll('\\', '/')

/**
 * The entry points that people import from, by what they import: `millrace`, `millrace/tfrecord`. `millrace/worker` is
 * none: threads run it.
 */
export function entryPoints(): ReadonlyMap<string, string> {
  const { name, exports } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as {
    readonly name: string
    readonly exports: Readonly<Record<string, string | { readonly types: string }>>
  }
  const found = new Map<string, string>()
  for (const [path, target] of Object.entries(exports)) {
    if (typeof target !== 'string' && path !== './worker')
      found.set(name + path.slice(1), fileURLToPath(new URL(target.types, root)))
  }
  return found
}

/** The name of the file that holds a report: `millrace-tfrecord.api.md`. */
export function reportFile(entryPoint: string): URL {
  return new URL(`api/${entryPoint.replaceAll('/', '-')}.api.md`, root)
}

/**
 * The reports of all entry points, from the declarations that `npm run build` wrote.
 *
 * @returns Markdown by entry point
 */
export function apiReports(): ReadonlyMap<string, string> {
  const entries = entryPoints()
  const program = ts.createProgram([...entries.values()], {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    types: ['node'],
    skipLibCheck: true,
  })
  const checker = program.getTypeChecker()
  const exportsOf = new Map(
    [...entries].map(([entry, file]) => [entry, exportedNames(checker, file, program.getSourceFile(file))]),
  )
  const exported = new Set([...exportsOf.values()].flatMap((names) => [...names.values()].map(({ symbol }) => symbol)))
  return new Map([...exportsOf].map(([entry, names]) => [entry, report(entry, names, exported, checker)]))
}

/** A name that is exported. */
interface Exported {
  /** What it is declared as. */
  readonly symbol: ts.Symbol
  /** Whether it is exported as a type alone: then nobody else can make one of a class. */
  readonly typeOnly: boolean
}

/** What a module exports, by name, sorted. */
function exportedNames(checker: ts.TypeChecker, path: string, file?: ts.SourceFile): ReadonlyMap<string, Exported> {
  const module = file && checker.getSymbolAtLocation(file)
  if (module === undefined) throw new Error(`There are no declarations at ${path}: run npm run build.`)
  const names = checker.getExportsOfModule(module).map((symbol) => {
    const typeOnly = (symbol.declarations ?? []).some(ts.isTypeOnlyExportDeclaration)
    return [symbol.name, { symbol: declared(checker, symbol), typeOnly }] as const
  })
  return new Map(names.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function declared(checker: ts.TypeChecker, symbol: ts.Symbol): ts.Symbol {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
}

function report(
  entry: string,
  names: ReadonlyMap<string, Exported>,
  exported: ReadonlySet<ts.Symbol>,
  checker: ts.TypeChecker,
): string {
  const hidden = new Map<string, Set<string>>()
  const blocks = [...names].map(([name, { symbol, typeOnly }]) => {
    const nodes = (symbol.declarations ?? []).map(statementOf).map((node) => visiblePart(node, typeOnly))
    for (const node of nodes) {
      for (const other of hiddenTypes(node, exported, checker)) {
        hidden.set(other, (hidden.get(other) ?? new Set()).add(name))
      }
    }
    const note = typeOnly && symbol.flags & ts.SymbolFlags.Class ? '// the type alone\n' : ''
    return note + nodes.map(publicText).join('\n')
  })
  const reached = [...hidden]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, users]) => `- \`${name}\`, by ${[...users].map((user) => `\`${user}\``).join(', ')}`)
  return [
    `# API of ${entry}`,
    `Written by \`npm run api\`: ${names.size} names. A change of this file is a change for users.`,
    `\`\`\`ts\n${blocks.join('\n\n')}\n\`\`\``,
    ...(reached.length === 0 ? [] : [`Named above, but exported nowhere:\n\n${reached.join('\n')}`]),
    '',
  ].join('\n\n')
}

/** The statement of a declaration: that of a constant is two levels up. */
function statementOf(node: ts.Declaration): ts.Node {
  return ts.isVariableDeclaration(node) ? node.parent.parent : node
}

const printer = ts.createPrinter({ removeComments: true })

function publicText(node: ts.Node): string {
  const text = printer.printNode(ts.EmitHint.Unspecified, node, ts.getOriginalNode(node).getSourceFile())
  return text.replace(/^export (declare )?/, '').replaceAll('    ', '  ')
}

/** A class without what is private; of one that is exported as a type, only what instances have. */
function visiblePart(node: ts.Node, typeOnly: boolean): ts.Node {
  if (!ts.isClassDeclaration(node)) return node
  const members = node.members.filter((member) => !isPrivate(member) && !(typeOnly && isOfClassItself(member)))
  const { modifiers = [], name, typeParameters, heritageClauses } = node
  return ts.factory.updateClassDeclaration(node, modifiers, name, typeParameters, heritageClauses, members)
}

/** Whether a member is of no use to who only has instances. */
function isOfClassItself(member: ts.ClassElement): boolean {
  return (
    ts.isConstructorDeclaration(member) ||
    hasModifier(member, ts.SyntaxKind.StaticKeyword) ||
    hasModifier(member, ts.SyntaxKind.ProtectedKeyword)
  )
}

function isPrivate(member: ts.Node): boolean {
  const { name } = member as ts.NamedDeclaration
  if (name !== undefined && ts.isPrivateIdentifier(name)) return true
  return hasModifier(member, ts.SyntaxKind.PrivateKeyword)
}

function hasModifier(node: ts.Node, kind: ts.ModifierSyntaxKind): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((modifier) => modifier.kind === kind)
}

/** The types of this package that a declaration names, and that no entry point exports. */
function hiddenTypes(node: ts.Node, exported: ReadonlySet<ts.Symbol>, checker: ts.TypeChecker): ReadonlySet<string> {
  const found = new Set<string>()
  const visit = (at: ts.Node): void => {
    if (isPrivate(at)) return
    if (ts.isIdentifier(at)) {
      const named = checker.getSymbolAtLocation(at)
      const symbol = named && declared(checker, named)
      if (symbol !== undefined && isOfPackage(symbol) && !exported.has(symbol)) found.add(symbol.name)
    }
    ts.forEachChild(at, visit)
  }
  visit(node)
  return found
}

/** Whether a symbol is declared at the top of one of this package's files. */
function isOfPackage({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some((declaration) => {
    const { parent } = statementOf(declaration) as { readonly parent?: ts.Node }
    return parent !== undefined && ts.isSourceFile(parent) && parent.fileName.startsWith(builtFolder)
  })
}
