import { type Line, modulesOf, type Program } from './program.ts'

/** The programs of a source file: each @example of its doc comments, up to the next tag or the end of the comment. */
export function commentPrograms(page: string, source: string): Program[] {
  const examples: Line[][] = []
  let open: Line[] | undefined
  source.split('\n').forEach((text, i) => {
    const comment = /^\s*\*(?!\/) ?(.*)$/.exec(text)?.[1]
    if (comment === '@example') examples.push((open = []))
    else if (comment === undefined || comment.startsWith('@')) open = undefined
    else open?.push({ text: comment, number: i + 1 })
  })
  return examples.map((lines, i) => {
    return { page, title: `example ${i + 1}`, modules: modulesOf([lines]), output: undefined }
  })
}
