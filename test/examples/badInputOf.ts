import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { drawShapes } from './drawShapes.ts'
import { filesOf } from './filesOf.ts'
import { writeNetwork } from './writeNetwork.ts'

/** A program that trains on top of a network. */
export interface TransferProgram<F, S> {
  readonly name: string
  readonly parseFlags: (args: readonly string[]) => F | undefined
  readonly run: (flags: F, signal: AbortSignal) => Promise<S>
  /** Flags of its own that make a run short. */
  readonly short?: readonly string[]
}

/** What the tests of bad input do with a program. */
export interface BadInput<S> {
  /** A path in the folder of the tests, which is gone after them. */
  readonly at: (...names: string[]) => string
  /** Runs the program in this process; later flags stand before earlier ones. */
  readonly run: (...flags: string[]) => Promise<S>
  /** Runs it, which has to fail with an error of that name and message, and change no file of the older run. */
  readonly refuse: (flags: readonly string[], name: string, message: RegExp | string) => Promise<void>
}

/** Draws pictures, writes a small network, and makes one good run, before the tests of a file. */
export function badInputOf<F, S>({ name, parseFlags, run, short = [] }: TransferProgram<F, S>): BadInput<S> {
  let folder: string
  const at = (...names: string[]) => join(folder, ...names)
  const runWith = async (...flags: string[]): Promise<S> => {
    const places = ['--dir', at('shapes'), '--weights', at('network'), '--data', at('data'), '--runs', at('runs')]
    const common = ['--backend', 'wasm', '--workers', '0', '--batch', '16', '--steps', '3']
    const parsed = parseFlags([...places, ...common, ...short, ...flags])
    if (parsed === undefined) throw new Error('these flags ask for help')
    return run(parsed, new AbortController().signal)
  }
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), `${name}-bad-`))
    await drawShapes(at('shapes'), 20)
    await writeNetwork(at('network'))
    await runWith()
  })
  afterAll(() => rm(folder, { recursive: true }))
  return {
    at,
    run: runWith,
    refuse: async (flags, error, message) => {
      const before = [await filesOf(at('runs')), await filesOf(at('data'))]
      const thrown = await runWith(...flags).catch((reason: unknown) => reason as Error)
      expect(thrown).toMatchObject({ name: error, message: expect.stringMatching(message) as string })
      expect([await filesOf(at('runs')), await filesOf(at('data'))]).toEqual(before)
    },
  }
}
