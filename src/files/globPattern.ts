/**
 * A pattern of paths as fast-glob takes it, with `/` between names. Windows has `\` there too, which is how a pattern takes
 * a character as it is: before one that means something in a pattern it stays.
 *
 * @example
 * globPattern('C:\\data\\train-*.tfrecord', 'win32') // 'C:/data/train-*.tfrecord'
 */
export function globPattern(pattern: string, platform: NodeJS.Platform = process.platform): string {
  return platform === 'win32' ? pattern.replaceAll(/\\(?![!*?[\]{}()+@])/g, '/') : pattern
}
