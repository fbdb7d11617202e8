import ts from 'typescript'

/**
 * Makes what the comments of a program say into checks, on the same lines:
 * - `expression // value`, a statement of the module: its value is written so by `show`;
 * - `expression // throws Name: message`: it throws this;
 * - `console.log(...) // text`, anywhere: it prints this.
 * Each check has a number, so that one that never ran is found.
 */
export function instrument(code: string): { code: string; checks: number } {
  const file = ts.createSourceFile('program.ts', code, ts.ScriptTarget.Latest, true)
  const edits: { from: number; to: number; text: string }[] = []
  let checks = 0
  const visit = (node: ts.Node): void => {
    if (ts.isExpressionStatement(node)) {
      const expected = remarkAfter(code, node.end)
      const { expression } = node
      const logs = ts.isCallExpression(expression) && expression.expression.getText() === 'console.log'
      if (expected !== undefined && logs) {
        const { expression: callee } = expression
        edits.push({
          from: callee.getStart(),
          to: callee.end,
          text: `prints(${checks++}, ${JSON.stringify(expected)})`,
        })
      } else if (expected !== undefined && node.parent === file) {
        const value = expression.getText()
        const check = expected.startsWith('throws ')
          ? `await throws(${checks++}, async () => ${value}, ${JSON.stringify(expected.slice('throws '.length))})`
          : `await check(${checks++}, ${value}, ${JSON.stringify(expected)})`
        edits.push({ from: node.getStart(), to: node.end, text: `;${check}` })
      }
    }
    ts.forEachChild(node, visit)
  }
  visit(file)
  for (const { from, to, text } of edits.toReversed()) code = code.slice(0, from) + text + code.slice(to)
  return { code, checks }
}

/** The comment that ends the line of a statement. */
function remarkAfter(code: string, end: number): string | undefined {
  return /^ \/\/ (.*)/.exec(code.slice(end))?.[1]
}
