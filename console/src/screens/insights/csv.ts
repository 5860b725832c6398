type Cell = string | number

/** Writes a table as spreadsheets read it: UTF-8 with its mark, and nothing a sheet would run. */
export function writeCsv(headers: string[], rows: Cell[][]): string {
  const lines = [headers, ...rows].map((row) => row.map(quote).join(','))
  return `\uFEFF${lines.join('\r\n')}\r\n`
}

function quote(cell: Cell): string {
  if (typeof cell === 'number') return String(cell)
  // What begins like a formula would be run by the program that opens the file.
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

export function download(name: string, file: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([file], { type: 'text/csv;charset=utf-8' }))
  link.download = name
  link.click()
  URL.revokeObjectURL(link.href)
}
