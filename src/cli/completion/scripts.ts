/** What prints the scripts; loaded by the one command that needs them. */
export { bashScript } from './bashScript.ts'
export { treeOf } from './commandTree.ts'
export { fishScript } from './fishScript.ts'
export { zshScript } from './zshScript.ts'
