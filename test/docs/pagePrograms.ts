import { codeBlocks } from './codeBlocks.ts'
import { grouped } from './grouped.ts'
import { modulesOf, type Program } from './program.ts'

/**
 * The programs of a page: the TypeScript under one heading is one program. A block without a language whose lead ends in
 * "prints" is what the program prints.
 */
export function pagePrograms(page: string, markdown: string): Program[] {
  const sections = grouped(codeBlocks(markdown), (block) => block.heading)
  return [...sections].flatMap(([title, blocks]) => {
    const code = blocks.filter(({ language }) => language === 'ts')
    if (code.length === 0) return []
    const printed = blocks.find(({ language, lead }) => language === '' && /\bprints:?$/.test(lead))
    const output = printed?.lines.map(({ text }) => text).join('\n')
    return [{ page, title, modules: modulesOf(code.map(({ lines }) => lines)), output }]
  })
}
