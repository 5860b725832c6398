/** Minor units as spreadsheets want money: 1234 pence are 12.34. */
export function toMajor(minor: number, currency: string): number {
  const { maximumFractionDigits: digits } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions()
  return minor / 10 ** (digits ?? 2)
}
