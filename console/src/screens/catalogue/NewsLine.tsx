import type { ReactNode } from 'react'
import type { ToldNews } from '@/api/generated'
import { Badge } from '@/design'
import { useFormat } from '@/language/format'
import styles from './NewsLine.module.css'
import { useText } from './texts'

const events = {
  'Kikubari Price Dropped': 'price_dropped',
  'Kikubari Low Stock': 'low_stock_news',
  'Kikubari Back In Stock': 'back_in_stock',
  'Kikubari New Arrival': 'new_arrival',
} as const

/** One piece of news: what, since when, and how many heard of it. */
export function NewsLine({ news, name }: { news: ToldNews; name?: ReactNode }) {
  const t = useText()
  const format = useFormat()
  const word = events[news.event as keyof typeof events]
  return (
    <div className={styles.line}>
      <div>
        {name && <p className={styles.name}>{name}</p>}
        <p>
          {word ? t(word) : news.event}
          <What news={news} />
        </p>
      </div>
      <p className={styles.told}>
        <time dateTime={news.at} title={format.instant(news.at)}>
          {format.ago(news.at)}
        </time>
        {news.state === 'overtaken' ? (
          <Badge>{t('overtaken')}</Badge>
        ) : (
          <span>{t(news.state === 'told' ? 'told' : 'telling', { count: news.n_told })}</span>
        )}
      </p>
    </div>
  )
}

function What({ news }: { news: ToldNews }) {
  const t = useText()
  const format = useFormat()
  const { old_price, new_price, currency, drop_percent, stock } = news.properties as {
    old_price?: number
    new_price?: number
    currency?: string
    drop_percent?: number
    stock?: number
  }
  if (old_price !== undefined && new_price !== undefined && currency) {
    const digits = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
    const write = (amount: number) =>
      format.money(Math.round(amount * 10 ** (digits.maximumFractionDigits ?? 2)), currency)
    return (
      <span className={styles.what}>
        <s>{write(old_price)}</s> {write(new_price)} ({t('minus', { percent: drop_percent ?? 0 })})
      </span>
    )
  }
  if (stock === undefined) return null
  return <span className={styles.what}>{t('in_stock', { count: stock })}</span>
}
