import { useQuery } from '@tanstack/react-query'
import type { RunningLow as Running } from '@/api/generated'
import { getPredictionsOptions } from '@/api/generated/@tanstack/react-query.gen'
import { Loaded, Section } from '@/design'
import { useFormat } from '@/language/format'
import { useLanguage } from '@/language/texts'
import styles from './facts.module.css'
import { useText } from './texts'

/** What a customer will want again soon: the day, and how surely. */
export function RunningLow({ profileId }: { profileId: string }) {
  const t = useText()
  const language = useLanguage()
  const said = useQuery(getPredictionsOptions({ path: { profile_id: profileId } }))
  return (
    <Section title={t('runs_low')} note={t('runs_low_say')}>
      <Loaded query={said}>
        {({ runs_low: goods, runs_low_withheld: withheld }) => (
          <>
            {withheld && <p>{withheld[language]}</p>}
            <ul className={styles.goods}>
              {goods.map((one) => (
                <Good key={`${one.said.product_id}/${one.said.category}`} good={one} />
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </Section>
  )
}

function Good({ good: { said, title, title_ja } }: { good: Running }) {
  const t = useText()
  const format = useFormat()
  const language = useLanguage()
  const name = (language === 'ja' && title_ja) || title || said.product_id
  const percent = format.percent(said.confidence, 0)
  return (
    <li>
      <strong>{name ?? t('category', { name: said.category })}</strong>
      <span
        className={styles.worth}
        title={t('between', {
          low: format.day(said.earliest_at),
          high: format.day(said.latest_at),
        })}
      >
        {t('about', { day: format.day(said.at) })}
        <meter value={said.confidence} aria-hidden />
        {t('sure', { percent })}
      </span>
    </li>
  )
}
