export interface Toast {
  id: number
  message: string
  isFailure: boolean
}

const doneMilliseconds = 5_000
const failedMilliseconds = 10_000

let lastId = 0
let shown: readonly Toast[] = []
const listeners = new Set<() => void>()

function show(toasts: readonly Toast[]): void {
  shown = toasts
  for (const tell of listeners) tell()
}

function add(message: string, isFailure: boolean): void {
  const one = { id: ++lastId, message, isFailure }
  show([...shown, one])
  setTimeout(() => dismiss(one.id), isFailure ? failedMilliseconds : doneMilliseconds)
}

/** Says that something worked. Failures are shown where they happened, or by `toastFailure`. */
export function toast(message: string): void {
  add(message, false)
}

export function toastFailure(message: string): void {
  add(message, true)
}

export function dismiss(id: number): void {
  show(shown.filter((one) => one.id !== id))
}

export const listToasts = () => shown

export function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
