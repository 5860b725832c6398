import type { Product } from '@/api/generated'
import type { Language } from '@/language/i18n'

/** The product's name in the reader's language, else in the other, else none. */
export function titleOf(
  product: Pick<Product, 'title' | 'title_ja'>,
  language: Language,
): string | null {
  return language === 'ja'
    ? (product.title_ja ?? product.title)
    : (product.title ?? product.title_ja)
}

export function categoryOf(product: Product, language: Language): string | null {
  return language === 'ja' ? (product.category_ja ?? product.category) : product.category
}
