export * from './train.ts'
