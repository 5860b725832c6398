export interface Piece {
  text: string
  change: 'same' | 'gone' | 'come'
}

// Beyond it the table of comparisons would be felt; such texts are shown whole, old and new.
const mostWords = 1_500

/** What went and what came from one text to another, word by word as the language has words. */
export function wordChanges(before: string, after: string, language: string): Piece[] {
  const [old, now] = [wordsIn(before, language), wordsIn(after, language)]
  if (old.length > mostWords || now.length > mostWords) {
    return joined([
      { text: before, change: 'gone' },
      { text: after, change: 'come' },
    ])
  }
  const common = commonLengths(old, now)
  const length = (i: number, j: number) => common[i]?.[j] ?? 0
  const pieces: Piece[] = []
  let [i, j] = [0, 0]
  while (i < old.length || j < now.length) {
    const [gone, come] = [old[i] ?? '', now[j] ?? '']
    if (i < old.length && gone === now[j]) {
      pieces.push({ text: gone, change: 'same' })
      i += 1
      j += 1
    } else if (i < old.length && (j === now.length || length(i + 1, j) >= length(i, j + 1))) {
      pieces.push({ text: gone, change: 'gone' })
      i += 1
    } else {
      pieces.push({ text: come, change: 'come' })
      j += 1
    }
  }
  return joined(pieces)
}

function wordsIn(text: string, language: string): string[] {
  const words = new Intl.Segmenter(language || undefined, { granularity: 'word' })
  return [...words.segment(text)].map((one) => one.segment)
}

/** For each pair of places the length of the longest common sequence of what follows. */
function commonLengths(old: string[], now: string[]): Uint16Array[] {
  const table = Array.from({ length: old.length + 1 }, () => new Uint16Array(now.length + 1))
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) {
      const [row, next] = [table[i], table[i + 1]]
      if (!row || !next) continue
      const isSame = old[i] === now[j]
      row[j] = isSame ? (next[j + 1] ?? 0) + 1 : Math.max(next[j] ?? 0, row[j + 1] ?? 0)
    }
  }
  return table
}

function joined(pieces: Piece[]): Piece[] {
  const found: Piece[] = []
  for (const piece of pieces) {
    const last = found.at(-1)
    if (last?.change === piece.change) last.text += piece.text
    else if (piece.text) found.push({ ...piece })
  }
  return found
}
