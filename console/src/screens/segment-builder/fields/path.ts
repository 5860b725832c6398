/** Keys on the way to a property, as one writes them: `a.b`; a point within a key is `\.`. */
export function writePath(path: unknown): string {
  const keys = Array.isArray(path) ? path.map(String) : []
  return keys.map((key) => key.replace(/[\\.]/g, '\\$&')).join('.')
}

export function readPath(text: string): string[] {
  const keys = text.match(/(?:\\.|[^\\.])+/g) ?? []
  return keys.map((key) => key.replace(/\\(.)/g, '$1'))
}
