/** The formats that `convert` reads, by name; a new one is a name here, a file, and a line in converters.ts. */
export const formats = ['csv', 'idx', 'images', 'jsonl', 'npy'] as const

export type Format = (typeof formats)[number]
