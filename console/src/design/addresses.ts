/** Whether what stands in somebody's data is an address of the web: never code, never a document. */
export function isWebAddress(url: string): boolean {
  try {
    return /^https?:$/.test(new URL(url, window.location.origin).protocol)
  } catch {
    return false
  }
}
