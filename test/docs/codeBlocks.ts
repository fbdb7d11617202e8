import type { Line } from './program.ts'

/** A fenced block of a page. */
export interface CodeBlock {
  /** `ts`, `sh`, `json`, or empty. */
  readonly language: string
  /** The heading that it stands under. */
  readonly heading: string
  readonly lines: readonly Line[]
  /** The last line of text before it in the same section, or empty. */
  readonly lead: string
}

const fence = /^(\s*)```(\w*)\s*$/

/** The fenced blocks of a page in Markdown, in order. */
export function codeBlocks(markdown: string): CodeBlock[] {
  const blocks: CodeBlock[] = []
  let heading = ''
  let lead = ''
  let open: { language: string; indent: string; lines: Line[] } | undefined
  markdown.split('\n').forEach((text, i) => {
    const mark = fence.exec(text)
    if (open !== undefined) {
      if (mark !== null && mark[2] === '') {
        blocks.push({ language: open.language, heading, lines: open.lines, lead })
        open = undefined
      } else open.lines.push({ text: text.replace(open.indent, ''), number: i + 1 })
    } else if (mark !== null) open = { language: mark[2], indent: mark[1], lines: [] }
    else if (/^#+ /.test(text)) {
      heading = text.replace(/^#+ /, '')
      lead = ''
    } else if (text.trim() !== '') lead = text.trim()
  })
  if (open !== undefined) throw new Error(`the block under "${heading}" has no end`)
  return blocks
}
