/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/**
 * Where a cursor stands: plain JSON with the same keys at every step, the upstream's state nested under `upstream` (or
 * `inputs`). It holds no options, and no data where a position is enough.
 */
export type State = Readonly<Record<string, Json>>
