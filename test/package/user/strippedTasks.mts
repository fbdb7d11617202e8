import { Dataset, type WorkerContext } from 'millrace'

export const double = (x: number, { index }: WorkerContext): number => x + index

export const pairs = (count: number) => Dataset.range(count).batch(2)
