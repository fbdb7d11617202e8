import { describe, expect, it } from 'vitest'
import { importFunction, workerFn } from '../../src/parallel/workerFunction.ts'

const module = (text: string): string => `data:text/javascript,${encodeURIComponent(text)}`

describe('workerFn', () => {
  it.each([
    ['a URL', new URL('file:///a/b.js'), 'file:///a/b.js'],
    ['the text of one', 'file:///a/b.js?x=1', 'file:///a/b.js?x=1'],
    ['an absolute path', '/a/b c.js', 'file:///a/b%20c.js'],
    ['import.meta.url', import.meta.url, import.meta.url],
  ])('takes %s', (_, given, url) => {
    const fn = workerFn(given, 'build')
    expect(fn).toEqual({ module: url, exportName: 'build' })
    expect(Object.isFrozen(fn)).toBe(true)
  })

  const wanted = 'workerFn: module must be a URL or an absolute path, such as import.meta.url, got'
  it.each([
    ['./a.js', `${wanted} "./a.js".`],
    ['a.js', `${wanted} "a.js".`],
    ['', `${wanted} "".`],
    [undefined, `${wanted} undefined.`],
    [
      () => 1,
      'workerFn: a function cannot travel to a worker, for what it closes over stays here. Export it from a module and ' +
        "name that: workerFn(new URL('./file.js', import.meta.url), 'name').",
    ],
  ])('refuses the module %s', (given, message) => {
    const name = (): unknown => workerFn(given as never, 'build')
    expect(name).toThrow(expect.objectContaining({ name: 'InvalidArgumentError', message }))
  })

  it.each([['', '""'] as const, [undefined, 'undefined'] as const])('refuses the export %s', (given, shown) => {
    const name = (): unknown => workerFn(import.meta.url, given as never)
    expect(name).toThrow(`workerFn: exportName must be the name of an export, got ${shown}.`)
  })
})

describe('importFunction', () => {
  it('finds a named and a default export', async () => {
    const url = module('export const five = () => 5; export default () => 6')
    expect((await importFunction(url, 'five'))()).toBe(5)
    expect((await importFunction(url, 'default'))()).toBe(6)
  })

  const functions = module('export const a = () => 1; export const b = 2; export function c() {}')
  const none = module('export const b = 2')
  const throwing = module('throw new Error("not now")')
  const rows: [string, string, string, string][] = [
    [functions, 'd', 'NotFoundError', `workerFn: ${functions} has no export d. It exports a, c.`],
    [none, 'd', 'NotFoundError', `workerFn: ${none} has no export d. It exports no function.`],
    [none, 'b', 'FailedPreconditionError', `workerFn: b of ${none} is no function.`],
    [throwing, 'd', 'FailedPreconditionError', `workerFn: cannot load ${throwing}: not now.`],
  ]
  it.each(rows)('row %#', async (url, exportName, name, message) => {
    await expect(importFunction(url, exportName)).rejects.toThrow(expect.objectContaining({ name, message }))
  })

  it('says that a module is missing, and what it was', async () => {
    const url = new URL('./nowhere.js', import.meta.url).href
    await expect(importFunction(url, 'a')).rejects.toThrow(expect.objectContaining({ name: 'NotFoundError' }))
    await expect(importFunction(url, 'a')).rejects.toThrow(`workerFn: cannot load ${url}: `)
    await expect(importFunction(url, 'a')).rejects.toThrow(
      'Check the path in workerFn, and in the imports of that module.',
    )
  })
})
