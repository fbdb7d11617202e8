import { Dataset } from 'millrace'

export const evens = (stop) => Dataset.range(stop).filter((x) => x % 2 === 0)
