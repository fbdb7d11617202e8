import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'

it('loads the drawing libraries with the first picture, not before', async () => {
  const loaded: string[] = []
  for (const name of ['@napi-rs/canvas', 'chart.js/auto']) {
    vi.doMock(name, (original) => {
      loaded.push(name)
      return original()
    })
  }
  const { lossCurves } = await import('../../../examples/pictures/lossCurves.ts')
  const { digitSheet } = await import('../../../examples/pictures/digitSheet.ts')
  expect(loaded).toEqual([])
  const folder = await mkdtemp(join(tmpdir(), 'millrace-lazy-'))
  await digitSheet(join(folder, 'sheet.png'), { title: 'None', digits: [] })
  expect(loaded).toEqual(['@napi-rs/canvas'])
  await lossCurves(join(folder, 'curves.png'), { title: 'None', series: [] })
  expect(loaded).toEqual(['@napi-rs/canvas', 'chart.js/auto'])
  await rm(folder, { recursive: true })
})
