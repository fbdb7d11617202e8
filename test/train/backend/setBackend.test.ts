import os from 'node:os'
import { createRequire } from 'node:module'
import * as tf from '@tensorflow/tfjs'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { UnavailableError } from '../../../src/core/errors.ts'
import { setBackend, type BackendChoice } from '../../../src/train/backend/setBackend.ts'
import { registerKernels } from '../../../src/train/backend/wasm/registerKernels.ts'
import { backends } from './onBackend.ts'

const require = createRequire(import.meta.url)

afterEach(() => {
  vi.restoreAllMocks()
})

describe('setBackend', () => {
  it.each(backends)('%s computes, and says nothing', async (choice) => {
    const printed = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'log'), vi.spyOn(process.stderr, 'write')]
    const backend = await setBackend(choice)
    expect(backend.name).toBe(choice)
    expect(backend.tf).toBe(tf)
    expect(tf.tidy(() => tf.add(1, 2).dataSync()[0])).toBe(3)
    for (const spy of printed) expect(spy).not.toHaveBeenCalled()
  })

  it('takes tfjs-node where it loads and wasm elsewhere', async () => {
    const { name, passedOver } = await setBackend()
    expect(name).toBe(backends[0])
    expect(passedOver === undefined).toBe(name === 'node')
  })

  it('starts wasm from any folder, once, with a thread a core', async () => {
    const folder = process.cwd()
    process.chdir(os.tmpdir())
    try {
      const [first, second] = await Promise.all([setBackend('wasm'), setBackend('wasm', { threads: 1 })])
      expect(first.threads).toBe(Math.min(os.availableParallelism(), 8))
      expect(second.threads).toBe(first.threads)
    } finally {
      process.chdir(folder)
    }
  })

  it('puts back what the start of wasm replaces', async () => {
    await setBackend('wasm')
    const system = require('node:os') as typeof os
    expect(system.cpus().length).toBe(os.cpus().length)
    expect(system.cpus()[0]).toHaveProperty('model')
    expect('Worker' in globalThis).toBe(false)
    expect(require('node:worker_threads')).toHaveProperty('Worker.name', 'Worker')
    expect(URL.createObjectURL.name).toBe('createObjectURL')
    expect(String(process.listeners('unhandledRejection'))).not.toContain('throw reason')
  })

  it.each([
    ['gpu', {}, 'setBackend: choice must be one of auto, node, wasm, cpu, got "gpu".'],
    ['wasm', { threads: 0 }, 'setBackend: threads must be a whole number of at least 1, got 0.'],
  ])('refuses %s %j', async (choice, options, message) => {
    await expect(setBackend(choice as BackendChoice, options)).rejects.toThrow(message)
  })

  it('says what to do where tfjs-node does not load', async () => {
    vi.resetModules()
    const broken = new Error('no addon')
    vi.doMock('@tensorflow/tfjs-node', () => {
      throw broken
    })
    const fresh = await import('../../../src/train/backend/setBackend.ts')
    const error: unknown = await fresh.setBackend('node').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'UnavailableError' })
    expect(error).toMatchObject({
      hint: "Run: npm install @tensorflow/tfjs-node, or choose 'wasm'. A clone of millrace builds it by npm run native.",
    })
    expect((error as UnavailableError).cause).toBeInstanceOf(Error)
    vi.doUnmock('@tensorflow/tfjs-node')
  })

  it('keeps the flags of the program from tfjs-node, which would take --dir for its own', async () => {
    vi.resetModules()
    const { argv } = process
    const seen: string[][] = []
    vi.doMock('@tensorflow/tfjs-node', () => {
      seen.push(process.argv)
      return {}
    })
    process.argv = ['node', 'main.js', '--dir', 'flower_photos']
    try {
      const fresh = await import('../../../src/train/backend/setBackend.ts')
      await Promise.allSettled([fresh.setBackend('node'), fresh.setBackend('node')])
      expect(seen).toEqual([['node', 'main.js']])
      expect(process.argv).toEqual(['node', 'main.js', '--dir', 'flower_photos'])
    } finally {
      process.argv = argv
      vi.doUnmock('@tensorflow/tfjs-node')
    }
  })
})

describe('registerKernels', () => {
  const names = [
    'Conv2DBackpropFilter',
    'DepthwiseConv2dNativeBackpropInput',
    'Einsum',
    'UnsortedSegmentSum',
    'BatchMatMul',
  ]

  it.each(names)('wasm has %s, registered once', async (name) => {
    await setBackend('wasm')
    const before = tf.getKernel(name, 'wasm')
    registerKernels()
    expect(tf.getKernel(name, 'wasm')).toBe(before)
    expect(before.backendName).toBe('wasm')
  })
})
