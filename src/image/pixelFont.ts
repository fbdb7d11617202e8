/*
 * Letters of 5 x 8 pixels, so that a sheet looks the same on every machine, with or without fonts. A letter is five
 * columns of two hexadecimal digits; the lowest bit of a column is its top pixel, and the eighth hangs below the line.
 */

const glyphs =
  '0000000000 00005f0000 0007000700 147f147f14 242a7f2a12 2313086462 3649562050 0000070000 001c224100 0041221c00 ' +
  '2a1c7f1c2a 08083e0808 0080703000 0808080808 0000606000 2010080402 3e5149453e 00427f4000 6251494946 2241494936 ' +
  '1814127f10 2745454539 3c4a494930 0171090503 3649494936 064949291e 0000360000 0080560000 0814224100 1414141414 ' +
  '0041221408 0201510906 3e415d554e 7e1111117e 7f49494936 3e41414122 7f41413e00 7f49494941 7f09090901 3e4149497a ' +
  '7f0808087f 00417f4100 2040413f01 7f08142241 7f40404040 7f020c027f 7f0408107f 3e4141413e 7f09090906 3e4151215e ' +
  '7f09192946 4649494931 01017f0101 3f4040403f 1f2040201f 3f4038403f 6314081463 0304780403 6151494543 007f414100 ' +
  '0204081020 0041417f00 0402010204 8080808080 0001020400 2054545478 7f48444438 3844444420 384444487f 3854545418 ' +
  '087e090102 18a4a4a47c 7f08040478 00447d4000 4080847d00 7f10284400 00417f4000 7c04180478 7c08040478 3844444438 ' +
  'fc24242418 18242418fc 7c08040408 4854545420 043f444020 3c4040207c 1c2040201c 3c4030403c 4428102844 1ca0a0a07c ' +
  '4464544c44 0008364100 00007f0000 0041360800 0804081008'

const letters = glyphs.split(' ')

/** Width and height of a letter at scale 1, with the space after it and the one below. */
export const letterSize = { width: 6, height: 9 } as const

/** Pixels that a text takes at a scale. */
export function textWidth(text: string, scale = 1): number {
  return Math.max(0, plainText(text).length * letterSize.width - 1) * scale
}

/** Calls `dot` for every pixel of a text at scale 1, from its upper left corner. */
export function drawLetters(text: string, dot: (x: number, y: number) => void): void {
  const plain = plainText(text)
  for (let i = 0; i < plain.length; i++) {
    const columns = letters[plain.charCodeAt(i) - 32]
    for (let x = 0; x < 5; x++) {
      const bits = parseInt(columns.slice(2 * x, 2 * x + 2), 16)
      for (let y = 0; y < 8; y++) if ((bits >> y) & 1) dot(i * letterSize.width + x, y)
    }
  }
}

/** The text with accents taken off; what has no letter here becomes a question mark. */
function plainText(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\x20-\x7e]/gu, '?')
}
