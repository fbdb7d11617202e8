import { lstat, readlink } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { FailedPreconditionError, fileError } from '../core/errors.ts'
import { errorCode } from './fileSystem.ts'

/** As many as Linux follows. */
const mostLinks = 40

/**
 * Where a name leads that may be a symbolic link, or a link to a link: what is written under the name belongs there, beside
 * what a rename would else replace. A path that is no link, or that nothing has yet, stays as it is.
 *
 * @throws FailedPreconditionError where links lead in a circle
 */
export async function followLinks(path: string): Promise<string> {
  let target = path
  for (let links = 0; await isLink(target, path); links++) {
    if (links === mostLinks) throw circle(path)
    target = resolve(dirname(target), await readlink(target))
  }
  return target
}

async function isLink(target: string, path: string): Promise<boolean> {
  try {
    return (await lstat(target)).isSymbolicLink()
  } catch (error) {
    // Whether it can be made there shows when it is.
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return false
    throw fileError(error, path, 'cannot create')
  }
}

function circle(path: string): FailedPreconditionError {
  return new FailedPreconditionError(`cannot write ${path}: its symbolic links lead in a circle.`, {
    file: path,
    hint: 'Remove the links, or name a file.',
  })
}
