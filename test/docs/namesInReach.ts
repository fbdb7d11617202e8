import { readFileSync } from 'node:fs'
import ts from 'typescript'

/** What a file exports, also of the files that it exports whole, as import specifiers: `batch`, `type Shape`. */
export function exportedNames(path: string): string[] {
  const names = new Set(namesOfStatements(path))
  // A name may be that of a value and of a type: the import of the value is of both.
  return [...names].filter((name) => name === plain(name) || !names.has(plain(name)))
}

function namesOfStatements(path: string): string[] {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true)
  return file.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement)) {
      const { exportClause: clause, moduleSpecifier: from } = statement
      if (clause === undefined) {
        if (from === undefined || !ts.isStringLiteral(from)) return []
        return exportedNames(new URL(from.text, `file://${path}`).pathname)
      }
      if (ts.isNamespaceExport(clause)) return [clause.name.text]
      const typed = (only: boolean): string => (statement.isTypeOnly || only ? 'type ' : '')
      return clause.elements.map(({ name, isTypeOnly }) => typed(isTypeOnly) + name.text)
    }
    const exported = ts.canHaveModifiers(statement) && ts.getModifiers(statement)
    if (!exported || !exported.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)) return []
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name))
    }
    if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement))
      return [`type ${statement.name.text}`]
    const named = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)
    return named && statement.name !== undefined ? [statement.name.text] : []
  })
}

/** The imports that a program needs: of each module, its names that the program uses and does not declare. */
export function importsFor(
  code: string,
  modules: Iterable<readonly [module: string, names: readonly string[]]>,
): string {
  const file = ts.createSourceFile('program.ts', code, ts.ScriptTarget.Latest, true)
  const known = declaredNames(file)
  const used = usedNames(file)
  const imports: string[] = []
  for (const [module, names] of modules) {
    const wanted = names.filter((name) => used.has(plain(name)) && !known.has(plain(name)))
    wanted.forEach((name) => known.add(plain(name)))
    if (wanted.length > 0) imports.push(`import { ${wanted.join(', ')} } from '${module}'`)
  }
  return imports.join('; ')
}

function plain(specifier: string): string {
  return specifier.replace('type ', '')
}

function declaredNames(file: ts.SourceFile): Set<string> {
  return new Set(
    file.statements.flatMap((statement) => {
      if (ts.isVariableStatement(statement)) {
        return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name))
      }
      if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) return statement.name.text
      if (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) return statement.name?.text ?? []
      return ts.isImportDeclaration(statement) ? importedNames(statement) : []
    }),
  )
}

function importedNames({ importClause: clause }: ts.ImportDeclaration): string[] {
  const bindings = clause?.namedBindings
  const named = bindings === undefined ? [] : ts.isNamespaceImport(bindings) ? [bindings] : [...bindings.elements]
  return [clause?.name, ...named.map(({ name }) => name)].flatMap((name) => name?.text ?? [])
}

function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text]
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []))
}

function usedNames(file: ts.SourceFile): Set<string> {
  const used = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node) && !isProperty(node)) used.add(node.text)
    ts.forEachChild(node, visit)
  }
  visit(file)
  return used
}

/** Whether an identifier names a property, and so nothing that could be imported. */
function isProperty(node: ts.Identifier): boolean {
  const { parent } = node
  return (
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    (ts.isBindingElement(parent) && parent.propertyName === node)
  )
}
