import { checkCount, wrongArgument } from '../../core/checks.ts'

/** A step size for each step: a pure function of the number of updates done, so that a resumed run has the same ones. */
export type Schedule = (step: number) => number

/** Refuses anything but a finite number of at least 0. */
export function checkRate(operation: string, argument: string, value: number): number {
  if (!(value >= 0 && value < Infinity)) throw wrongArgument(operation, argument, 'a number of at least 0', value)
  return value
}

/** Refuses anything but a whole number of at least 1. */
export function checkSteps(operation: string, argument: string, value: number): number {
  return checkCount(operation, argument, value, { min: 1 })
}
