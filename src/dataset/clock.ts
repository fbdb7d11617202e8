/** What time is measured with; replaced in tests. */
export interface Clock {
  /** Milliseconds since some moment. */
  now(): number
  /** Milliseconds that the event loop of this thread had nothing to do. */
  idle(): number
  /** Calls a function again and again, and never keeps the process alive; gives what ends it. */
  every(milliseconds: number, call: () => void): () => void
}

export const systemClock: Clock = {
  now: () => performance.now(),
  idle: () => performance.eventLoopUtilization().idle,
  every: (milliseconds, call) => {
    const timer = setInterval(call, milliseconds).unref()
    return () => clearInterval(timer)
  },
}
