import fc from 'fast-check'

/*
 * The seed of every property: fixed in CI, so that a run can be repeated, and another each time at home. A failing
 * property prints it; FAST_CHECK_SEED sets it.
 */
const { FAST_CHECK_SEED, CI } = process.env
fc.configureGlobal({ seed: Number(FAST_CHECK_SEED ?? (CI === undefined ? Date.now() % 2 ** 31 : 1)) })
