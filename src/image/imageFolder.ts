import { checkOptions, wrongArgument } from '../core/checks.ts'
import { InvalidArgumentError } from '../core/errors.ts'
import { TensorSpec } from '../core/spec.ts'
import { Dataset } from '../dataset/dataset.ts'
import type { FilePath } from '../files/filePaths.ts'
import { NdArray } from '../ndarray/ndarray.ts'
import { ImageDataset } from './imageDataset.ts'
import { pathsStage, plainLabel, tableOf, type ImagePath, type LabelForm } from './imagePaths.ts'
import { imageTableNames, type ImageTable, type ImageTableOptions } from './imageTable.ts'
import { loadImagesNames, loadStage, type LoadedImage, type LoadImagesOptions } from './loadImages.ts'

/** What a label is: its number, one-hot float32 [classes], or float32 [1] of 0 or 1 for two classes. */
export type LabelMode = 'int' | 'categorical' | 'binary'

/** Options of `imageFolder`: which pictures there are, and how they are loaded. */
export interface ImageFolderOptions extends ImageTableOptions, Omit<LoadImagesOptions, 'from'> {
  /** `int` by default. */
  readonly labelMode?: LabelMode
}

/** A picture with its label. */
export interface LabelledImage<L = number> {
  readonly image: LoadedImage
  readonly label: L
}

/**
 * The pictures of a folder with their labels (`tf.keras.utils.image_dataset_from_directory`, torchvision's `ImageFolder`).
 *
 * The folder is listed at once, names alone, so that length, classes and missing ones are known before anything runs;
 * `await imageTable(dir)` lists it without holding up this thread. Pictures are read when the pipeline runs, in threads.
 * Out: `{ image, label }`, with `path` too where `keepPath` is set; images are uint8, or what `prepareImage` makes of them.
 * Length: exact. Saved: the position, and a digest of the list.
 *
 * A picture that cannot be decoded is an error with its path; `ignoreErrors({ maxErrors, report })` leaves it out instead.
 *
 * @param dir a folder of folders named as classes, or what `imageTable` listed
 * @example
 * const { train, test } = imageFolder('flower_photos', { size: [192, 192], normalize: [-1, 1] })
 *   .split({ train: 0.9, test: 0.1 }, { seed: 7 })
 * for await (const { image, label } of train.globalShuffle({ seed: 7 }).batch(32)) console.log(image.shape)
 * @throws NotFoundError where the folder, a class or a picture is missing
 */
export function imageFolder(
  dir: FilePath | ImageTable,
  options: ImageFolderOptions & { readonly labels: 'none'; readonly keepPath: true },
): ImageDataset<Pick<LabelledImage, 'image'> & { readonly path: string }>
export function imageFolder(
  dir: FilePath | ImageTable,
  options: ImageFolderOptions & { readonly labels: 'none' },
): ImageDataset<Pick<LabelledImage, 'image'>>
export function imageFolder(
  dir: FilePath | ImageTable,
  options: ImageFolderOptions & { readonly labelMode: 'categorical' | 'binary' },
): ImageDataset<LabelledImage<NdArray<'float32', 1>>>
export function imageFolder(
  dir: FilePath | ImageTable,
  options: ImageFolderOptions & { readonly keepPath: true },
): ImageDataset<LabelledImage & { readonly path: string }>
export function imageFolder(dir: FilePath | ImageTable, options?: ImageFolderOptions): ImageDataset<LabelledImage>
export function imageFolder(dir: FilePath | ImageTable, options: ImageFolderOptions = {}): ImageDataset<unknown> {
  checkOptions('imageFolder', options, [
    ...imageTableNames,
    ...loadImagesNames.filter((name) => name !== 'from'),
    'labelMode',
  ])
  const { labelMode = 'int', ...rest } = options
  const entries = Object.entries(rest)
  const isOfTable = ([name]: [string, unknown]): boolean => imageTableNames.includes(name as 'labels')
  const table = tableOf('imageFolder', dir, Object.fromEntries(entries.filter(isOfTable)))
  const load = loadStage<ImagePath, unknown>(
    'imageFolder',
    Object.fromEntries(entries.filter((entry) => !isOfTable(entry))),
  )
  const label = labelForm(labelMode, table)
  return new ImageDataset({ table, pathsOf: (part) => Dataset.from(pathsStage('imageFolder', part, label)), load })
}

function labelForm(mode: LabelMode, { classNames, labels }: ImageTable): LabelForm {
  if (!['int', 'categorical', 'binary'].includes(mode)) {
    throw wrongArgument('imageFolder', 'labelMode', '"int", "categorical" or "binary"', mode)
  }
  if (mode === 'int' || labels === undefined) return plainLabel
  const classes = classNames.length
  if (mode === 'binary') {
    if (classes !== 2) {
      throw new InvalidArgumentError(`imageFolder: labelMode "binary" is for two classes, and there are ${classes}.`, {
        hint: 'Use "int" or "categorical", or name two classes in classNames.',
      })
    }
    return {
      make: (label) => new NdArray('float32', [1], Float32Array.of(label)),
      spec: new TensorSpec([1], 'float32'),
    }
  }
  const make = (label: number): unknown => {
    const hot = new Float32Array(classes)
    hot[label] = 1
    return new NdArray('float32', [classes], hot)
  }
  return { make, spec: new TensorSpec([classes], 'float32') }
}
