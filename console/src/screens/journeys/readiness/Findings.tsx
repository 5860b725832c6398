import type { DataFinding } from '@/api/generated'
import { useFormat } from '@/language/format'
import styles from './Readiness.module.css'
import { type Key, useText } from './texts'

/** Things that a journey looks at and that do not come, each with how to send it. */
export function Missing({ findings }: { findings: readonly DataFinding[] }) {
  const say = useSay()
  if (findings.length === 0) return null
  return (
    <ul className={styles.missing}>
      {findings.map((one) => (
        <li key={keyOf(one)}>
          {say(one)}
          <HowTo example={one.example ?? ''} page={one.how ?? ''} />
        </li>
      ))}
    </ul>
  )
}

/** Things that come, with how many. */
export function Coming({ findings }: { findings: readonly DataFinding[] }) {
  const say = useSay()
  return (
    <ul className={styles.coming}>
      {findings.map((one) => (
        <li key={keyOf(one)}>{say(one)}</li>
      ))}
    </ul>
  )
}

/** A line of code that sends what is missing, and the page that says more. */
export function HowTo({ example, page }: { example: string; page: string }) {
  const t = useText()
  if (!example && !page) return null
  return (
    <details className={styles.how}>
      <summary>{t('how')}</summary>
      {example && <pre>{example}</pre>}
      {page && <p>{t('read_on', { page })}</p>}
    </details>
  )
}

function keyOf({ kind, event, name, paths }: DataFinding): string {
  return [kind, event, name, paths[0]].join(' ')
}

function useSay(): (one: DataFinding) => string {
  const t = useText()
  const format = useFormat()
  return ({ code, name, event = '', n, fill_rate, last_seen_at }) => {
    const count = n ?? 0
    const share = fill_rate === null || fill_rate === undefined ? '' : format.percent(fill_rate)
    const ago = last_seen_at ? format.ago(last_seen_at) : ''
    const key = code === 'trait_filled' && share ? 'trait_filled_share' : (code as Key)
    const purpose = code.includes('consent') ? t(`purpose_${name}` as Key) : ''
    const channel = code === 'sent_by_email' ? t(`channel_${name}` as Key) : ''
    return t(key, { name, event, count, share, ago, purpose, channel } as never)
  }
}
